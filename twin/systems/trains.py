"""Metro trains: when they stop and pass; the timetable knows hours and headways, not lines."""

from twin.clock import local_hour
from twin.config import Table
from twin.profiles import Positive
from twin.tick import Tick


class TrainParams(Table):
    """Section [trains] of city.toml."""

    first_hour: Positive
    last_hour: Positive
    rush_headway_s: Positive
    headway_s: Positive
    rush_hours: tuple[tuple[float, float], ...]


def headway_s(hour: float, params: TrainParams) -> float | None:
    """Seconds between trains of one direction at this local hour; None when none runs."""
    if not params.first_hour <= hour < params.last_hour:
        return None
    for low, high in params.rush_hours:
        if low <= hour < high:
            return params.rush_headway_s
    return params.headway_s


def passes(tick: Tick, params: TrainParams, offset: float = 0.0) -> int:
    """How many trains of one direction passed in the step; `offset` in shares of a headway."""
    headway = headway_s(tick.hour, params)
    if headway is None:
        return 0
    end = tick.t_ms / 1000 / headway + offset
    return int(end // 1 - (end - tick.dt_s / headway) // 1)


def pulse(t_ms: int, strength: float, params: TrainParams) -> float:
    """Factor on what streams out of a station: a seventh of a headway after each train; mean 1."""
    headway = headway_s(local_hour(t_ms), params)
    if headway is None:
        return 1.0
    on = (t_ms / 1000) % headway < headway / 7
    return 1 + strength if on else 1 - strength / 6

"""The chain on the city's clock: hours and days since 1970, each with its own chances."""

from twin.climate import days
from twin.climate.chain import CHANCES, Chain, Exact
from twin.climate.memory import Memory
from twin.clock import DAY_MS, HOUR_MS, day_of_year, local_hour, local_midnight
from twin.streams import stream

SPIN_H = 6 * 24  # from a plain hour of the season on, to forget how it began


def hour_of(t_ms: int) -> int:
    """The hour that holds this moment, since 1970."""
    return t_ms // HOUR_MS


def next_hour(chain: Chain, memory: Memory, seed: int, hour: int) -> Exact:
    """The weather of this hour; its chances are a pure function of seed and hour.

    At midnight the day after tomorrow comes into sight.
    """
    t_ms = hour * HOUR_MS
    clock_hour = float(round(local_hour(t_ms)))
    if clock_hour == 0:
        _dawn(chain, memory, seed, t_ms + days.AHEAD * DAY_MS)
    chances = stream(seed, f"climate/{hour}").random(CHANCES)
    return chain.next_hour(memory, day_of_year(t_ms), clock_hour, chances)


def settle(chain: Chain, memory: Memory, seed: int, hour: int) -> None:
    """Let a month of days and at least six days of hours before this hour pass."""
    first_ms = local_midnight((hour - SPIN_H) * HOUR_MS)
    memory.clear(day_of_year(first_ms))
    for ahead in range(-days.SPIN_DAYS, days.AHEAD):
        _dawn(chain, memory, seed, first_ms + ahead * DAY_MS)
    for number in range(hour_of(first_ms), hour):
        next_hour(chain, memory, seed, number)


def _dawn(chain: Chain, memory: Memory, seed: int, midnight_ms: int) -> None:
    number = hour_of(midnight_ms) // 24 + 1  # midnight in Shanghai is 16:00 UTC the day before
    memory.dawn(chain.days, seed, number, day_of_year(midnight_ms))

"""The chain on the city's clock: hours since 1970, each with its own chances."""

from twin.climate.chain import CHANCES, Chain, Exact
from twin.climate.memory import Memory
from twin.clock import HOUR_MS, day_of_year, local_hour
from twin.streams import stream

SPIN_H = 6 * 24  # from a plain hour of the season on, to forget how it began


def hour_of(t_ms: int) -> int:
    """The hour that holds this moment, since 1970."""
    return t_ms // HOUR_MS


def next_hour(chain: Chain, memory: Memory, seed: int, hour: int) -> Exact:
    """The weather of this hour; its chances are a pure function of seed and hour."""
    t_ms = hour * HOUR_MS
    chances = stream(seed, f"climate/{hour}").random(CHANCES)
    return chain.next_hour(memory, day_of_year(t_ms), float(round(local_hour(t_ms))), chances)


def settle(chain: Chain, memory: Memory, seed: int, hour: int) -> None:
    """Let six days before this hour pass from a plain beginning."""
    memory.clear(day_of_year((hour - SPIN_H) * HOUR_MS))
    for number in range(hour - SPIN_H, hour):
        next_hour(chain, memory, seed, number)

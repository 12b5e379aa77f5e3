"""Neurons that are left out because they cannot have news."""

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, load_catalogue
from sensors.faults.chain import Chain
from sensors.faults.profile import load_profile
from sensors.faults.tools import Moment
from sensors.fleet import TOGETHER, Fleet
from sensors.layout import wanted
from sensors.network import Network, build_network
from sensors.noise import Keys
from sensors.reading import Messages, ReadingBatch
from twin.clock import parse_time
from twin.config import default_config_dir
from twin.geography import load_geography
from twin.truth import Truth

MINUTES, START_MS = 12, parse_time("2026-05-28T08:00")
FOLDER = default_config_dir()
Point = tuple[int, int, float]


@pytest.fixture(scope="module")
def network() -> Network:
    return build_network(load_catalogue(FOLDER), load_geography(FOLDER, "core"))


@pytest.fixture(scope="module")
def minutes(network: Network) -> list[Truth]:
    """A city in which much stands still and something new happens every minute."""
    chance, names = np.random.default_rng(3), sorted({*wanted(network.catalogue)})
    rows = {name: network.table_rows[name.partition(".")[0]] for name in names}
    arrays = {name: np.zeros(size) for name, size in rows.items()}
    truths = []
    for minute in range(MINUTES):
        for array in arrays.values():
            array[chance.random(len(array)) < 0.02] = chance.choice([0.0, 1.0, 6.0, 90.0])
        copies = {name: array.copy() for name, array in arrays.items()}
        truths.append(Truth(START_MS + minute * TOGETHER * GRID_MS, copies))
    return truths


class CountingChain(Chain):
    """Counts the samples that neurons took."""

    samples = 0

    def measured(self, batch: ReadingBatch, draws: Keys, moment: Moment) -> ReadingBatch:
        self.samples += len(batch)
        return super().measured(batch, draws, moment)


def _said(fleet: Fleet, chain: Chain, minutes: list[Truth], together: int) -> list[Point]:
    """Everything that is said after birth, looking at so many ticks at once."""
    fleet.births(Truth(minutes[0].t_ms - GRID_MS, minutes[0].arrays))
    batches = []
    for truth in minutes:
        for tick in range(TOGETHER):
            t_ms = truth.t_ms + tick * GRID_MS
            if not chain.steady(t_ms):
                batches += [fleet.say()] if fleet.seeing else []
                chain.turn(t_ms)
            fleet.see(Truth(t_ms, truth.arrays))
            batches += [fleet.say()] if (tick + 1) % together == 0 else []
    said = Messages.concat(batches)
    return sorted(zip(said.at_ms.tolist(), said.series.tolist(), said.value.tolist(), strict=True))


@pytest.mark.parametrize("profile", ["ordinary", "harsh"])
def test_who_is_left_out_would_have_said_nothing(
    network: Network, minutes: list[Truth], profile: str
) -> None:
    """Against a fleet that knows of nothing that stands still."""
    said, samples = [], []
    for fast, together in ((None, 1), ((), 1), ((), TOGETHER)):
        chain = CountingChain(network, 7, load_profile(FOLDER, profile))
        said.append(_said(Fleet(network, 7, chain, fast), chain, minutes, together))
        samples.append(chain.samples)
    assert said[0] == said[1] == said[2]
    assert max(samples[1:]) < 0.7 * samples[0]

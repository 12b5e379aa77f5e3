"""Killed and started again, the vital signs go on as if nothing had happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from api.intake import Intake
from api.rebuild import Past, reaches
from api.vitals.engine import VitalEngine
from api.vitals.sign import VitalFrame
from sensors.faults.profile import load_profile
from sensors.reading import ReadingBatch
from sensors.simulation import Simulation
from sensors.store.base import RunSpan
from twin.city import City, load_city_config
from twin.clock import MINUTE_MS, parse_time
from twin.config import default_config_dir
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-02T16:00")
STEP_MS, KEEP_MS = 10_000, 4 * MINUTE_MS
MINUTES = 11
RUN = "r"


@dataclass
class Shelf:
    """As much of a store as a restart reads: everything that had arrived, oldest first."""

    network: Any
    batches: list[ReadingBatch] = field(default_factory=list)

    def marks(self, run: str) -> list[Any]:
        return []

    def runs(self) -> list[RunSpan]:
        times = np.concatenate([batch.t_ms for batch in self.batches])
        return [RunSpan(RUN, int(times.min()), int(times.max()))]

    def scan(
        self, run: str, network: Any, kinds: Sequence[str], start_ms: int, end_ms: int
    ) -> Iterator[ReadingBatch]:
        every = ReadingBatch.concat(self.batches)
        names = np.array([kind.id in kinds for kind in network.catalogue])
        sensor = network.series.sensor[every.series]
        wanted = names[network.kind[sensor]] & (every.t_ms >= start_ms) & (every.t_ms < end_ms)
        found = every.take(wanted)
        yield found.take(np.argsort(found.t_ms, kind="stable"))


@dataclass
class Note:
    """A checkpoint in memory."""

    data: bytes | None = None

    def load(self) -> bytes | None:
        return self.data

    def save(self, data: bytes) -> None:
        self.data = data


@dataclass
class Watch:
    """What the monitor does, in lock step with the arrivals."""

    world: Any
    shelf: Shelf
    note: Note
    engine: VitalEngine
    frames: dict[int, tuple[bytes, ...]] = field(default_factory=dict)

    def step(self, clock_ms: int, arrived: ReadingBatch) -> None:
        self.shelf.batches.append(arrived)
        self.engine.add(arrived)
        t_ms = clock_ms - clock_ms % STEP_MS - STEP_MS
        self.frames[t_ms] = picture(self.engine.evaluate(t_ms))
        if t_ms % KEEP_MS == 0:
            self.note.save(self.engine.state())

    def restarted(self, clock_ms: int) -> "Watch":
        """Another process with the same store and note, caught up to the last evaluation."""
        world = self.world
        engine = VitalEngine(world.rulebook, world.geography, world.network)
        rings = engine.windows.rings.values()
        past = Past(
            RUN, self.shelf, world.network, Intake(world.network),  # type: ignore[arg-type]
            reaches(world.network, rings), self.note,
        )  # fmt: skip
        assert past.recall(engine, clock_ms)
        assert past.resumed_ms is not None
        last_ms = max(self.frames)
        for t_ms in range(past.resumed_ms + STEP_MS, last_ms + 1, STEP_MS):
            engine.evaluate(t_ms)
        return Watch(world, self.shelf, self.note, engine, dict(self.frames))


def picture(frame: VitalFrame) -> tuple[bytes, ...]:
    """Every bit of a frame: values, scores, confidence, status, colours, trust."""
    assert frame.trusted is not None
    parts = [frame.trusted.trust, frame.trusted.verdict.quality, frame.trusted.verdict.stuck_ms]
    for block in frame.blocks.values():
        parts += [block.value, block.score, block.confidence, block.status, block.colour]
    return tuple(part.tobytes() for part in parts)


@pytest.fixture(scope="module")
def arrivals(world: Any) -> list[tuple[int, ReadingBatch]]:
    """What reaches the service in each step of the clock, late and out of order as it comes."""
    config = default_config_dir()
    city = City.start(
        load_city_config(config), world.geography, load_scenarios(config), 9, START_MS
    )
    simulation = Simulation(city, world.network, load_profile(config))
    parts = simulation.generate(START_MS + MINUTES * MINUTE_MS, STEP_MS)
    return [(city.now_ms, part.readings) for part in parts]


def watch(world: Any) -> Watch:
    engine = VitalEngine(world.rulebook, world.geography, world.network)
    return Watch(world, Shelf(world.network), Note(), engine)


@pytest.fixture(scope="module")
def whole(world: Any, arrivals: list[tuple[int, ReadingBatch]]) -> Watch:
    """An uninterrupted run."""
    one = watch(world)
    for clock_ms, arrived in arrivals:
        one.step(clock_ms, arrived)
    return one


@pytest.mark.parametrize("killed_at", [31, 55])
def test_all_frames_after_a_kill_are_bit_for_bit_those_of_an_uninterrupted_run(
    world: Any, arrivals: list[tuple[int, ReadingBatch]], whole: Watch, killed_at: int
) -> None:
    one = watch(world)
    for clock_ms, arrived in arrivals[:killed_at]:
        one.step(clock_ms, arrived)
    one = one.restarted(arrivals[killed_at - 1][0])
    for clock_ms, arrived in arrivals[killed_at:]:
        one.step(clock_ms, arrived)
    differing = [t_ms for t_ms, frame in whole.frames.items() if one.frames[t_ms] != frame]
    assert differing == []
    assert one.engine.state() == whole.engine.state()


def test_a_state_of_other_rules_is_not_used(world: Any, whole: Watch) -> None:
    state = whole.engine.state()
    other = VitalEngine(world.rulebook, world.geography, world.network)
    with pytest.raises(ValueError, match="rules"):
        other.restore(state.replace(world.rulebook.version.encode(), b"00000000"))
    with pytest.raises(ValueError, match="damaged"):
        other.restore(state[:100])

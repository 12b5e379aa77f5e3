"""A small network whose neurons say everything every ten seconds, and chains of faults on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults.chain import Chain
from sensors.faults.label import Fault, FaultLabel
from sensors.faults.line import Injected
from sensors.faults.profile import FaultRule, load_profile
from sensors.faults.table import FAULTS
from sensors.faults.tools import Moment
from sensors.network import Network
from sensors.noise import draw, keys_of
from sensors.reading import ReadingBatch
from twin.config import default_config_dir

SEED, TICKS = 7, 150
Point = tuple[int, int, float]  # series, device time, value

# A rule for every fault, frequent enough to strike often within an hour.
RULES = {
    Fault.BIAS: FaultRule(fault="bias", per_year=1500, hours=(0.05, 0.15), size=(5, 9)),
    Fault.DRIFT: FaultRule(fault="drift", per_year=1500, hours=(0.04, 0.08), size=(30, 60)),
    Fault.STUCK: FaultRule(fault="stuck", factor=5000, hours=(0.05, 0.15)),
    Fault.SPIKE: FaultRule(fault="spike", factor=20, size=(8, 50)),
    Fault.DETACHED: FaultRule(fault="detached", per_year=1500, hours=(0.05, 0.15)),
    Fault.DEAD: FaultRule(fault="dead", factor=5000, hours=(0.05, 0.15)),
    Fault.BATTERY: FaultRule(fault="battery", per_year=1500, hours=(0.05, 0.15)),
    Fault.CLOCK_SKEW: FaultRule(
        fault="clock_skew", per_year=1500, hours=(0.05, 0.15), size=(2000, 4000)
    ),
    Fault.CLOCK_JUMP: FaultRule(
        fault="clock_jump", per_year=1500, hours=(0.05, 0.15), size=(20, 90)
    ),
    Fault.SPOOFED: FaultRule(fault="spoofed", per_year=1500, hours=(0.05, 0.15)),
    Fault.DROPOUT: FaultRule(fault="dropout"),
    Fault.DUPLICATE: FaultRule(fault="duplicate", share=0.02, size=(5, 90)),
    Fault.LATE: FaultRule(fault="late", share=0.02, size=(11, 200)),
    Fault.BACKFILL: FaultRule(fault="backfill", per_year=10, hours=(0.1, 0.2), size=(30, 120)),
    Fault.OUTAGE: FaultRule(fault="gateway_outage", per_year=10, hours=(0.1, 0.2)),
    Fault.POWER_CUT: FaultRule(fault="power_cut"),
}


@dataclass(slots=True)
class Run:
    """What went into a chain and what came out, tick by tick."""

    said: list[set[Point]] = field(default_factory=list)
    heard: list[list[Point]] = field(default_factory=list)
    labels: list[FaultLabel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bench:
    """Runs a chain over ticks of a made-up city in which power fails for five minutes."""

    network: Network
    start_ms: int
    known: dict[Fault | None, Run] = field(default_factory=dict)

    def chain(self, faults: Sequence[Fault]) -> Chain:
        """These faults by their rules; gateways fail when asked to, as there are so few of them."""
        ordinary, rules = load_profile(default_config_dir()), tuple(RULES[one] for one in faults)
        chain = Chain(self.network, SEED, replace(ordinary, id="test", rules=rules))
        for fault in faults:
            if FAULTS[fault].gateway:
                start_ms, end_ms = self.moment(20).t_ms, self.moment(50).t_ms
                chain.inject(Injected(fault, [0, 2], start_ms, end_ms, 60.0))
        return chain

    def whole(self, fault: Fault | None) -> Run:
        """A run of TICKS with this fault alone, or with none."""
        if fault not in self.known:
            chain = self.chain([] if fault is None else [fault])
            self.known[fault] = self.run(chain, range(TICKS))
        return self.known[fault]

    def run(self, chain: Chain, ticks: range) -> Run:
        run = Run()
        for tick in ticks:
            moment, batch = self.moment(tick), self.said(tick)
            run.said.append(_points(batch))
            draws = draw(keys_of(SEED, self.network.series.name), tick)
            batch = chain.measured(replace(batch, value=batch.value.copy()), draws, moment)
            heard = chain.carried(batch, moment)
            run.heard.append(_listed(heard))
        run.labels = chain.labels() + chain.unfinished(self.moment(ticks.stop).t_ms)
        return run

    def moment(self, tick: int) -> Moment:
        arrays = {
            "zone.air_temp_c": np.array([20.0, 24.0]),
            "zone.rain_mm_h": np.zeros(2),
            "zone.wind_gust_m_s": np.full(2, 3.0),
            "feeder.outage": np.full(2, float(60 <= tick < 90)),
        }
        for array in arrays.values():
            array.flags.writeable = False  # faults never touch the truth
        return Moment(self.start_ms + tick * GRID_MS, arrays)

    def said(self, tick: int) -> ReadingBatch:
        """Every series in the middle of its range, a little more with every tick."""
        series = np.arange(len(self.network.series), dtype=np.int32)
        quantities = [self.network.quantities[row] for row in self.network.series.quantity]
        wire = [
            (q.low + (q.high - q.low) * (0.5 + tick / 1000)) / q.per_unit
            if q.numeric
            else float(tick % 2)
            for q in quantities
        ]
        t_ms = np.full(len(series), self.start_ms + tick * GRID_MS)
        return ReadingBatch(series, t_ms, np.array(wire))


def _points(batch: ReadingBatch) -> set[Point]:
    return set(_listed(batch))


def _listed(batch: ReadingBatch) -> list[Point]:
    columns = (batch.series.tolist(), batch.t_ms.tolist(), batch.value.tolist())
    return list(zip(*columns, strict=True))

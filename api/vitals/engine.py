"""The vital signs of the quarter, from readings in to one frame out.

add(batch) -> windows;  evaluate(t) -> probes -> stages -> dimensions -> composite -> colours
"""

import threading
from collections.abc import Iterable

import msgspec
import numpy as np

from api.config import Rulebook
from api.operations.casebook import CaseBook
from api.quality.inspector import Inspector
from api.vitals.confidence import Confidence
from api.vitals.correction import Corrector
from api.vitals.probe import Columns, Probe
from api.vitals.rollup import Stage, Summit
from api.vitals.scoring import Published, PublishedState, Steady
from api.vitals.sign import ABOVE, Block, Key, Roster, Trusted, VitalFrame
from api.vitals.why import Explainer, Why
from api.vitals.windows import Windows, WindowsState
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.store.base import VitalRows
from twin.arrays import Floats, Index
from twin.entities import Geography


class EngineState(msgspec.Struct, frozen=True):
    """An engine at a moment, without what the store can bring back."""

    rules: str
    windows: WindowsState
    published: PublishedState


class VitalEngine:
    """Holds the windows; event time only moves forward. One thread feeds it, any may ask why.

    `cases` are the orders and reports behind the indicators that ask for them.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        geography: Geography,
        network: Network,
        cases: CaseBook | None = None,
    ) -> None:
        self.cases = CaseBook() if cases is None else cases
        self._lock = threading.Lock()
        self._newest: VitalFrame | None = None
        self._rulebook = rulebook
        self._probes = [
            Probe(indicator, level, geography, network)
            for indicator in rulebook.indicators
            for level in indicator.levels
        ]
        self._stages = _stages(rulebook, self._probes, geography, network)
        below = _rosters(self._probes, self._stages)
        self._summits = [
            Summit(level, rulebook, below, geography, network) for level in ("zone", "quarter")
        ]
        self._order, self._rosters = self._layout()
        self._published = self._publisher()
        self._trust = _grades(rulebook, network)
        self._confidence = Confidence([probe.roster for probe in self._probes])
        inspector = Inspector(network, rulebook.quality, _urgent(rulebook))
        self._sure: dict[Key, Floats] = {}
        self._corrector = Corrector(self._probes, self._rosters, self._roll)
        self._explainer = Explainer(rulebook, geography, network, self._probes)
        self.windows = Windows(network, _needs(self._probes), inspector)

    def add(self, batch: ReadingBatch) -> None:
        """Take readings in, in any order; see Windows for late, early and doubled ones."""
        self.windows.add(batch)

    def expect(self, clock_ms: int) -> None:
        """The run's clock, if it is ahead: readings up to 5 min beyond it may come."""
        self.windows.expect(clock_ms)

    def advance(self, t_ms: int) -> None:
        """Move event time without evaluating; what waits is let in or dropped."""
        with self._lock:
            self.windows.advance(t_ms)
            self._newest = None

    def state(self) -> bytes:
        """What a restart cannot read from the store: quality, last values, published colours."""
        state = EngineState(self._rulebook.version, self.windows.state(), self._published.state())
        return msgspec.msgpack.encode(state)

    def restore(self, data: bytes) -> int:
        """Go on from a state; the time it is of. `refill` then brings what the store has.

        ValueError when it is of other rules, neurons or vital signs; start afresh then.
        """
        try:
            state = msgspec.msgpack.decode(data, type=EngineState)
        except msgspec.MsgspecError as error:
            raise ValueError(f"damaged state: {error}") from error
        if state.rules != self._rulebook.version:
            raise ValueError(f"the state is of rules {state.rules}")
        self._published.restore(state.published)
        self.windows.restore(state.windows)
        return state.windows.watermark_ms

    def refill(self, batch: ReadingBatch) -> None:
        """Stored readings after `restore`."""
        self.windows.refill(batch)

    def why(self, indicator: str, level: str, entity: str) -> Why:
        """Why a sign of the newest frame is what it is; KeyError when it has no such sign."""
        with self._lock:
            if self._newest is None:
                raise KeyError("there is no frame yet")
            key = (indicator, level)
            return self._explainer.why(self._newest, key, entity, self.windows, self.cases)

    def evaluate(self, t_ms: int) -> VitalFrame:
        """All vital signs at event time t_ms; ValueError when it lies before the last one."""
        with self._lock:
            self._newest = self._evaluate(t_ms)
            return self._newest

    def _evaluate(self, t_ms: int) -> VitalFrame:
        self.windows.advance(t_ms)
        verdict = self.windows.judge(t_ms)
        trust = self._trust * verdict.quality * self.windows.live(t_ms)
        sure = self._confidence.of(np.where(verdict.believed, trust, 0.0))
        columns: dict[Key, Columns] = {}
        for probe, confidence in zip(self._probes, sure, strict=True):
            key = probe.indicator.id, probe.level
            columns[key] = probe.measure(t_ms, self.windows, confidence, self.cases)
        self._roll(columns)
        self._sure = dict(zip(columns, sure, strict=False))
        self._corrector.keep(t_ms, columns)
        return self._frame(t_ms, columns, Trusted(trust, verdict))

    def _roll(self, columns: dict[Key, Columns]) -> None:
        """Everything above what is measured."""
        for stage in self._stages:
            columns.update(stage.roll(columns))
        for summit in self._summits:
            columns.update(summit.roll(columns))

    def corrections(self) -> list[VitalRows]:
        """What late readings since the last call change in the stored minutes of the last hour."""
        with self._lock:
            series, t_ms = self.windows.take_late()
            return self._corrector.correct(series, t_ms, self._measure) if len(series) else []

    def _measure(self, probe: Probe, t_ms: int) -> Columns:
        """As it would have been at t_ms, with the trust of now."""
        sure = self._sure[probe.indicator.id, probe.level]
        return probe.measure(t_ms, self.windows, sure, self.cases)

    @property
    def rosters(self) -> dict[Key, Roster]:
        """Every block that a frame will have, in order."""
        return {key: self._rosters[key] for key in self._order}

    def _frame(self, t_ms: int, columns: dict[Key, Columns], trusted: Trusted) -> VitalFrame:
        scores = np.concatenate([columns[key].score for key in self._order])
        colours = self._published.step(scores, t_ms)
        blocks, start = {}, 0
        for key in self._order:
            stop = start + len(self._rosters[key])
            blocks[key] = _block(self._rosters[key], columns[key], colours[start:stop])
            start = stop
        windows_s = {one.id: one.window_s for one in self._rulebook.indicators}
        return VitalFrame(t_ms, blocks, self._rulebook.version, windows_s, trusted)

    def _layout(self) -> tuple[list[Key], dict[Key, Roster]]:
        """Blocks in the order of the configuration, each indicator from below upwards."""
        rosters = _rosters(self._probes, self._stages)
        place = {one.id: number for number, one in enumerate(self._rulebook.indicators)}
        order = sorted(rosters, key=lambda key: place[key[0]])
        for summit in self._summits:
            rosters |= summit.rosters
            order += summit.rosters
        return order, rosters

    def _publisher(self) -> Published:
        colours = self._rulebook.colours
        windows_s = {one.id: one.window_s for one in self._rulebook.indicators}
        waits_s = [
            min(
                colours.improve_windows * windows_s.get(indicator, colours.window_s),
                colours.improve_most_s,
            )
            for indicator, _ in self._order
        ]
        urgent = {rule.indicator for rule in self._rulebook.rules if rule.life_safety}
        sizes = [len(self._rosters[key]) for key in self._order]
        at_once = np.repeat([key[0] in urgent for key in self._order], sizes)
        waits_ms = np.repeat(np.rint(1000 * np.array(waits_s)).astype(np.int64), sizes)
        return Published(at_once, waits_ms, Steady(colours.margin, colours.votes, colours.of))


def _stages(
    rulebook: Rulebook, probes: list[Probe], geography: Geography, network: Network
) -> list[Stage]:
    """Every step upward that an indicator does not measure itself, level by level."""
    known = {(probe.indicator.id, probe.level): probe.roster for probe in probes}
    stages = []
    for level in ("zone", "quarter"):
        belows = [
            roster
            for (indicator, below), roster in known.items()
            if ABOVE.get(below) == level and (indicator, level) not in known
        ]
        stage = Stage(_first(belows), level, rulebook.composite, geography, network)
        known |= stage.rosters
        stages.append(stage)
    return stages


def _rosters(probes: Iterable[Probe], stages: Iterable[Stage]) -> dict[Key, Roster]:
    rosters = {(one.indicator.id, one.level): one.roster for one in probes}
    for stage in stages:
        rosters |= stage.rosters
    return rosters


def _first(rosters: Iterable[Roster]) -> list[Roster]:
    """One roster per indicator: whoever measures buildings and streets goes up by the first."""
    found: dict[str, Roster] = {}
    for roster in rosters:
        found.setdefault(roster.indicator, roster)
    return list(found.values())


def _needs(probes: Iterable[Probe]) -> dict[str, set[int]]:
    needs: dict[str, set[int]] = {}
    for probe in probes:
        for ring, series in probe.needs().items():
            needs.setdefault(ring, set()).update(series)
    return needs


def _urgent(rulebook: Rulebook) -> set[str]:
    """Quantities whose alerts save lives."""
    rules = {rule.indicator for rule in rulebook.rules if rule.life_safety}
    return {name for one in rulebook.indicators if one.id in rules for name in one.roles.values()}


def _grades(rulebook: Rulebook, network: Network) -> Floats:
    """Trust per sensor by the grade of its kind."""
    trust = np.array([rulebook.composite.trust[kind.grade] for kind in network.catalogue])
    return np.asarray(trust[network.kind], np.float64)


def _block(roster: Roster, columns: Columns, colour: Index) -> Block:
    return Block(
        roster,
        columns.value,
        columns.score,
        columns.confidence,
        columns.status,
        colour,
        columns.cause,
    )

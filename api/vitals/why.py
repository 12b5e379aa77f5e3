"""Why a vital sign is what it is: its parts, down to neurons and what they said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from api.config import Rulebook
from api.operations.casebook import CaseBook
from api.vitals.formulas import FORMULAS
from api.vitals.members import Members
from api.vitals.probe import Probe
from api.vitals.roster import parents, weights
from api.vitals.scoring import score
from api.vitals.sign import ABOVE, Key, Roster, VitalFrame, VitalSign
from api.vitals.windows import Windows
from sensors.network import Network
from twin.arrays import Bools, Floats, Index
from twin.entities import Geography

SHOWN = 50  # of the neurons or places behind a sign, the worst first


@dataclass(frozen=True, slots=True)
class Input:
    """One neuron behind a sign. `alone` is the value of the sign if it stood alone, `weight` its
    share in the value (0: it did not decide), `last` what it said last, by quantity."""

    sensor: str
    alone: float | None
    score: float | None
    weight: float
    trust: float
    believed: bool
    reasons: tuple[str, ...]
    last: Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """One sign below, with its share of the weight among the parts that have a score."""

    sign: VitalSign
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class Why:
    """`limited_by`: "measured", "mean_and_low" (upward), "mean" or "short_board". `mean` is the
    weighted mean of the parts and `ceiling` what the weakest one allows. `path` leads from the
    sign to the worst one below, and so on to one that is measured."""

    sign: VitalSign
    limited_by: str
    mean: float | None
    ceiling: float | None
    parts: tuple[Part, ...]
    path: tuple[VitalSign, ...]
    inputs: tuple[Input, ...]
    input_count: int


class Explainer:
    """Explains the signs of the newest frame; asked under the lock of the engine."""

    def __init__(
        self, rulebook: Rulebook, geography: Geography, network: Network, probes: list[Probe]
    ) -> None:
        self._rulebook, self._geography, self._network = rulebook, geography, network
        self._probes = {(probe.indicator.id, probe.level): probe for probe in probes}

    def why(
        self, frame: VitalFrame, key: Key, entity: str, windows: Windows, cases: CaseBook
    ) -> Why:
        """KeyError when the frame has no such sign."""
        sign = frame.sign(*key, entity)
        path = _path(frame, key, entity)
        end = path[-1]
        inputs = self._inputs(frame, end, windows, cases)
        parts = self._parts(frame, key, entity)
        mean = _mean(parts)
        slack = self._slack(key[0])
        ceiling = None if slack is None else _ceiling(parts, slack)
        limited_by = "measured" if key in self._probes else "mean_and_low"
        if slack is not None:
            limited = mean is not None and ceiling is not None and ceiling < mean
            limited_by = "short_board" if limited else "mean"
        shown = parts[:SHOWN]
        return Why(sign, limited_by, mean, ceiling, shown, path, tuple(inputs[:SHOWN]), len(inputs))

    def _slack(self, indicator: str) -> float | None:
        """What the weakest part may be exceeded by; None where that rule does not hold."""
        composite = self._rulebook.composite
        if indicator == composite.id:
            return composite.composite_slack
        dimensions = {one.id for one in self._rulebook.dimensions}
        return composite.dimension_slack if indicator in dimensions else None

    def _parts(self, frame: VitalFrame, key: Key, entity: str) -> tuple[Part, ...]:
        """What a score is made of, the worst first; nothing for what is measured."""
        pairs = self._weighed(frame, key, entity)
        total = sum(weight for sign, weight in pairs if sign.score is not None)
        parts = [
            Part(sign, weight, weight / total if sign.score is not None and total else 0.0)
            for sign, weight in pairs
        ]
        worst = sorted(parts, key=lambda part: 101 if part.sign.score is None else part.sign.score)
        return tuple(worst)

    def _weighed(self, frame: VitalFrame, key: Key, entity: str) -> list[tuple[VitalSign, float]]:
        indicator, level = key
        if key in self._probes:
            return []
        if indicator == self._rulebook.composite.id:
            ids = {one.id: one.weight for one in self._rulebook.dimensions}
        else:
            ids = {
                one.id: one.weight
                for one in self._rulebook.indicators
                if one.dimension == indicator and one.weight
            }
        if not ids:
            return self._below(frame, key, entity)
        return [
            (frame.sign(one, level, entity), weight)
            for one, weight in ids.items()
            if (one, level) in frame.blocks and entity in frame.blocks[one, level].roster.index
        ]

    def _below(self, frame: VitalFrame, key: Key, entity: str) -> list[tuple[VitalSign, float]]:
        """The entities of the level below that go up into this one."""
        indicator, level = key
        below = _level_below(frame, indicator, level)
        if below is None:
            return []
        roster = frame.blocks[indicator, below].roster
        mine = self._row(frame.blocks[key].roster, entity)
        rows = np.flatnonzero(parents(self._geography, below, roster.rows) == mine)
        weight = weights(self._geography, below, roster.rows)
        return [
            (frame.sign(indicator, below, roster.entities[row]), float(weight[row]))
            for row in rows.tolist()
        ]

    def _row(self, roster: Roster, entity: str) -> int:
        return int(roster.rows[roster.index[entity]])

    def _inputs(
        self, frame: VitalFrame, sign: VitalSign, windows: Windows, cases: CaseBook
    ) -> list[Input]:
        """The neurons of a measured sign, those that decide first."""
        probe = self._probes.get((sign.indicator, sign.level))
        trusted = frame.trusted
        if probe is None or trusted is None:
            return []
        row = probe.roster.index[sign.entity]
        sensors = probe.roster.sensors[probe.roster.starts[row] : probe.roster.starts[row + 1]]
        alone = self._alone(probe, row, sensors, frame.t_ms, windows, cases)
        scores = score(alone, probe.indicator.anchors)
        share = _shares(probe, alone, trusted.verdict.believed[sensors], scores)
        found = [
            Input(
                self._network.sensor_ids[sensor],
                _number(alone[place]),
                _number(scores[place]),
                float(share[place]),
                float(trusted.trust[sensor]),
                bool(trusted.verdict.believed[sensor]),
                self._reasons(frame, sensor),
                self._last(windows, sensor),
            )
            for place, sensor in enumerate(sensors.tolist())
        ]
        return sorted(found, key=lambda one: (-one.weight, 101 if one.score is None else one.score))

    def _alone(
        self,
        probe: Probe,
        row: int,
        sensors: Index,
        t_ms: int,
        windows: Windows,
        cases: CaseBook,
    ) -> Floats:
        """The value of the sign by each neuron alone: each stands for an entity of its own."""
        formula = FORMULAS.get(probe.indicator.formula or "")
        if not len(sensors) or (formula is not None and formula.everyone):
            return np.full(len(sensors), np.nan)
        members = {role: _split(one, row, sensors) for role, one in probe.members.items()}
        members = {role: one for role, one in members.items() if len(one.series)}
        if formula is not None and not set(formula.needs) <= set(members):
            return np.full(len(sensors), np.nan)
        scene = probe.scene(t_ms, windows, cases)
        rows = np.full(len(sensors), probe.roster.rows[row], np.int32)
        return probe.compute(replace(scene, rows=rows, members=members, memory={})).value

    def _reasons(self, frame: VitalFrame, sensor: int) -> tuple[str, ...]:
        assert frame.trusted is not None
        return tuple(frame.trusted.reasons(sensor))

    def _last(self, windows: Windows, sensor: int) -> dict[str, tuple[int, float]]:
        """By quantity: when and what was believed last, in the display unit."""
        series = np.array(list(self._network.series_of(sensor)), np.int32)
        return {
            self._network.quantities[int(self._network.series.quantity[one])].id: (
                int(windows.last_ms[one]),
                float(windows.last[one]),
            )
            for one in series.tolist()
            if not np.isnan(windows.last[one])
        }


def _split(members: Members, row: int, sensors: Index) -> Members:
    """The members of one entity, each neuron an entity of its own."""
    here = members.entity == row
    place = np.searchsorted(sensors, members.sensor[here]).astype(np.int32)
    return Members.of(members.series[here], members.sensor[here], place, len(sensors))


def _shares(probe: Probe, alone: Floats, believed: Bools, scores: Floats) -> Floats:
    """How the members weigh: the worst alone for max and min, else evenly."""
    formula = FORMULAS.get(probe.indicator.formula or "")
    how = formula.gathers if formula is not None else probe.indicator.over_space
    usable = believed & (~np.isnan(alone) | np.isnan(alone).all())
    if how in ("max", "min") and not np.isnan(scores[usable]).all():
        share = np.zeros(len(alone))
        share[np.nanargmin(np.where(usable, scores, np.nan))] = 1.0
        return share
    even: Floats = usable / max(1, int(usable.sum()))
    return even


def _path(frame: VitalFrame, key: Key, entity: str) -> tuple[VitalSign, ...]:
    """This sign, the worst below it, and so on."""
    signs = [frame.sign(*key, entity)]
    block, row = frame.blocks[key], frame.blocks[key].roster.index[entity]
    while block.cause is not None and block.cause.key[row] >= 0:
        cause = block.cause
        key, row = cause.keys[int(cause.key[row])], int(cause.row[row])
        block = frame.blocks[key]
        signs.append(frame.sign(*key, block.roster.entities[row]))
    return tuple(signs)


def _level_below(frame: VitalFrame, indicator: str, level: str) -> str | None:
    levels = [below for below, above in ABOVE.items() if above == level]
    return next((one for one in levels if (indicator, one) in frame.blocks), None)


def _mean(parts: tuple[Part, ...]) -> float | None:
    known = [part for part in parts if part.sign.score is not None]
    return sum(part.share * (part.sign.score or 0.0) for part in known) if known else None


def _ceiling(parts: tuple[Part, ...], slack: float) -> float | None:
    known = [part.sign.score for part in parts if part.sign.score is not None]
    return min(known) + slack if known else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

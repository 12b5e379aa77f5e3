"""One indicator compiled for one level: its entities, inputs and formula."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from api.config import Indicator
from api.operations.casebook import CaseBook
from api.vitals.formulas import FORMULAS
from api.vitals.formulas.generic import reduce
from api.vitals.members import Members
from api.vitals.roster import (
    all_sensors,
    inhabited_rows,
    make_roster,
    role_members,
    sensed_rows,
)
from api.vitals.scene import Ground, Measured, Scene, ring_for
from api.vitals.scoring import score
from api.vitals.sign import TABLES, Cause, Roster, Status
from api.vitals.windows import Windows
from sensors.network import Network
from twin.arrays import Bools, Floats, Index
from twin.entities import Geography


@dataclass(frozen=True, slots=True)
class Columns:
    """A block in the making: everything but the published colour."""

    value: Floats
    score: Floats
    confidence: Floats
    status: Index
    cause: Cause | None = None

    @property
    def applicable(self) -> Bools:
        return np.asarray(self.status != Status.NOT_APPLICABLE.code)


class Probe:
    """Measures one indicator at one level; keeps nothing but what never changes."""

    def __init__(
        self, indicator: Indicator, level: str, geography: Geography, network: Network
    ) -> None:
        self.indicator, self.level = indicator, level
        self._geography, self._network = geography, network
        formula = FORMULAS.get(indicator.formula or "")
        self._bare = formula is not None and (formula.map_only or formula.of_cases)
        everyone = formula is not None and formula.everyone
        rows = self._rows(everyone)
        self.members = self._find(rows, everyone)
        self.compute: Callable[[Scene], Measured] = (
            formula.compute if formula else _generic(indicator)
        )
        self.parameters = {**(formula.parameters if formula else {}), **indicator.parameters}
        self.roster: Roster = make_roster(
            indicator.id, level, rows, geography, network, self.members
        )
        self._prepared = None
        self._memory: dict[str, Any] = {}
        if formula is not None and formula.prepare is not None:
            ground = Ground(level, self.roster.rows, self.parameters, network, geography)
            self._prepared = formula.prepare(ground)

    def measure(self, t_ms: int, windows: Windows, confidence: Floats, cases: CaseBook) -> Columns:
        """Columns at t_ms; `confidence` per entity, by the neurons behind it."""
        measured = self.compute(self.scene(t_ms, windows, cases))
        value = measured.value
        if measured.trust is not None:
            confidence = confidence * measured.trust
        status = np.where(np.isnan(value), Status.MISSING.code, Status.OK.code).astype(np.int32)
        if measured.applicable is not None:
            value = np.where(measured.applicable, value, np.nan)
            status[~measured.applicable] = Status.NOT_APPLICABLE.code
        confidence = np.where(status == Status.OK.code, confidence, 0.0)
        return Columns(value, score(value, self.indicator.anchors), confidence, status)

    def scene(self, t_ms: int, windows: Windows, cases: CaseBook) -> Scene:
        """What its formula sees at t_ms."""
        return Scene(
            t_ms,
            self.level,
            self.roster.rows,
            self.indicator.window_s * 1000,
            self.members,
            self.parameters,
            windows,
            self._network,
            self._geography,
            self._prepared,
            cases,
            self._memory,
        )

    def _rows(self, everyone: bool) -> Index:
        if self._bare:
            return np.arange(len(self._geography[TABLES[self.level]]), dtype=np.int32)
        if everyone:
            return inhabited_rows(self._network, self.level)
        least = self.indicator.least_neurons
        return sensed_rows(self._network, self.level, self.indicator.roles, least)

    def _find(self, rows: Index, everyone: bool) -> Mapping[str, Members]:
        if everyone:
            return {"sensors": all_sensors(self._network, self.level, rows)}
        return {
            role: role_members(self._network, self.level, rows, name)
            for role, name in self.indicator.roles.items()
        }

    def needs(self) -> dict[str, set[int]]:
        """Ring name -> series that it looks at through that ring."""
        formula = FORMULAS.get(self.indicator.formula or "")
        rings = set(formula.also) if formula else set()
        if self.indicator.over_time != "last":
            rings.add(ring_for(self.indicator.window_s * 1000))
        if formula is not None and (formula.everyone or self._bare):
            return {}
        series = {int(one) for members in self.members.values() for one in members.series}
        return dict.fromkeys(rings, series)


def _generic(indicator: Indicator) -> Callable[[Scene], Measured]:
    assert indicator.over_time is not None
    assert indicator.over_space is not None
    return partial(
        reduce,
        over_time=indicator.over_time,
        over_space=indicator.over_space,
        per=indicator.per,
        scale=indicator.scale,
        absolute=indicator.absolute,
    )

"""What late readings change in minutes that were stored already: history only.

A minute is worked out again from whole bins, so it ends with the last bin before it. Alerts and
published colours stay as they were: nobody acts on the past.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from api.vitals.formulas import FORMULAS
from api.vitals.probe import Columns, Probe
from api.vitals.sign import Key, Roster
from api.vitals.windows import CORRECTED_MS
from sensors.store.base import VitalRows
from twin.arrays import Array, Bools, Index, Ints
from twin.clock import MINUTE_MS

All = dict[Key, Columns]


class Corrector:
    """Keeps the minutes of the last hour and corrects them.

    Only indicators that read nothing but minute bins: the longer windows are still open when a
    reading is late, and what looks at last values cannot be looked at again.
    """

    def __init__(
        self, probes: Sequence[Probe], rosters: Mapping[Key, Roster], roll: Callable[[All], None]
    ) -> None:
        """`roll` works out everything above from the columns of what is measured."""
        self._rosters, self._roll = rosters, roll
        self._probes = [probe for probe in probes if _by_minutes(probe)]
        self._series = {
            probe: np.unique(np.concatenate([members.series for members in probe.members.values()]))
            for probe in self._probes
        }
        self._minutes: dict[int, All] = {}

    def keep(self, t_ms: int, columns: All) -> None:
        """A minute as it is stored; those older than an hour are closed for good."""
        if t_ms % MINUTE_MS:
            return
        self._minutes[t_ms] = columns
        self._minutes = {
            one: kept for one, kept in self._minutes.items() if one > t_ms - CORRECTED_MS
        }

    def correct(
        self, series: Index, t_ms: Ints, measure: Callable[[Probe, int], Columns]
    ) -> list[VitalRows]:
        """Rows of all kept minutes that these late readings change, a minute each."""
        touched = [(probe, t_ms[np.isin(series, self._series[probe])]) for probe in self._probes]
        found = []
        for minute_ms in sorted(self._minutes):
            stale = [probe for probe, late_ms in touched if _reaches(probe, late_ms, minute_ms)]
            if stale:
                found.append(self._again(minute_ms, stale, measure))
        return [rows for rows in found if len(rows)]

    def _again(
        self, minute_ms: int, stale: list[Probe], measure: Callable[[Probe, int], Columns]
    ) -> VitalRows:
        before = self._minutes[minute_ms]
        after = dict(before)
        for probe in stale:
            after[probe.indicator.id, probe.level] = measure(probe, minute_ms - 1)
        self._roll(after)
        self._minutes[minute_ms] = after
        return self._changed(minute_ms, before, after)

    def _changed(self, minute_ms: int, before: All, after: All) -> VitalRows:
        """The rows that differ."""
        parts = [
            (key, np.flatnonzero(_differ(before[key], after[key])))
            for key in after
            if after[key] is not before[key]
        ]
        parts = [(key, rows) for key, rows in parts if len(rows)]
        sizes = [len(rows) for _, rows in parts]
        return VitalRows(
            np.full(sum(sizes), minute_ms, np.int64),
            np.repeat(np.array([key[0] for key, _ in parts], object), sizes),
            np.repeat(np.array([key[1] for key, _ in parts], object), sizes),
            _joined([np.array(self._rosters[key].entities, object)[rows] for key, rows in parts]),
            _joined([after[key].value[rows] for key, rows in parts]),
            _joined([after[key].score[rows] for key, rows in parts]),
            _joined([after[key].confidence[rows] for key, rows in parts]),
        )


def _by_minutes(probe: Probe) -> bool:
    formula = FORMULAS.get(probe.indicator.formula or "")
    return set(probe.needs()) == {"minutes"} and not (formula is not None and formula.latest)


def _reaches(probe: Probe, late_ms: Ints, minute_ms: int) -> bool:
    """Whether one of the late readings lies in the window that ended at this minute."""
    first_ms = minute_ms - probe.indicator.window_s * 1000
    return bool(((late_ms >= first_ms) & (late_ms < minute_ms)).any())


def _differ(before: Columns, after: Columns) -> Bools:
    pairs = (
        (before.value, after.value),
        (before.score, after.score),
        (before.confidence, after.confidence),
    )
    differ = np.zeros(len(before.value), bool)
    for one, other in pairs:
        differ |= ~np.isclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True)
    return differ


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.empty(0)

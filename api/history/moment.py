"""Everything about one place at one minute of the past, as it was stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from api.vitals.scoring import colour_of
from api.vitals.sign import Colour, Status, VitalSign
from sensors.store import VitalRows
from twin.clock import MINUTE_MS

LOOK_BACK_MS = 10 * MINUTE_MS  # a minute may be missing: an evaluation was skipped
KEPT_ONLY = "stored without the neurons behind it"


class Minutes(Protocol):
    """What is needed of a store."""

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """The signs of one place by indicator; colours follow the scores, without hysteresis."""

    t_ms: int
    signs: Mapping[str, VitalSign]


def recall(store: Minutes, run: str, level: str, entity: str, t_ms: int) -> Moment | None:
    """The newest minute at or before t_ms that holds the place, None when none is kept."""
    rows = store.minutes(run, t_ms - LOOK_BACK_MS, t_ms + 1)
    here = np.flatnonzero((rows.level == level) & (rows.entity == entity))
    if not len(here):
        return None
    newest = int(rows.t_ms[here].max())
    chosen = here[rows.t_ms[here] == newest]
    return Moment(newest, {str(rows.indicator[row]): _sign(rows, row) for row in chosen.tolist()})


def _sign(rows: VitalRows, row: int) -> VitalSign:
    value, score = float(rows.value[row]), float(rows.score[row])
    colour = int(colour_of(rows.score[row : row + 1])[0])
    missing = np.isnan(score)
    return VitalSign(
        str(rows.indicator[row]),
        str(rows.level[row]),
        str(rows.entity[row]),
        int(rows.t_ms[row]),
        None if np.isnan(value) else value,
        None if missing else score,
        None if colour < 0 else Colour(colour),
        float(np.nan_to_num(rows.confidence[row])),
        Status.MISSING if missing else Status.OK,
        KEPT_ONLY,
        (),
        "",
    )

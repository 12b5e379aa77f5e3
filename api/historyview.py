"""History as the outside sees it."""

from collections.abc import Iterator

import numpy as np

from api.schemas.vitals import VitalPoint
from api.vitalmessages import rounded
from sensors.store import VitalHistory
from twin.clock import iso


def points(history: VitalHistory) -> Iterator[VitalPoint]:
    """Oldest first; missing is None, never 0, and has no confidence."""
    columns = zip(
        history.t_ms.tolist(),
        rounded(history.value, 4),
        rounded(history.score, 2),
        np.nan_to_num(history.confidence).round(3).tolist(),
        rounded(history.low, 4),
        rounded(history.high, 4),
        rounded(history.worst, 2),
        strict=True,
    )
    for t_ms, value, score, confidence, low, high, worst in columns:
        yield VitalPoint.model_construct(
            t=iso(t_ms),
            value=value,
            score=score,
            confidence=confidence,
            low=low,
            high=high,
            worst=worst,
        )

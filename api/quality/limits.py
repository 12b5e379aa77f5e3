"""The plausible, compiled to columns over the series of a network."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from api.quality.config import Check, Quality
from sensors.network import Network
from twin.arrays import Bools, Floats, Ints

NEVER = np.inf


@dataclass(frozen=True, slots=True)
class Limits:
    """Per series, display units: inf (or 0 samples) where a check does not apply.

    `low` and `high` are the ends of the scale: resting there is not being stuck. `beat_ms` is
    the time between two samples, `patience_ms` how long silence confirms what was held (0:
    never, for those that report every sample).
    """

    jump: Floats
    rate_s: Floats
    stuck: Ints
    near: Floats
    low: Floats
    high: Floats
    beat_ms: Ints
    patience_ms: Ints

    @staticmethod
    def of(network: Network, quality: Quality, urgent: Collection[str] = ()) -> "Limits":
        """`urgent` quantities ("kind.quantity") save lives: nothing of theirs is held back."""
        checks = {check.of: check for check in quality.check}
        kinds = network.catalogue.kinds
        names = [f"{kind.id}.{one.id}" for kind in kinds for one in kind.quantities]
        rows = [checks.get(name, Check(of=name)) for name in names]
        held = [
            row.jump if name not in urgent else None for name, row in zip(names, rows, strict=True)
        ]
        rates = [
            row.rate if name not in urgent else None for name, row in zip(names, rows, strict=True)
        ]
        waits = [3 * kind.cadence_ms // 2 if kind.report == "change" else 0 for kind in kinds]
        quantity, kind = network.series.quantity, network.kind[network.series.sensor]
        return Limits(
            _column(held)[quantity],
            _column(rates)[quantity],
            np.array([row.stuck or 0 for row in rows], np.int64)[quantity],
            _column([row.near for row in rows])[quantity],
            np.array([one.low + one.resolution / 2 for one in network.quantities])[quantity],
            np.array([one.high - one.resolution / 2 for one in network.quantities])[quantity],
            np.array([one.cadence_ms for one in kinds], np.int64)[kind],
            np.array(waits, np.int64)[kind],
        )

    @property
    def checked(self) -> Bools:
        """Series that are watched for being stuck."""
        return np.asarray(self.stuck > 0)


def _column(values: list[float | None]) -> Floats:
    return np.array([NEVER if value is None else value for value in values])

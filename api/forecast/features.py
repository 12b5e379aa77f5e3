"""What a forecast looks at: how far the present is from the usual, and what drives it."""

from dataclasses import dataclass

import numpy as np

from api.forecast.season import Course
from api.forecast.timetable import SLOTS
from api.vitals.ratio import ratio
from twin.arrays import Bools, Floats, Ints

RECENT = (2, 3, 5, 17, SLOTS + 1)  # rows of the trailing means: 15 min to a day, ends included


@dataclass(frozen=True, slots=True)
class Units:
    """Per series: what one unit of its anomaly is, and where its usual value lies."""

    spread: Floats
    middle: Floats
    swing: Floats

    @staticmethod
    def of(values: Floats, course: Course) -> "Units":
        """Spread of the anomalies, mean and swing of the usual course; 1 where nothing moves."""
        own = course.own
        return Units(
            _positive(_spread(values - own)), np.nan_to_num(_mean(own)), _positive(_spread(own))
        )


@dataclass(frozen=True, slots=True)
class Track:
    """Columns over time (rows) and series, in units of each series; nothing from later rows."""

    anomaly: Floats
    yesterday: Floats  # anomaly with gaps as 0
    means: tuple[Floats, ...]  # trailing, of RECENT
    shared: Floats  # mean over the series
    own: Floats
    smoother: Floats  # smooth less own
    broader: Floats  # all days less own
    height: Floats  # where the usual value lies in its swing
    drivers: Floats  # by driver

    @staticmethod
    def of(values: Floats, course: Course, drivers: Floats, units: Units) -> "Track":
        """`course` and the result may reach beyond the values: what is usual is known ahead."""
        anomaly = (values - course.own[: len(values)]) / units.spread
        shared = np.nan_to_num(ratio(np.nansum(anomaly, axis=1), (~np.isnan(anomaly)).sum(axis=1)))
        return Track(
            anomaly,
            np.nan_to_num(anomaly),
            tuple(trailing_mean(anomaly, rows) for rows in RECENT),
            shared,
            course.own / units.spread,
            (course.smooth - course.own) / units.spread,
            (course.overall - course.own) / units.spread,
            (course.own - units.middle) / units.swing,
            drivers,
        )

    @property
    def known(self) -> Bools:
        """Where there is a present value to start from."""
        return ~np.isnan(self.anomaly)


def count(drivers: int) -> int:
    """How many features there are."""
    return 7 + len(RECENT) + 2 * drivers


def features(track: Track, origin: Ints, target: Ints) -> Floats:
    """Rows by series by feature, for pairs of origin and target row; unknown ones are 0."""
    now = track.yesterday[origin]
    back = target - SLOTS
    yesterday = np.where((back >= 0)[:, None], track.yesterday[np.maximum(back, 0)], 0.0)
    height = track.height[target]
    columns = [
        np.ones(now.shape),
        track.smoother[target],
        track.broader[target],
        track.own[origin] - track.own[target],
        now,
        *(np.nan_to_num(mean[origin]) for mean in track.means),
        np.broadcast_to(track.shared[origin][:, None], now.shape),
        yesterday,
    ]
    for driver in track.drivers.T:
        pushed = np.broadcast_to(driver[origin][:, None], now.shape)
        columns += [pushed, pushed * height]
    return np.stack(columns, axis=-1)


def persistence(size: int) -> Floats:
    """The coefficients with which the features say: it stays as it is."""
    stays = np.zeros(size)
    stays[[3, 4]] = 1.0
    return stays


def trailing_mean(values: Floats, rows: int) -> Floats:
    """Mean of the last so many rows, this one included, of what is known; NaN without any."""
    return ratio(_trailing(np.nan_to_num(values), rows), _trailing(~np.isnan(values), rows))


def _trailing(values: Floats | Bools, rows: int) -> Floats:
    total = np.cumsum(values, axis=0, dtype=np.float64)
    total[rows:] = total[rows:] - total[:-rows]
    return total


def _mean(values: Floats) -> Floats:
    return ratio(np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0))


def _spread(values: Floats) -> Floats:
    return np.sqrt(_mean((values - _mean(values)) ** 2))


def _positive(values: Floats) -> Floats:
    return np.where(values > 1e-9, values, 1.0)

"""What a forecast looks at: how far the present is from the usual, and what drives it."""

from dataclasses import dataclass

import numpy as np

from api.forecast.season import Course
from api.forecast.timetable import SLOTS
from api.vitals.ratio import ratio
from twin.arrays import Bools, Floats, Ints

UNUSUAL = 3.0  # units beyond which an anomaly counts as something that happens (design choice)
# Rows of the trailing means, 15 min to a day, ends included; those about an hour tell what enters
# and leaves a vital sign that is itself the mean of an hour.
RECENT = (2, 3, 4, 5, 6, 17, SLOTS + 1)


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
        return Units(_positive(_spread(values - own)), filled(_mean(own)), _positive(_spread(own)))


@dataclass(frozen=True, slots=True)
class Track:
    """Columns over time (rows) and series, in units of each series; nothing from later rows.

    An anomaly is its `usual` part, at most UNUSUAL, and an excess: a storm, a jam, a burst main,
    or a single bad value. Regression sees the usual part alone: no event tilts it or is
    magnified by it.
    """

    anomaly: Floats
    usual: Floats  # gaps as 0
    lasting: Floats  # excess that was there a row ago as well, gaps as 0
    fresh: Floats  # the rest of the excess, gaps as 0
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
        usual = np.clip(anomaly, -UNUSUAL, UNUSUAL)
        excess = filled(anomaly - usual)
        lasting = _in_both(excess)
        return Track(
            anomaly,
            filled(usual),
            lasting,
            excess - lasting,
            trailing_means(usual, RECENT),
            filled(_mean(usual.T)),
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


def excesses(track: Track, origin: Ints) -> Floats:
    """Rows by series by kind of excess."""
    return np.stack([track.lasting[origin], track.fresh[origin]], axis=-1)


def features(track: Track, origin: Ints, target: Ints) -> Floats:
    """Rows by series by feature, for pairs of origin and target row; unknown ones are 0."""
    now = track.usual[origin]
    back = target - SLOTS
    columns = [
        np.ones(now.shape),
        track.smoother[target],
        track.broader[target],
        track.own[origin] - track.own[target],
        now,
        *(now - mean[origin] for mean in track.means),
        _spread_out(track.shared[origin], now),
        np.where((back >= 0)[:, None], track.usual[np.maximum(back, 0)], 0.0),
    ]
    height = track.height[target]
    for driver in track.drivers.T:
        pushed = _spread_out(driver[origin], now)
        columns += [pushed, pushed * height]
    return np.stack(columns, axis=-1)


def persistence(size: int) -> Floats:
    """The coefficients with which the features say: it stays as it is."""
    stays = np.zeros(size)
    stays[[3, 4]] = 1.0
    return stays


def _in_both(excess: Floats) -> Floats:
    """The part of each row's excess that the row before has as well; nothing on the first."""
    before = np.vstack([np.zeros((1, excess.shape[1])), excess[:-1]])
    same = np.sign(excess) == np.sign(before)
    return np.where(same, np.sign(excess) * np.minimum(np.abs(excess), np.abs(before)), 0.0)


def _spread_out(shared: Floats, like: Floats) -> Floats:
    return np.broadcast_to(shared[:, None], like.shape)


def trailing_means(values: Floats, spans: tuple[int, ...]) -> tuple[Floats, ...]:
    """Means of the last so many rows, this one included, of what is known; 0 without any."""
    known = ~np.isnan(values)
    total, count = _running(filled(values)), _running(known)
    return tuple(_last(total, span) / np.maximum(_last(count, span), 1.0) for span in spans)


def filled(values: Floats) -> Floats:
    """Gaps as 0."""
    return np.where(np.isnan(values), 0.0, values)


def _last(running: Floats, span: int) -> Floats:
    """Sums of the last so many rows, from running sums."""
    sums = running[1:].copy()
    sums[span:] -= running[1:-span]
    return sums


def _running(values: Floats | Bools) -> Floats:
    """Sums of the rows before each row and, at the end, of all."""
    out = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=out[1:])
    return out


def _mean(values: Floats) -> Floats:
    return ratio(filled(values).sum(axis=0), (~np.isnan(values)).sum(axis=0))


def _spread(values: Floats) -> Floats:
    return np.sqrt(_mean((values - _mean(values)) ** 2))


def _positive(values: Floats) -> Floats:
    return np.where(values > 1e-9, values, 1.0)

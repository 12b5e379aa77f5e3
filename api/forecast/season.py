"""The usual course of a day: means by quarter of an hour, for working and for free days."""

from dataclasses import dataclass

import numpy as np

from api.forecast.timetable import SLOTS, free_days, slots
from api.vitals.ratio import ratio
from twin.arrays import Bools, Floats, Ints

FAMILIAR_DAYS = 2  # one free day says little about the next (design choice)
KERNEL = (1.0, 2.0, 3.0, 2.0, 1.0)  # over neighbouring quarters of an hour


@dataclass(frozen=True, slots=True)
class Course:
    """Three views of the usual value: of days of this kind, the same smoothed, of all days.

    The last two axes are time and series.
    """

    own: Floats
    smooth: Floats
    overall: Floats

    def take(self, rows: Ints | tuple[Ints, Ints]) -> "Course":
        return Course(self.own[rows], self.smooth[rows], self.overall[rows])


@dataclass(frozen=True, slots=True)
class Season:
    """`course` by kind of day (0 working, 1 free), quarter of an hour and series.

    `days` of each kind were seen; without `moves` the usual value is one for all times.
    """

    course: Course
    days: Ints
    moves: bool

    @staticmethod
    def of(values: Floats, free: Bools, moves: bool = True) -> "Season":
        """`values` by day, quarter of an hour and series; `free` by day."""
        sums, counts = _by_kind(values, free)
        course = _course(sums, counts, sums.sum(axis=0), counts.sum(axis=0), moves)
        return Season(course, np.bincount(free.astype(np.int64), minlength=2), moves)

    def at(self, t_ms: Ints) -> Course:
        """The usual values at these times."""
        return self.course.take((free_days(t_ms).astype(np.int64), slots(t_ms)))

    def familiar(self, t_ms: Ints) -> Bools:
        """Whether enough days of the kind have been seen to know what is usual then."""
        seen = self.days[free_days(t_ms).astype(np.int64)] >= FAMILIAR_DAYS
        return seen | (not self.moves)


def course_without_itself(values: Floats, free: Bools, moves: bool = True) -> Course:
    """For each day what the other days say: errors of the past as honest as those to come.

    `values` by day, quarter of an hour and series; so is the result, days and quarters in one.
    """
    sums, counts = _by_kind(values, free)
    kind = free.astype(np.int64)
    there, known = np.nan_to_num(values), ~np.isnan(values)
    course = _course(
        sums[kind] - there,
        counts[kind] - known,
        sums.sum(axis=0) - there,
        counts.sum(axis=0) - known,
        moves,
    )
    flat = (-1, values.shape[-1])
    return Course(
        course.own.reshape(flat), course.smooth.reshape(flat), course.overall.reshape(flat)
    )


def by_day(values: Floats) -> Floats:
    """Rows of whole days by day, quarter of an hour and series."""
    return values.reshape(-1, SLOTS, values.shape[-1])


def _by_kind(values: Floats, free: Bools) -> tuple[Floats, Ints]:
    there, known = np.nan_to_num(values), ~np.isnan(values)
    sums = np.stack([there[free == kind].sum(axis=0) for kind in (False, True)])
    counts = np.stack([known[free == kind].sum(axis=0) for kind in (False, True)])
    return sums, counts


def _course(sums: Floats, counts: Ints, all_sums: Floats, all_counts: Ints, moves: bool) -> Course:
    """Where a kind of day has not been seen, all days stand in; then the mean of the day."""
    middle = ratio(all_sums.sum(axis=-2), all_counts.sum(axis=-2))[..., None, :]
    if not moves:
        flat = np.broadcast_to(middle, sums.shape)
        return Course(flat, flat, flat)
    overall = ratio(all_sums, all_counts)
    overall = np.where(np.isnan(overall), middle, overall)
    own = ratio(sums, counts)
    own = np.where(np.isnan(own), overall, own)
    return Course(own, _smoothed(own), np.broadcast_to(overall, own.shape))


def _smoothed(values: Floats) -> Floats:
    """Around midnight the day joins itself."""
    reach = len(KERNEL) // 2
    parts = [
        weight * np.roll(values, offset, axis=-2)
        for offset, weight in enumerate(KERNEL, start=-reach)
    ]
    smooth: Floats = sum(parts, np.zeros(values.shape)) / sum(KERNEL)
    return smooth

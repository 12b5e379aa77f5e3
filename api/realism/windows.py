"""Windows of a day as rows for a classifier: the hours themselves, their steps, and shapes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from api.realism.series import Series
from twin.arrays import Array, Floats, Ints

Aspect = Callable[[Floats], Floats]


def _shape(rows: Floats) -> Floats:
    """Mean, deviation, least, largest, range, hour of the largest, sum of the curvature."""
    low, high = rows.min(axis=1), rows.max(axis=1)
    bend = np.abs(np.diff(rows, 2, axis=1)).mean(axis=1)
    return np.column_stack(
        [rows.mean(axis=1), rows.std(axis=1), low, high, high - low, rows.argmax(axis=1), bend]
    )


def _steps(rows: Floats) -> Floats:
    """How large the changes are from row to row and over three rows, and how they follow."""
    step, over = np.diff(rows, axis=1), np.abs(rows[:, 3:] - rows[:, :-3])
    size = np.abs(step)
    follow = (step[:, 1:] * step[:, :-1]).mean(axis=1)
    return np.column_stack(
        [size.mean(axis=1), size.max(axis=1), step.std(axis=1), over.mean(axis=1), follow]
    )


def _repeats(rows: Floats) -> Floats:
    """How often a value stays, turns round, or is the least one."""
    step = np.sign(np.diff(rows, axis=1))
    same = (step == 0).sum(axis=1)
    turns = (step[:, 1:] * step[:, :-1] < 0).sum(axis=1)
    return np.column_stack([same, turns, (rows == rows.min(axis=1)[:, None]).sum(axis=1)])


ASPECTS: Mapping[str, Aspect] = MappingProxyType(
    {"level": lambda rows: rows, "steps": _steps, "shape": _shape, "repeats": _repeats}
)


NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "steps": ("mean step", "largest step", "step deviation", "step over three", "steps follow"),
        "shape": ("mean", "deviation", "least", "largest", "range", "hour of largest", "bend"),
        "repeats": ("stays", "turns", "at least"),
    }
)


@dataclass(frozen=True, slots=True)
class Windows:
    """Rows of features, the block (column/aspect) and name of each feature, each row's group.

    "steps follow" is the mean product of neighbouring steps: above zero when a rise follows a rise.
    """

    features: Floats
    blocks: tuple[str, ...]
    names: tuple[str, ...]
    group: Ints

    def __len__(self) -> int:
        return len(self.group)


def windows(series: Series, columns: Sequence[str], size: int) -> Windows:
    """Windows of `size` rows from midnight on that miss nothing, grouped by week.

    A series shorter than four weeks is grouped by blocks of a quarter of a day.
    """
    offset = int(-(series.first_min // series.step_min) % size)
    count = max(0, (len(series) - offset) // size)
    cut = {
        name: series[name][offset : offset + count * size].reshape(count, size) for name in columns
    }
    whole = ~np.isnan(np.concatenate(list(cut.values()), axis=1)).any(axis=1)
    parts: list[Array] = []
    blocks: list[str] = []
    names: list[str] = []
    for name, rows in cut.items():
        for aspect, features_of in ASPECTS.items():
            found = features_of(rows[whole])
            parts.append(found)
            blocks += [f"{name}/{aspect}"] * found.shape[1]
            titles = NAMES.get(aspect) or tuple(f"at {row}" for row in range(size))
            names += [f"{name}: {title}" for title in titles]
    group = _groups(series)[offset : offset + count * size : size][whole]
    return Windows(np.column_stack(parts), tuple(blocks), tuple(names), group)


def _groups(series: Series) -> Ints:
    if len(series) * series.step_min >= 28 * 1440:
        return series.week
    return series.minutes // 360

"""The past of the vital signs as one table: a row every quarter of an hour, a column per series."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from api.config import Rulebook
from api.forecast.timetable import STEP_MS
from api.vitals.sign import Key, Roster, VitalFrame
from twin.arrays import Array, Floats, Ints


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns belong to which (indicator, level), and whether they hold values or scores.

    A measured vital sign is forecast by its value, in its unit; one that is made of others by
    its score.
    """

    keys: tuple[Key, ...]
    entities: Mapping[Key, tuple[str, ...]]
    measured: frozenset[Key]
    starts: Mapping[Key, int]
    width: int

    @staticmethod
    def of(
        rosters: Mapping[Key, Roster], rulebook: Rulebook, only: Collection[str] | None = None
    ) -> "Layout":
        """Of all indicators, or of these only."""
        entities = {
            key: roster.entities
            for key, roster in rosters.items()
            if only is None or key[0] in only
        }
        measured = {(one.id, level) for one in rulebook.indicators for level in one.levels}
        ends = np.cumsum([0, *(len(names) for names in entities.values())])
        return Layout(
            tuple(entities),
            entities,
            frozenset(measured & set(entities)),
            dict(zip(entities, ends.tolist(), strict=False)),
            int(ends[-1]),
        )

    def columns(self, key: Key) -> slice:
        """KeyError when there is no such series."""
        start = self.starts[key]
        return slice(start, start + len(self.entities[key]))

    def row(self, frame: VitalFrame) -> Floats:
        """The numbers of one frame, NaN where there is none."""
        parts = [self._numbers(key, frame) for key in self.keys]
        return np.concatenate([np.empty(0), *parts])

    def _numbers(self, key: Key, frame: VitalFrame) -> Floats:
        block = frame.blocks[key]
        return block.value if key in self.measured else block.score

    def names(self) -> Array:
        """One line "indicator level entity" per column."""
        lines = [f"{one} {level} {name}" for one, level in self.keys
                 for name in self.entities[one, level]]  # fmt: skip
        return np.array(lines, np.str_)


@dataclass(frozen=True, slots=True)
class Grid:
    """`values` has a row per multiple of STEP_MS from `first_ms` on; NaN where nothing is known."""

    first_ms: int
    values: Floats

    @property
    def t_ms(self) -> Ints:
        return self.first_ms + STEP_MS * np.arange(len(self.values), dtype=np.int64)

    @property
    def end_ms(self) -> int:
        """Just after the last row."""
        return self.first_ms + STEP_MS * len(self.values)

    def between(self, start_ms: int, end_ms: int) -> "Grid":
        """The rows of [start, end) that are there; both multiples of the step."""
        first = max(0, (start_ms - self.first_ms) // STEP_MS)
        last = max(first, (end_ms - self.first_ms) // STEP_MS)
        return Grid(self.first_ms + first * STEP_MS, self.values[first:last])


def save_grid(path: Path, grid: Grid, layout: Layout) -> None:
    """Kept as single precision, compressed; a file is there whole or not at all."""
    fresh = path.with_name(path.name + ".part")
    with fresh.open("wb") as file:
        np.savez_compressed(
            file,
            first_ms=np.int64(grid.first_ms),
            values=grid.values.astype(np.float32),
            names=layout.names(),
        )
    fresh.replace(path)


def load_grid(path: Path, layout: Layout) -> Grid:
    """Columns are matched by name; those that the file lacks are empty. ValueError if damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            first_ms, values, names = int(file["first_ms"]), file["values"], file["names"]
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise ValueError(f"{path}: not a history of vital signs: {error}") from error
    return Grid(first_ms, arranged(values.astype(np.float64), names.tolist(), layout))


def arranged(values: Floats, names: Sequence[str], layout: Layout) -> Floats:
    """The columns in the order of the layout."""
    place = {name: column for column, name in enumerate(names)}
    found = np.array([place.get(name, -1) for name in layout.names().tolist()], np.int64)
    out = np.full((len(values), layout.width), np.nan)
    out[:, found >= 0] = values[:, found[found >= 0]]
    return out

"""The tables of the map: one per entity kind, rows in a fixed order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.arrays import Array, Floats, Index, Ints


@dataclass(frozen=True, slots=True)
class Entities:
    """One kind of thing, as columns of equal length; row order is the order of every array.

    `x_m`, `y_m` is a representative point in the local metric frame. `zone`, `link` and
    `building` are row numbers of those tables, -1 where there is none.
    """

    kind: str
    ids: tuple[str, ...]
    names_zh: tuple[str, ...]
    names_en: tuple[str, ...]
    x_m: Floats
    y_m: Floats
    zone: Index
    link: Index
    building: Index
    attrs: Mapping[str, Array]
    _rows: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {name: row for row, name in enumerate(self.ids)})

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, entity: str) -> int:
        """Row of this id; KeyError when unknown."""
        return self._rows[entity]


def table(
    kind: str,
    ids: Sequence[str],
    names: tuple[Sequence[str], Sequence[str]],
    at: tuple[Floats, Floats],
    attrs: Mapping[str, Array],
    link: Array | None = None,
    building: Array | None = None,
) -> Entities:
    """A table without zones yet: names are (zh, en), at is (x_m, y_m)."""
    none = np.full(len(ids), -1, np.int32)
    return Entities(
        kind=kind,
        ids=tuple(ids),
        names_zh=tuple(names[0]),
        names_en=tuple(names[1]),
        x_m=np.asarray(at[0], np.float64),
        y_m=np.asarray(at[1], np.float64),
        zone=none,
        link=none if link is None else link.astype(np.int32),
        building=none if building is None else building.astype(np.int32),
        attrs={name: np.asarray(column) for name, column in attrs.items()},
    )


def take(entities: Entities, rows: Ints) -> Entities:
    """These rows, in this order; the row numbers of other tables are kept as they are."""
    return Entities(
        kind=entities.kind,
        ids=tuple(entities.ids[row] for row in rows),
        names_zh=tuple(entities.names_zh[row] for row in rows),
        names_en=tuple(entities.names_en[row] for row in rows),
        x_m=entities.x_m[rows],
        y_m=entities.y_m[rows],
        zone=entities.zone[rows],
        link=entities.link[rows],
        building=entities.building[rows],
        attrs={name: column[rows] for name, column in entities.attrs.items()},
    )


@dataclass(frozen=True, slots=True)
class Geography:
    """The map of one area: tables by kind, and metric shapes of the kinds that have any."""

    area: str
    tables: Mapping[str, Entities]
    shapes: Mapping[str, Array]

    def __getitem__(self, kind: str) -> Entities:
        return self.tables[kind]

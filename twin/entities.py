"""The tables of the map: one per entity kind, rows in a fixed order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.arrays import Array, Floats, Index


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


@dataclass(frozen=True, slots=True)
class Geography:
    """The map of one area: tables by kind, and metric shapes of the kinds that have any."""

    area: str
    tables: Mapping[str, Entities]
    shapes: Mapping[str, Array]

    def __getitem__(self, kind: str) -> Entities:
        return self.tables[kind]

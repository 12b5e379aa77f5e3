"""What things are called, in Chinese and English, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.config import Indicator, Rulebook
from api.vitals.sign import TABLES
from twin.entities import Geography

QUARTER = "hengfu"


@dataclass(frozen=True, slots=True)
class Named:
    """Names of an indicator or a place; `unit` is "" for places and scores."""

    zh: str
    en: str
    unit: str = ""


class Names:
    """Looks up indicators, dimensions, the composite, and the places of each level."""

    def __init__(self, rulebook: Rulebook, geography: Geography) -> None:
        self._geography = geography
        self.composite = rulebook.composite.id
        self.dimensions = tuple(dimension.id for dimension in rulebook.dimensions)
        self.dimension_of = {one.id: one.dimension for one in rulebook.indicators}
        self.indicators: Mapping[str, Indicator] = {one.id: one for one in rulebook.indicators}
        self._named = {one.id: Named(one.name_zh, one.name_en) for one in rulebook.dimensions}
        self._named |= {
            one.id: Named(one.name_zh, one.name_en, one.unit) for one in rulebook.indicators
        }
        root = rulebook.composite
        self._named[root.id] = Named(root.name_zh, root.name_en)

    def known(self, indicator: str) -> bool:
        return indicator in self._named

    def indicator(self, indicator: str) -> Named:
        """Names of an indicator, a dimension or the composite; its id when it is unknown."""
        return self._named.get(indicator) or Named(indicator, indicator)

    def place(self, level: str, entity: str) -> Named:
        """Names of an entity; its id when it is not on the map."""
        table = self._geography[TABLES[level]] if level in TABLES else None
        try:
            row = table.index(entity) if table is not None else -1
        except KeyError:
            row = -1
        if table is None or row < 0:
            return Named(entity, entity)
        return Named(table.names_zh[row] or entity, table.names_en[row] or entity)

    def exists(self, level: str, entity: str) -> bool:
        try:
            self._geography[TABLES[level]].index(entity)
        except KeyError:
            return False
        return True

"""The coverage behind each indicator that has a theme, worked out when first asked for."""

from collections.abc import Mapping
from functools import cached_property

from api.config import Indicator, Rulebook
from api.coverage.demand import Demand
from api.coverage.reach import Coverage, cover
from api.coverage.supply import THEMES
from api.vitals.formulas import FORMULAS
from twin.entities import Geography


class CoverageBook:
    """Coverage by indicator of one map; the map does not change, so nothing is worked out twice."""

    def __init__(self, geography: Geography, rulebook: Rulebook) -> None:
        self.geography = geography
        self.indicators: Mapping[str, Indicator] = {
            one.id: one for one in rulebook.indicators if one.formula in THEMES
        }
        self._known: dict[str, Coverage] = {}

    @cached_property
    def demand(self) -> Demand:
        return Demand.of(self.geography)

    def of(self, indicator: str) -> Coverage:
        """KeyError for an indicator without a theme."""
        if indicator not in self._known:
            wanted = self.indicators[indicator]
            parameters = self.parameters(indicator)
            supplies = THEMES[wanted.formula or ""](self.geography, parameters)
            reach_m = parameters["reach_m"]
            self._known[indicator] = cover(self.geography, self.demand, supplies, reach_m)
        return self._known[indicator]

    def parameters(self, indicator: str) -> Mapping[str, float]:
        """Those of the formula, changed by the indicator's own."""
        wanted = self.indicators[indicator]
        return {**FORMULAS[wanted.formula or ""].parameters, **wanted.parameters}

"""Vital signs as the outside sees them, with names and units."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from api.history.moment import Moment
from api.language import Language
from api.names import Names
from api.schemas.vitals import DimensionOut, VitalSignOut, VitalTree
from api.vitals.sign import Colour, Status, VitalFrame, VitalSign
from twin.clock import iso

SENSORS_SHOWN = 50  # of the neurons behind a value: the whole quarter's stand behind some


class VitalView:
    """Turns signs of a frame into records; keeps no state."""

    def __init__(self, run: str, names: Names, language: Language) -> None:
        self._run, self._names, self._language = run, names, language

    def sign(self, sign: VitalSign) -> VitalSignOut:
        """With the first of the neurons behind it."""
        shown = sign.sensors[:SENSORS_SHOWN]
        return VitalSignOut.model_validate({**self._fields(sign), "sensors": shown})

    def tree(
        self, frame: VitalFrame, level: str, entity: str, overall: Colour | None = None
    ) -> VitalTree:
        """The composite, its dimensions and their indicators, as far as the level has them."""
        signs = {sign.indicator: sign for sign in frame.at(level, entity)}
        nothing = _none(frame.t_ms, frame.rule_version, level, entity)
        return self.tree_of(signs, nothing, overall)

    def tree_of(
        self, signs: Mapping[str, VitalSign], nothing: VitalSign, overall: Colour | None = None
    ) -> VitalTree:
        """The same of signs by indicator; `nothing` stands for what the level does not have."""
        root = signs.get(self._names.composite) or _named(nothing, self._names.composite)
        colour = root.colour if overall is None else overall
        return VitalTree.model_validate(
            {
                **self._fields(root),
                "run": self._run,
                "overall_colour": _colour(colour),
                "dimensions": [
                    self._dimension(signs, signs.get(name) or _named(nothing, name))
                    for name in self._names.dimensions
                ],
            }
        )

    def past(self, moment: Moment, level: str, entity: str) -> VitalTree:
        """The tree of a minute of the past."""
        return self.tree_of(moment.signs, _none(moment.t_ms, "", level, entity))

    def of(self, frame: VitalFrame, indicator: str, level: str) -> Iterator[VitalSignOut]:
        """One indicator at every entity of a level; KeyError when it is not there."""
        for entity in frame.blocks[indicator, level].entities:
            yield self.sign(frame.sign(indicator, level, entity))

    def _dimension(self, signs: Mapping[str, VitalSign], dimension: VitalSign) -> DimensionOut:
        return DimensionOut.model_validate(
            {
                **self._fields(dimension),
                "indicators": [
                    VitalSignOut.model_validate(self._fields(one))
                    for one in signs.values()
                    if self._names.dimension_of.get(one.indicator) == dimension.indicator
                ],
            }
        )

    def _fields(self, sign: VitalSign) -> dict[str, object]:
        named = self._names.indicator(sign.indicator)
        place = self._names.place(sign.level, sign.entity)
        return {
            "indicator": sign.indicator,
            "name": getattr(named, self._language),
            "name_zh": named.zh,
            "name_en": named.en,
            "level": sign.level,
            "entity": sign.entity,
            "entity_name": getattr(place, self._language),
            "entity_zh": place.zh,
            "entity_en": place.en,
            "t": iso(sign.t_ms),
            "value": number(sign.value, 4),
            "unit": named.unit,
            "score": number(sign.score, 2),
            "colour": _colour(sign.colour),
            "confidence": round(sign.confidence, 3),
            "status": sign.status.value,
            "reason": sign.reason,
            "sensors": (),
            "sensor_count": len(sign.sensors),
            "rule_version": sign.rule_version,
        }


def _none(t_ms: int, rule_version: str, level: str, entity: str) -> VitalSign:
    """Stands for a composite or dimension at a level that has none."""
    return VitalSign(
        "", level, entity, t_ms, None, None, None, 0.0, Status.NOT_APPLICABLE,
        "worked out for zones and the quarter only", (), rule_version,
    )  # fmt: skip


def _named(nothing: VitalSign, indicator: str) -> VitalSign:
    return replace(nothing, indicator=indicator)


def number(value: float | None, digits: int) -> float | None:
    """Rounded for people; missing stays None."""
    return None if value is None or math.isnan(value) else round(float(value), digits)


def _colour(colour: Colour | None) -> str | None:
    return None if colour is None else colour.name_en

"""Vital signs as the outside sees them, with names and units."""

import math
from collections.abc import Iterator

from api.names import Named, Names
from api.schemas import DimensionOut, VitalSignOut, VitalTree
from api.vitals.sign import Colour, Status, VitalFrame, VitalSign
from twin.clock import iso

SENSORS_SHOWN = 50  # of the neurons behind a value: the whole quarter's stand behind some


class VitalView:
    """Turns signs of a frame into records; keeps no state."""

    def __init__(self, run: str, names: Names) -> None:
        self._run, self._names = run, names

    def sign(self, sign: VitalSign) -> VitalSignOut:
        named = self._names.indicator(sign.indicator)
        place = self._names.place(sign.level, sign.entity)
        return VitalSignOut.model_validate(_fields(sign, named, place))

    def tree(
        self, frame: VitalFrame, level: str, entity: str, overall: Colour | None = None
    ) -> VitalTree:
        """The composite, its dimensions and their indicators, as far as the level has them."""
        signs = {sign.indicator: sign for sign in frame.at(level, entity)}
        place = self._names.place(level, entity)
        root = signs.get(self._names.composite) or _none(
            frame, self._names.composite, level, entity
        )
        colour = root.colour if overall is None else overall
        return VitalTree.model_validate(
            {
                **_fields(root, self._names.indicator(root.indicator), place),
                "run": self._run,
                "overall_colour": _colour(colour),
                "dimensions": [
                    self._dimension(frame, signs, name, level, entity)
                    for name in self._names.dimensions
                ],
            }
        )

    def of(self, frame: VitalFrame, indicator: str, level: str) -> Iterator[VitalSignOut]:
        """One indicator at every entity of a level; KeyError when it is not there."""
        for entity in frame.blocks[indicator, level].entities:
            yield self.sign(frame.sign(indicator, level, entity))

    def _dimension(
        self,
        frame: VitalFrame,
        signs: dict[str, VitalSign],
        dimension: str,
        level: str,
        entity: str,
    ) -> DimensionOut:
        sign = signs.get(dimension) or _none(frame, dimension, level, entity)
        place = self._names.place(level, entity)
        return DimensionOut.model_validate(
            {
                **_fields(sign, self._names.indicator(dimension), place),
                "indicators": [
                    self.sign(one)
                    for one in signs.values()
                    if self._names.dimension_of.get(one.indicator) == dimension
                ],
            }
        )


def _fields(sign: VitalSign, named: Named, place: Named) -> dict[str, object]:
    return {
        "indicator": sign.indicator,
        "name_zh": named.zh,
        "name_en": named.en,
        "level": sign.level,
        "entity": sign.entity,
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
        "sensors": sign.sensors[:SENSORS_SHOWN],
        "sensor_count": len(sign.sensors),
        "rule_version": sign.rule_version,
    }


def _none(frame: VitalFrame, indicator: str, level: str, entity: str) -> VitalSign:
    """Stands for a composite or dimension at a level that has none."""
    return VitalSign(
        indicator, level, entity, frame.t_ms, None, None, None, 0.0,
        Status.NOT_APPLICABLE, "worked out for zones and the quarter only", (),
        frame.rule_version,
    )  # fmt: skip


def number(value: float | None, digits: int) -> float | None:
    """Rounded for people; missing stays None."""
    return None if value is None or math.isnan(value) else round(float(value), digits)


def _colour(colour: Colour | None) -> str | None:
    return None if colour is None else colour.name_en

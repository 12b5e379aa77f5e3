"""A frame of vital signs as retained MQTT messages, one per entity."""

from collections.abc import Iterator
from typing import Any

import orjson

from api.vitals.sign import STATUSES, Block, Colour, VitalFrame
from sensors.topics import vitals_topic
from twin.arrays import Floats
from twin.clock import iso

VERSION = 1


def vital_messages(frame: VitalFrame, run: str) -> Iterator[tuple[str, bytes]]:
    """Topic and payload of every entity; numbers that are missing are null."""
    signs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (indicator, level), block in frame.blocks.items():
        for entity, sign in _rows(indicator, block):
            signs.setdefault((level, entity), []).append(sign)
    head = {"v": VERSION, "run": run, "t": iso(frame.t_ms), "t_ms": frame.t_ms}
    for (level, entity), rows in signs.items():
        body = {**head, "level": level, "entity": entity, "signs": rows}
        yield vitals_topic(run, level, entity), orjson.dumps(body)


def _rows(indicator: str, block: Block) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = zip(
        block.entities,
        rounded(block.value, 4),
        rounded(block.score, 2),
        rounded(block.confidence, 3),
        block.status.tolist(),
        block.colour.tolist(),
        strict=True,
    )
    for entity, value, score, confidence, status, colour in columns:
        yield (
            entity,
            {
                "indicator": indicator,
                "value": value,
                "score": score,
                "confidence": confidence,
                "status": STATUSES[status].value,
                "colour": None if colour < 0 else Colour(colour).name_en,
            },
        )


def rounded(column: Floats, digits: int) -> list[float | None]:
    """The column as numbers for JSON; NaN becomes None."""
    return [None if value != value else value for value in column.round(digits).tolist()]

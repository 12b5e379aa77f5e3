"""Frames made by hand: one block, values or scores as wished."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from api.config import Rulebook, load_rulebook
from api.vitals.scoring import colour_of, score
from api.vitals.sign import Block, Roster, Status, VitalFrame
from sensors.catalogue import load_catalogue
from twin.config import default_config_dir

Frame = Callable[..., VitalFrame]


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook(default_config_dir(), load_catalogue(default_config_dir()))


def roster(indicator: str, level: str, entities: Sequence[str]) -> Roster:
    """Entity n has neuron n."""
    count = len(entities)
    return Roster(
        indicator,
        level,
        tuple(entities),
        ("z-1",) * count,
        tuple(f"名{entity}" for entity in entities),
        tuple(entities),
        np.arange(count, dtype=np.int32),
        np.arange(count, dtype=np.int32),
        np.arange(count + 1),
        tuple(f"{entity}:camera:1" for entity in entities),
        {entity: place for place, entity in enumerate(entities)},
    )


@pytest.fixture(scope="session")
def make_frame(rulebook: Rulebook) -> Frame:
    anchors = {one.id: one.anchors for one in rulebook.indicators}

    def make(t_s: float, indicator: str, level: str, values: dict[str, float | str]) -> VitalFrame:
        """`values` by entity; "missing" and "not_applicable" are statuses."""
        number = np.array([np.nan if isinstance(v, str) else v for v in values.values()], float)
        status = [
            Status(value if isinstance(value, str) else "ok").code for value in values.values()
        ]
        scores = score(number, anchors[indicator]) if indicator in anchors else number
        block = Block(
            roster(indicator, level, list(values)),
            number,
            scores,
            np.ones(len(number)),
            np.array(status, np.int32),
            colour_of(scores),
        )
        return VitalFrame(round(t_s * 1000), {(indicator, level): block}, "v1")

    return make

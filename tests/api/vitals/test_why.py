"""Explanations lead from a score to the neurons behind it."""

from collections.abc import Callable
from typing import Any

import pytest

from twin.clock import MINUTE_MS

Make = Callable[..., Any]
CELLS = [f"p-{n}:crowd_density:1:persons" for n in (1, 2, 3)]
SPEEDS = [f"p-{n}:ped_lidar:1:speed" for n in (1, 2, 3)]


def crowded(make_town: Make, noon: int, *persons: float) -> Any:
    town = make_town("P1", "P3")
    cells = dict(zip(CELLS, persons, strict=False))
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, cells)
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, dict.fromkeys(SPEEDS, 1.34))
    town.engine.evaluate(noon)
    return town.engine


def test_the_fullest_cell_decides_the_density_of_a_street(make_town: Make, noon: int) -> None:
    why = crowded(make_town, noon, 30.0, 64.8).why("P1", "street", "a")
    first, second = why.inputs
    assert (first.sensor, first.weight, second.weight) == ("p-2:crowd_density:1", 1.0, 0.0)
    assert (first.alone, second.alone) == pytest.approx((1.08, 0.5), rel=1e-3)
    assert first.score == pytest.approx(60, abs=0.1)
    assert first.last["persons"] == (noon, pytest.approx(64.8))
    assert (why.limited_by, why.parts, why.ceiling) == ("measured", (), None)


def test_a_zone_lists_the_streets_below_with_their_weight(make_town: Make, noon: int) -> None:
    why = crowded(make_town, noon, 64.8, 0.0, 18.0).why("P1", "zone", "z-1")
    assert why.limited_by == "mean_and_low"
    assert [(part.sign.entity, part.weight, part.share) for part in why.parts] == [("a", 500, 1)]
    assert [sign.level for sign in why.path] == ["zone", "street"]


def test_a_dimension_tells_that_its_weakest_indicator_holds_it_down(
    make_town: Make, noon: int
) -> None:
    """Weights .4 and .2 of scores 0 and 100: mean 33.3, ceiling 0 + 30."""
    why = crowded(make_town, noon, 400.0, 400.0, 400.0).why("D1", "zone", "z-1")
    assert (why.limited_by, why.mean, why.ceiling) == (
        "short_board", pytest.approx(100 / 3), pytest.approx(30),
    )  # fmt: skip
    assert [part.sign.indicator for part in why.parts] == ["P1", "P3"]
    assert [part.share for part in why.parts] == pytest.approx([2 / 3, 1 / 3])
    assert why.sign.score == pytest.approx(why.ceiling)


def test_the_composite_leads_down_to_a_neuron(make_town: Make, noon: int) -> None:
    why = crowded(make_town, noon, 18.0, 64.8, 18.0).why("H", "quarter", "hengfu")
    steps = [(sign.indicator, sign.level) for sign in why.path]
    assert steps == [
        ("H", "quarter"), ("D1", "quarter"), ("P1", "quarter"), ("P1", "zone"), ("P1", "street"),
    ]  # fmt: skip
    assert why.inputs[0].sensor == "p-2:crowd_density:1"
    assert why.limited_by == "mean"


def test_a_neuron_that_is_not_heard_has_no_weight(make_town: Make, noon: int) -> None:
    silent = crowded(make_town, noon, 64.8).why("P1", "street", "a").inputs[1]
    assert (silent.sensor, silent.alone, silent.weight) == ("p-2:crowd_density:1", None, 0.0)
    assert silent.reasons == ("silent",)


def test_averages_are_shared_evenly(make_town: Make, noon: int) -> None:
    town = make_town("M1")
    speeds = {f"{link}:veh_count_speed:1:speed": 5.0 for link in "ab"}
    town.feed(noon - 15 * MINUTE_MS, noon, MINUTE_MS, speeds)
    town.engine.evaluate(noon)
    inputs = town.engine.why("M1", "zone", "z-1").inputs
    assert [one.weight for one in inputs] == [0.5, 0.5]
    assert [one.alone for one in inputs] == pytest.approx([7.333, 7.333], abs=0.01)


def test_what_is_not_in_the_frame_cannot_be_explained(make_town: Make, noon: int) -> None:
    engine = make_town("P1").engine
    with pytest.raises(KeyError):
        engine.why("P1", "street", "a")
    engine.evaluate(noon)
    with pytest.raises(KeyError):
        engine.why("P1", "street", "b")
    with pytest.raises(KeyError):
        engine.why("E1", "zone", "z-1")


def test_every_indicator_can_be_explained_at_every_level(make_town: Make, noon: int) -> None:
    names = [f"{letter}{n}" for letter in "PMEBLSGN" for n in range(1, 12)]
    engine = make_town(*names).engine
    frame = engine.evaluate(noon)
    for (indicator, level), block in frame.blocks.items():
        for entity in block.entities:
            assert engine.why(indicator, level, entity).path[0].entity == entity

"""From readings to the frame."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api.quality.config import Check
from api.vitals.sign import Colour, Status
from sensors.reading import ReadingBatch
from twin.clock import MINUTE_MS

Make = Callable[..., Any]
CELLS = [f"p-{n}:crowd_density:1:persons" for n in (1, 2, 3)]
SPEEDS = [f"p-{n}:ped_lidar:1:speed" for n in (1, 2, 3)]


def crowd(town: Any, noon: int, *persons: float) -> None:
    cells = dict(zip(CELLS, persons, strict=False))
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, cells)


def test_sign_tells_value_score_colour_confidence_and_sensors(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    crowd(town, noon, 64.8)
    found = town.engine.evaluate(noon).sign("P1", "street", "a")
    assert found.value == pytest.approx(1.08)
    assert found.score == pytest.approx(60)
    assert found.colour is Colour.YELLOW
    assert found.confidence == pytest.approx(0.95 / 2)  # one of two cells, of ordinary grade
    assert found.sensors == ("p-1:crowd_density:1", "p-2:crowd_density:1")
    assert found.t_ms == noon
    assert found.rule_version == town.rulebook.version


def test_entity_without_readings_is_missing_never_zero(make_town: Make, noon: int) -> None:
    found = make_town("P1").engine.evaluate(noon).sign("P1", "street", "a")
    assert (found.value, found.score, found.colour) == (None, None, None)
    assert (found.status, found.confidence) == (Status.MISSING, 0)
    assert "300 s" in found.reason


def test_entities_without_neurons_are_not_in_the_frame(make_town: Make, noon: int) -> None:
    frame = make_town("P1").engine.evaluate(noon)
    with pytest.raises(KeyError):
        frame.sign("P1", "street", "b")


def test_zone_is_rolled_up_and_names_its_worst(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    crowd(town, noon, 64.8, 0.0, 18.0)
    frame = town.engine.evaluate(noon)
    zone, quarter = frame.sign("P1", "zone", "z-1"), frame.sign("P1", "quarter", "hengfu")
    assert zone.score == pytest.approx(60)
    assert zone.value == pytest.approx(1.08)
    assert zone.reason == "weakest: P1 a"
    # zones of 1000 and 3000 residents at 60 and 100; 5th percentile 62
    assert quarter.score == pytest.approx(0.7 * 90 + 0.3 * 62)
    assert quarter.sensors == zone.sensors


def test_weak_indicator_limits_dimension_and_composite(make_town: Make, noon: int) -> None:
    town = make_town("P1", "P3")
    crowd(town, noon, 300.0, 300.0, 300.0)
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, dict.fromkeys(SPEEDS, 1.34))
    frame = town.engine.evaluate(noon)
    dimension = frame.sign("D1", "zone", "z-1")
    # weights .40 and .20 of 0 and 100: mean 33.3, limited to 0 + 30
    assert dimension.score == pytest.approx(30)
    assert dimension.reason == "weakest: P1 z-1"
    assert frame.sign("H", "zone", "z-1").score == pytest.approx(30)


def test_dimensions_that_nothing_measures_do_not_count(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    crowd(town, noon, 18.0, 18.0, 18.0)
    frame = town.engine.evaluate(noon)
    assert frame.sign("D2", "zone", "z-1").status is Status.NOT_APPLICABLE
    assert frame.sign("H", "zone", "z-1").score == pytest.approx(100)


def test_too_much_missing_weight_gives_no_score(make_town: Make, noon: int) -> None:
    """P1 has two thirds of the weight of P1 and P3."""
    town = make_town("P1", "P3")
    town.feed(noon - 5 * MINUTE_MS, noon, 10_000, dict.fromkeys(SPEEDS, 1.34))
    found = town.engine.evaluate(noon).sign("D1", "zone", "z-1")
    assert (found.score, found.status) == (None, Status.INSUFFICIENT)
    assert found.confidence == 0


def test_a_little_missing_weight_lowers_confidence(make_town: Make, noon: int) -> None:
    """P3 has one third of the weight of P1 and P3."""
    town = make_town("P1", "P3")
    crowd(town, noon, 18.0, 18.0, 18.0)
    found = town.engine.evaluate(noon).sign("D1", "zone", "z-1")
    assert found.score == pytest.approx(100)
    assert found.confidence == pytest.approx(0.95 * 2 / 3)


def test_lamps_by_day_cost_no_confidence(make_town: Make, noon: int) -> None:
    town = make_town("L4", "L7")
    town.read(noon, **{"c-1:gas_ch4:1:lel": 0.0, "c-2:gas_ch4:1:lel": 0.0})
    found = town.engine.evaluate(noon).sign("D5", "quarter", "hengfu")
    assert (found.score, found.confidence) == pytest.approx((100, 0.95))


def test_watched_indicator_does_not_count_in_its_dimension(make_town: Make, noon: int) -> None:
    town = make_town("S5", "N1")
    town.read(noon, **{"e-1:elder_button:1:call": "emergency"})
    frame = town.engine.evaluate(noon)
    assert frame.sign("S5", "building", "h-1").colour is Colour.RED
    assert frame.sign("D6", "zone", "z-1").score == frame.sign("N1", "zone", "z-1").score


def test_values_fall_out_of_the_window(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    crowd(town, noon, 64.8)
    frame = town.engine.evaluate(noon + 5 * MINUTE_MS)
    assert frame.sign("P1", "street", "a").status is Status.MISSING


def test_order_and_doubling_of_batches_change_nothing(make_town: Make, noon: int) -> None:
    town, other = make_town("P1", "P2", "P3"), make_town("P1", "P2", "P3")
    draw = np.random.default_rng(7)
    batches = [
        town.batch(noon - n * 10_000, {name: draw.uniform(0, 3) for name in CELLS + SPEEDS})
        for n in range(40)
    ]
    for batch in batches:
        town.engine.add(batch)
    for place in [*draw.permutation(40), *draw.permutation(40)]:
        other.engine.add(batches[place])
    one, two = town.engine.evaluate(noon).rows(), other.engine.evaluate(noon).rows()
    assert np.allclose(one.score, two.score, equal_nan=True, atol=1e-4)
    assert np.array_equal(one.confidence, two.confidence)


def test_every_level_of_an_entity_is_listed_in_file_order(make_town: Make, noon: int) -> None:
    frame = make_town("P1", "M1", "B1").engine.evaluate(noon)
    zone = [sign.indicator for sign in frame.at("zone", "z-1")]
    assert zone == ["P1", "M1", "B1", "D1", "D2", "D3", "D4", "D5", "D6", "H"]
    assert [sign.indicator for sign in frame.at("street", "a")] == ["P1"]


def test_rows_for_the_store_have_one_line_per_sign(make_town: Make, noon: int) -> None:
    frame = make_town("P1").engine.evaluate(noon)
    rows = frame.rows()
    assert len(rows) == len(list(frame.signs()))
    assert set(rows.t_ms.tolist()) == {noon}
    first = (rows.indicator[0], rows.level[0], rows.entity[0])
    assert first == ("P1", "street", "a")


def test_time_cannot_go_back(make_town: Make, noon: int) -> None:
    engine = make_town("P1").engine
    engine.evaluate(noon)
    with pytest.raises(ValueError, match="cannot go back"):
        engine.evaluate(noon - 1)


def test_all_indicators_of_the_file_work_without_a_single_reading(
    make_town: Make, noon: int
) -> None:
    names = [f"{letter}{n}" for letter in "PMEBLSN" for n in range(1, 11)]
    frame = make_town(*names).engine.evaluate(noon)
    measured = {
        sign.indicator
        for sign in frame.signs()
        if sign.value is not None and not sign.indicator.startswith(("D", "H"))
    }
    assert measured == {"N1", "N2", "N3", "S1", "S2", "S3"}


def test_empty_batch_is_welcome(make_town: Make, noon: int) -> None:
    engine = make_town("P1").engine
    engine.add(ReadingBatch.empty())
    assert engine.evaluate(noon).t_ms == noon


def test_neurons_that_are_not_believed_do_not_move_vital_signs(
    make_town: Make, noon: int, rulebook: Any
) -> None:
    """Two cells of 30 and 60 persons; the fuller one says 60 for 20 minutes without a flicker."""
    town = make_town("P1", "N2", quality=rulebook.quality)
    for step in range(120, -1, -1):
        persons = {CELLS[0]: 30.0 + step % 3, CELLS[1]: 60.0}
        town.read(noon - step * 10_000, **persons)
    frame = town.engine.evaluate(noon)
    found = frame.sign("P1", "street", "a")
    assert found.value == pytest.approx(31 / 60, rel=0.02)
    assert found.confidence == pytest.approx(0.95 / 2)
    stuck = town.network.index("p-2:crowd_density:1")
    assert frame.trusted.verdict.reasons(stuck) == ["stuck"]
    assert frame.trusted.trust[stuck] == 0
    assert frame.sign("N2", "quarter", "hengfu").value == pytest.approx(100 / len(town.network))


def test_a_neuron_that_saves_lives_is_believed_whatever_it_says(
    make_town: Make, noon: int, rulebook: Any
) -> None:
    """Gas jumps from 0 to 40 % of the limit and stands there: no time to wait for a second."""
    checks = (*rulebook.quality.check, Check(of="gas_ch4.lel", jump=0.02, stuck=2))
    town = make_town("L4", quality=rulebook.quality.model_copy(update={"check": checks}))
    gas = "c-1:gas_ch4:1:lel"
    town.read(noon - 60_000, **{gas: 0.0})
    for ago_s in (30, 20, 10, 0):
        town.read(noon - ago_s * 1000, **{gas: 0.4})
    found = town.engine.evaluate(noon).sign("L4", "street", "a")
    assert (found.value, found.colour) == (pytest.approx(40.0), Colour.RED)

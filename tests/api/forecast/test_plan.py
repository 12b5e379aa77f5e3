"""Targets: thresholds of values and of scores, and what has a colour already."""

from typing import Any

import numpy as np
import pytest

from api.forecast.grid import Layout
from api.forecast.outlook import chances
from api.forecast.plan import Plan, driver_columns, make_plan, wanted
from api.forecast.settings import load_forecast_settings
from api.vitals.engine import VitalEngine
from twin.config import default_config_dir


@pytest.fixture(scope="module")
def plan(world: Any) -> Plan:
    settings = load_forecast_settings(default_config_dir(), world.rulebook)
    rosters = VitalEngine(world.rulebook, world.geography, world.network).rosters
    layout = Layout.of(rosters, world.rulebook, wanted(settings))
    return make_plan(settings, world.rulebook, layout)


def test_measured_signs_have_the_thresholds_of_their_value_and_others_those_of_the_score(
    plan: Plan,
) -> None:
    targets = {target.key: target for target in plan.targets}
    street, quarter = targets["P1", "street"], targets["P1", "quarter"]
    assert (street.measured, street.thresholds) == (True, (0.72, 1.08, 2.17, 3.5))
    assert (quarter.measured, quarter.thresholds) == (False, (80.0, 60.0, 40.0, 20.0))
    assert street.rising
    assert not quarter.rising
    assert not targets["P3", "street"].rising, "slow walking is worse"


def test_a_value_on_the_threshold_has_the_colour(plan: Plan) -> None:
    targets = {target.key: target for target in plan.targets}
    certain = np.full((1, 1, 5), 1.08)
    assert chances(targets["P1", "street"], certain)[0, 0].round(2).tolist() == [1.0, 1.0, 0.0, 0.0]
    beyond = targets["P1", "street"].beyond(np.array([1.08, np.nan]))
    assert beyond.tolist() == [[True, True, False, False], [False] * 4]
    assert targets["P1", "quarter"].beyond(np.array([60.0]))[0].tolist() == [
        True,
        True,
        False,
        False,
    ]


def test_a_driver_is_the_mean_of_its_entities_on_a_log_scale() -> None:
    values = np.array([[1.0, 3.0, np.nan], [np.nan, np.nan, np.nan], [-2.0, -2.0, -2.0]])
    found = driver_columns(values, (slice(0, 3),))[:, 0]
    assert found[[0, 2]] == pytest.approx([np.log1p(2.0), -np.log1p(2.0)])
    assert np.isnan(found[1])

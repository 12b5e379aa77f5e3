"""People in cells: speed, capacity, jams that spill back, and nobody lost."""

import numpy as np
import pytest

from twin.systems.network import corners, network
from twin.systems.walking import (
    CELL_M,
    Walk,
    advance,
    pavements,
    plan,
    steps_in,
    walking_speed,
)


@pytest.mark.parametrize(
    ("density", "speed"), [(0.72, 1.21), (1.08, 1.02), (2.17, 0.55), (3.5, 0.23)]
)
def test_walking_speed_follows_weidmann(density: float, speed: float, config) -> None:
    found = walking_speed(np.array([density]), config.crowd.walking)[0]
    assert found == pytest.approx(speed, abs=0.01)


def test_the_capacity_of_a_metre_is_that_of_the_formula(config) -> None:
    """1.22 ped/(m s) at 1.75 ped/m2."""
    assert config.crowd.walking.tables.capacity_ped_m_s == pytest.approx(1.22, abs=0.01)


def test_no_step_crosses_a_cell(config, geography) -> None:
    params = config.crowd.walking
    pavement = pavements(geography, network(geography), params)
    step_s = 60 / steps_in(60.0, params)
    assert pavement.cell_m.min() >= CELL_M
    assert params.free_speed_m_s * step_s <= pavement.cell_m.min()


@pytest.fixture
def streets(geography, config):
    """walk(target per second and direction, width factor, minutes) -> (pavement, walk, target)."""
    net = network(geography)
    params = config.crowd.walking
    pavement = pavements(geography, net, params)

    def run(target_s, narrow=None, minutes=60, walk=None):
        width = pavement.width_m.copy()
        if narrow is not None:
            width[narrow] *= 0.05
        number = steps_in(60.0, params)
        fixed = plan(pavement, params, corners(net, target_s), target_s, width, 60 / number)
        walk = walk or Walk(np.zeros((2, len(pavement.link))), np.zeros(2 * net.streets))
        for _ in range(minutes * number):
            advance(walk, fixed, pavement)
        return pavement, walk

    return run


def test_every_street_carries_its_target_when_nothing_is_full(streets, geography) -> None:
    count = 2 * len(geography["link"])
    target_s = np.random.default_rng(3).uniform(0.005, 0.05, count)
    _, walk = streets(target_s, minutes=90)
    walk.crossed[:] = 0
    _, walk = streets(target_s, minutes=30, walk=walk)
    assert walk.crossed / 1800 == pytest.approx(target_s, rel=0.02)


def test_flow_is_density_times_speed_times_width(streets, geography, config) -> None:
    """The fundamental diagram in a steady stream, from empty pavements to half their capacity."""
    target_s = np.random.default_rng(3).uniform(0.01, 0.9, 2 * len(geography["link"]))
    pavement, walk = streets(target_s, minutes=120)
    width = pavement.width_m[pavement.link]
    density = walk.people.sum(axis=0) / (pavement.cell_m * width)
    flow_s = target_s.reshape(2, -1).sum(axis=0)[pavement.link]
    speed = walking_speed(density, config.crowd.walking)
    assert density.max() > 0.4
    assert density * speed * width == pytest.approx(flow_s, rel=0.03)


def test_nobody_is_lost_in_a_jam(streets, geography) -> None:
    count = 2 * len(geography["link"])
    _, walk = streets(np.full(count, 0.8), narrow=[0, 3, 9], minutes=40)
    assert walk.people.sum() == pytest.approx(walk.entered - walk.left, rel=1e-9)
    assert walk.people.min() >= 0


def test_no_cell_holds_more_than_it_can(streets, geography, config) -> None:
    count = 2 * len(geography["link"])
    pavement, walk = streets(np.full(count, 3.0), minutes=40)
    density = walk.people.sum(axis=0) / (pavement.cell_m * pavement.width_m[pavement.link])
    assert density.max() <= 1.05 * config.crowd.walking.jam_ped_m2


def test_a_full_street_empties_slowly_into_narrow_ones(streets, geography, config) -> None:
    """Spill-back: who finds no room at the corner stays in the street."""
    links = geography["link"]
    street = links.index("wukang-road-05")
    others = np.setdiff1d(np.arange(len(links)), [street])
    left = []
    for narrow in (None, others):
        pavement, walk = streets(np.full(2 * len(links), 1e-4), minutes=0)
        walk.people[:, pavement.link == street] = 15.0
        _, walk = streets(np.full(2 * len(links), 1e-4), narrow=narrow, minutes=4, walk=walk)
        left.append(walk.people[:, pavement.link == street].sum())
    assert left[1] > 2 * left[0]

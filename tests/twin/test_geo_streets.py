"""Even steps along streets, and sharing out whole numbers."""

import numpy as np
import pytest
import shapely

from twin.buildings import spread
from twin.dice import dice
from twin.streets import beside, spots_along

EAST_100 = shapely.LineString([(0, 0), (100, 0)])
NORTH_50 = shapely.LineString([(100, 0), (100, 50)])
LINES = np.array([EAST_100, NORTH_50], object)


def test_steps_are_even_and_centred_on_the_link() -> None:
    spots = spots_along(LINES, np.array(["a", "b"]), 25.0)
    assert spots.link.tolist() == [0, 0, 0, 0, 1, 1]
    assert spots.number.tolist() == [1, 2, 3, 4, 1, 2]
    np.testing.assert_allclose(spots.x_m, [12.5, 37.5, 62.5, 87.5, 100, 100])
    np.testing.assert_allclose(spots.y_m, [0, 0, 0, 0, 12.5, 37.5])


def test_a_chain_of_links_is_measured_as_one() -> None:
    spots = spots_along(LINES, np.array(["a", "a"]), 75.0)
    assert spots.link.tolist() == [0, 1]
    np.testing.assert_allclose(spots.x_m, [37.5, 100])
    np.testing.assert_allclose(spots.y_m, [0, 12.5])


def test_even_the_shortest_link_gets_one_step() -> None:
    assert len(spots_along(LINES[1:], np.array(["b"]), 1000.0).link) == 1


@pytest.mark.parametrize(
    ("side", "y_m"),
    [("right", [-3, -3]), ("left", [3, 3]), ("alternate", [-3, 3]), ("centre", [-3, -3])],
)
def test_sides_are_seen_along_the_line(side: str, y_m: list[float]) -> None:
    spots = spots_along(LINES[:1], np.array(["a"]), 50.0)
    x, y = beside(spots, np.full(2, 3.0), side)  # type: ignore[arg-type]
    np.testing.assert_allclose(x, [25, 75])
    np.testing.assert_allclose(y, y_m, atol=1e-9)


def test_shares_are_whole_and_sum_to_the_total() -> None:
    shares = spread(10, np.array([1.0, 1.0, 1.0, 0.0]))
    assert shares.sum() == 10
    assert shares.tolist() == [3, 4, 3, 0]


def test_nothing_is_shared_out_among_nobody() -> None:
    assert spread(10, np.zeros(3)).tolist() == [0, 0, 0]


def test_a_name_always_throws_the_same_number() -> None:
    assert dice(["lamp-1"], "x")[0] == dice(["lamp-0", "lamp-1"], "x")[1]
    assert dice(["lamp-1"], "x")[0] == pytest.approx(DICE_LAMP_1, abs=1e-15)


def test_throws_are_spread_evenly_and_differ_between_salts() -> None:
    names = [f"house-{number}" for number in range(4000)]
    throws = dice(names, "a")
    assert abs(throws.mean() - 0.5) < 0.02
    assert abs(np.corrcoef(throws, dice(names, "b"))[0, 1]) < 0.05


# Written down once, so that a change of the hash (and with it of the city) is noticed.
DICE_LAMP_1 = 0.0070485854162125605

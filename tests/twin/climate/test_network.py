"""Networks as laws: shapes, bounds, sizes."""

import numpy as np
import pytest

from twin.climate.network import Network, NetworkLaw, chances, value

PLAIN = np.array([2.0, 0.0, 0.0, 0.0])
RANKS = np.linspace(0.001, 0.999, 400)


def test_half_of_the_values_lie_below_the_place_of_a_law_without_lean() -> None:
    assert value(PLAIN, 0.5) == pytest.approx(2.0)


def test_a_higher_chance_gives_a_higher_value() -> None:
    drawn = [value(np.array([1.0, 0.3, 0.5, -0.4]), rank) for rank in RANKS]
    assert np.all(np.diff(drawn) > 0)


def test_a_leaning_law_has_the_longer_tail_on_that_side() -> None:
    low, middle, high = (value(np.array([0, 0, 0.8, 0]), rank) for rank in (0.02, 0.5, 0.98))
    assert high - middle > 1.5 * (middle - low)


def test_edges_leave_what_is_between_them_and_no_heap_at_them() -> None:
    drawn = np.array([value(PLAIN, rank, low=1.5, high=2.1) for rank in RANKS])
    assert drawn.min() >= 1.5 - 1e-9
    assert drawn.max() <= 2.1 + 1e-9
    assert np.mean(drawn > 2.08) < 0.1


def test_chances_of_classes_sum_to_1_and_a_single_one_is_of_yes() -> None:
    assert chances(np.array([1.0, 2.0, -3.0])).sum() == pytest.approx(1.0)
    assert chances(np.array([0.0])) == pytest.approx([0.5])


def test_outputs_are_a_straight_and_a_bent_part() -> None:
    law = NetworkLaw(
        middle="1 0", spread="2 1", straight=("3 0 0.5",), inner=("0 1 0",), outer=("2",)
    )
    net = Network.of(law, 2)
    assert net.outputs(np.array([3.0, 0.2])) == pytest.approx([3 + 0.5 + 2 * np.tanh(0.2)])
    many = net.outputs(np.array([[3.0, 1.0], [0.2, 0.0]]))
    assert many == pytest.approx(np.array([[3.5 + 2 * np.tanh(0.2), 0.5]]))


def test_a_row_that_holds_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="one"):
        NetworkLaw(middle="one", spread="1", straight=(), inner=(), outer=())


@pytest.mark.parametrize("row", ["1 nan", "1 inf", "-inf"])
def test_a_row_that_is_not_finite_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="expected finite numbers"):
        NetworkLaw(middle=row, spread="1", straight=(), inner=(), outer=())

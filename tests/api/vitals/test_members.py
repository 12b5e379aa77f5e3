import numpy as np
import pytest

from api.vitals.members import Members

NAN = np.nan


@pytest.fixture
def members() -> Members:
    """Entity 0 has members 4 and 2, entity 2 has one, entity 1 has none."""
    index = np.array([4, 2, 1], np.int32)
    return Members.of(index, index, np.array([0, 0, 2], np.int32), 3)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("max", [9.0, NAN, 5.0]),
        ("min", [1.0, NAN, 5.0]),
        ("mean", [5.0, NAN, 5.0]),
        ("sum", [10.0, NAN, 5.0]),
        ("share", [1.0, NAN, 1.0]),
    ],
)
def test_reducers_per_entity(members: Members, how: str, expected: list[float]) -> None:
    got = members.over_space(np.array([1.0, 9.0, 5.0]), how)
    assert got == pytest.approx(expected, nan_ok=True)


def test_members_are_ordered_by_entity_then_sensor(members: Members) -> None:
    assert members.sensor.tolist() == [2, 4, 1]


def test_missing_member_is_left_out(members: Members) -> None:
    assert members.over_space(np.array([NAN, 9.0, NAN]), "mean") == pytest.approx(
        [9.0, NAN, NAN], nan_ok=True
    )


def test_sum_makes_up_for_missing_members(members: Members) -> None:
    assert members.over_space(np.array([NAN, 9.0, 5.0]), "sum")[0] == 18.0


def test_share_counts_values_above_the_limit_among_those_known(members: Members) -> None:
    got = members.over_space(np.array([0.2, 9.0, NAN]), "share", above=0.5)
    assert got == pytest.approx([0.5, NAN, NAN], nan_ok=True)


def test_no_members_at_all_is_nan_everywhere() -> None:
    empty = np.empty(0, np.int32)
    assert np.isnan(Members.of(empty, empty, empty, 2).over_space(np.empty(0), "max")).all()

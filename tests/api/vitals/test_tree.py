import numpy as np
import pytest

from api.vitals.tree import Upward, demoted, limited, missing_share, overall

ALL = np.ones(3, bool)
NAN = np.nan


def roll(
    score: list[float], weight: list[float], applicable: np.ndarray = ALL
) -> tuple[float, float, int]:
    upward = Upward.of(np.zeros(3, np.int32), np.array(weight), 1)
    rolled = upward.roll(np.array(score), np.ones(3), applicable, 0.7, 5)
    return float(rolled.score[0]), float(rolled.confidence[0]), int(rolled.worst[0])


def test_upward_is_weighted_mean_and_low_percentile() -> None:
    # mean (50 + 90 + 2 * 100) / 4 = 85; 5th percentile of 50, 90, 100 = 54
    assert roll([50, 90, 100], [1, 1, 2])[0] == pytest.approx(0.7 * 85 + 0.3 * 54)


def test_upward_names_the_worst_below() -> None:
    assert roll([50, 40, 100], [1, 1, 1])[2] == 1


def test_missing_below_is_left_out_and_lowers_confidence_by_weight() -> None:
    score, confidence, _ = roll([80, 80, NAN], [1, 1, 2])
    assert (score, confidence) == pytest.approx((80, 0.5))


def test_not_applicable_below_does_not_lower_confidence() -> None:
    assert roll([80, 80, NAN], [1, 1, 2], np.array([True, True, False]))[1] == 1


def test_nothing_known_below_is_missing() -> None:
    score, confidence, worst = roll([NAN] * 3, [1, 1, 1])
    assert np.isnan(score)
    assert (confidence, worst) == (0, -1)


def test_zero_weights_do_not_divide_by_zero() -> None:
    assert roll([80, 60, 70], [0, 0, 0])[0] == pytest.approx(0.7 * 70 + 0.3 * 61)


def limit(scores: list[float], slack: float) -> float:
    column = np.array(scores)[:, None]
    every = np.ones_like(column, bool)
    weight = np.full(len(scores), 1.0)
    return float(limited(column, np.ones_like(column), every, weight, slack).score[0])


def test_one_red_indicator_caps_the_dimension_at_50() -> None:
    assert limit([20, 100, 100, 100, 100], 30) == 50


def test_one_orange_indicator_caps_the_dimension_at_70() -> None:
    assert limit([40, 100, 100, 100, 100], 30) == 70


def test_dimension_at_50_caps_the_composite_at_75() -> None:
    assert limit([50, 100, 100, 100, 100, 100], 25) == 75


def test_without_a_weak_part_the_mean_counts() -> None:
    assert limit([80, 90, 100], 30) == 90


def test_part_without_score_passes_its_weight_on() -> None:
    assert limit([80, NAN, 100], 30) == 90


def test_missing_share_counts_applicable_weight_only() -> None:
    score = np.array([[NAN], [80.0], [NAN]])
    due = np.array([[True], [True], [False]])
    assert missing_share(score, due, np.array([1.0, 3.0, 6.0])).tolist() == [0.25]


@pytest.mark.parametrize(
    ("level", "severity", "expected"),
    [
        ("building", 4, 2),
        ("street", 4, 2),
        ("zone", 4, 3),
        ("quarter", 4, 4),
        ("building", 3, 1),
        ("zone", 3, 2),
        ("quarter", 3, 3),
        ("street", 1, 0),
    ],
)
def test_alerts_count_less_the_smaller_their_place(
    level: str, severity: int, expected: int
) -> None:
    assert demoted(level, severity) == expected


def test_overall_colour_is_the_worse_of_composite_and_alerts() -> None:
    assert overall(1, [("street", 4), ("zone", 2)]) == 2
    assert overall(3, [("street", 4)]) == 3

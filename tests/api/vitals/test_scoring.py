import numpy as np
import pytest

from api.vitals.scoring import Published, Steady, colour_of, score

CROWD = (0.30, 0.72, 1.08, 2.17, 3.5, 5.0)
LIT = (1.00, 0.98, 0.95, 0.90, 0.80, 0.60)


@pytest.mark.parametrize(("anchors"), [CROWD, LIT])
def test_anchors_score_100_to_0(anchors: tuple[float, ...]) -> None:
    assert score(np.array(anchors), anchors).tolist() == [100, 80, 60, 40, 20, 0]


def test_score_is_linear_between_anchors_and_clipped_outside() -> None:
    assert score(np.array([0.0, 0.51, 9.0]), CROWD) == pytest.approx([100, 90, 0])


def test_missing_value_has_no_score_and_no_colour() -> None:
    missing = score(np.array([np.nan]), CROWD)
    assert np.isnan(missing[0])
    assert colour_of(missing).tolist() == [-1]


def test_thresholds_belong_to_the_worse_colour() -> None:
    scores = np.array([100, 80.01, 80, 60, 40, 20, 0])
    assert colour_of(scores).tolist() == [0, 0, 1, 2, 3, 4, 4]


def published(at_once: bool = False) -> Published:
    return Published(np.array([at_once]), np.array([60_000]), Steady(margin=3, votes=3, of=5))


def colours(one: Published, scores: list[float]) -> list[int]:
    return [int(one.step(np.array([s]), 10_000 * n)[0]) for n, s in enumerate(scores)]


def test_first_score_is_published_at_once() -> None:
    assert colours(published(), [30]) == [3]


def test_colour_worsens_with_the_third_bad_score_of_five() -> None:
    assert colours(published(), [90, 50, 90, 50, 50, 50]) == [0, 0, 0, 0, 2, 2]


def test_two_bad_scores_of_five_do_not_worsen_the_colour() -> None:
    assert colours(published(), [90, 50, 90, 90, 50, 90, 90]) == [0] * 7


def test_life_safety_worsens_at_once() -> None:
    assert colours(published(at_once=True), [90, 10]) == [0, 4]


def test_colour_improves_only_after_the_whole_wait() -> None:
    assert colours(published(), [50, *[90.0] * 8]) == [2, 2, 2, 2, 2, 2, 2, 0, 0]


def test_score_inside_the_margin_never_improves_the_colour() -> None:
    assert colours(published(), [59, *[62.9] * 20]) == [2] * 21


def test_improvement_is_to_the_worst_colour_of_the_wait() -> None:
    assert colours(published(), [30, *[90.0] * 6, 70])[-1] == 1


def test_restored_colours_go_on_as_if_nothing_had_happened() -> None:
    scores = [90, 50, 50, 50, 70, 95, 95, np.nan, 95, 95, 95, 95, 95, 20, 20]
    whole = colours(published(), scores)
    for cut in range(1, len(scores)):
        first, second = published(), published()
        before = [int(first.step(np.array([s]), 10_000 * n)[0]) for n, s in enumerate(scores[:cut])]
        second.restore(first.state())
        after = [
            int(second.step(np.array([scores[n]]), 10_000 * n)[0]) for n in range(cut, len(scores))
        ]
        assert before + after == whole


def test_state_of_other_entities_is_refused() -> None:
    other = Published(np.zeros(2, bool), np.zeros(2, np.int64), Steady(3, 3, 5))
    with pytest.raises(ValueError, match="other vital signs"):
        published().restore(other.state())


def test_missing_score_has_no_colour_and_keeps_the_published_one() -> None:
    assert colours(published(), [30, np.nan, 90]) == [3, -1, 3]

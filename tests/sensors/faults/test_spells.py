"""How often, how long and how strongly faults strike."""

import numpy as np
import pytest

from sensors.faults.profile import FaultRule
from sensors.faults.spells import Episodes, Spells, lengths_ms, sizes
from sensors.noise import draw, keys_of
from twin.clock import DAY_MS, HOUR_MS

KEYS = keys_of(1, [str(number) for number in range(5_000)])
DRAWS = draw(KEYS, 3)
NOON_MS = 1_779_926_400_000 + 12 * HOUR_MS
LENGTHS = [("uniform", 1, 6, 3.5), ("lognormal", 6, 240, 58), ("exponential", 0, 72, 72)]


@pytest.mark.parametrize(("spread", "low", "high", "mean_h"), LENGTHS)
def test_faults_last_as_long_as_they_should(spread, low, high, mean_h) -> None:
    rule = FaultRule(fault="stuck", factor=1, hours=(low, high), spread=spread)
    hours = lengths_ms(rule, DRAWS) / HOUR_MS
    assert hours.min() >= low
    assert hours.mean() == pytest.approx(mean_h, rel=0.06)
    assert hours.max() <= (720 if spread == "exponential" else high)


def test_sizes_are_spread_over_their_logarithm_up_and_down() -> None:
    size = sizes((5, 50), DRAWS, True)
    assert ((np.abs(size) >= 5) & (np.abs(size) <= 50)).all()
    assert np.median(np.abs(size)) == pytest.approx(np.sqrt(250), rel=0.05)
    assert 0.45 < (size > 0).mean() < 0.55


def test_targets_fail_as_often_as_their_rate_says() -> None:
    rule = FaultRule(fault="bias", per_year=50, hours=(1, 2), size=(1, 2))
    rates = np.where(np.arange(5_000) < 2_500, 50.0, 0.0)
    episodes = Spells(rule, KEYS, rates, True).around(NOON_MS)
    assert episodes.target.max() < 2_500
    assert len(episodes) == pytest.approx(31 * 2_500 * 50 / 365, rel=0.05)


def test_the_past_is_known_without_having_been_run() -> None:
    rule = FaultRule(fault="bias", per_year=50, hours=(1, 200), size=(1, 2))
    patient, later = (Spells(rule, KEYS, np.full(5_000, 50.0), True) for _ in range(2))
    for day in range(5):
        patient.around(NOON_MS + day * DAY_MS)
    one, other = (spells.around(NOON_MS + 5 * DAY_MS) for spells in (patient, later))
    assert one.start_ms.tolist() == other.start_ms.tolist()
    assert one.target.tolist() == other.target.tolist()


def test_another_neuron_beside_it_leaves_a_plan_unchanged() -> None:
    rule = FaultRule(fault="bias", per_year=50, hours=(1, 2), size=(1, 2))
    few = Spells(rule, KEYS[:3_000], np.full(3_000, 50.0), True).around(NOON_MS)
    many = Spells(rule, KEYS, np.full(5_000, 50.0), True).around(NOON_MS)
    ours = many.take(np.flatnonzero(many.target < 3_000))
    assert few.start_ms.tolist() == ours.start_ms.tolist()
    assert few.size.tolist() == ours.size.tolist()


def test_an_episode_holds_from_its_start_to_before_its_end() -> None:
    one = Episodes(np.array([4], np.int32), np.array([100]), np.array([200]), np.zeros(1))
    assert [one.at(t).target.tolist() for t in (99, 100, 199, 200)] == [[], [4], [4], []]
    assert [one.changes_ms(t) for t in (99, 100, 200)] == [100, 200, 2**62]

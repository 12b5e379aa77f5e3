"""The verdict can fail line by line, and two runs of one process pass."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from api.realism.distances import compare
from api.realism.limits import load_limits
from api.realism.lines import Line, judge
from api.realism.series import Series
from api.realism.statistics import TABLE
from api.realism.twosample import TwoSample
from api.realism.verdict import Trial, auc_line
from twin.arrays import Floats

Change = Callable[[Series, np.random.Generator], Mapping[str, Floats]]
LIMITS = load_limits()


@pytest.fixture(scope="module")
def yardstick(climate: Series, same_climate: Series) -> list:
    """A second run against the first: how far a process is from itself."""
    return compare(same_climate, climate)


def lines_of(changed: Series, climate: Series, yardstick: list) -> dict[str, Line]:
    return {line.id: line for line in judge(compare(changed, climate), yardstick, LIMITS)}


def shuffled_days(series: Series, rng: np.random.Generator) -> Mapping[str, Floats]:
    """No memory beyond the day: whole days in any order."""
    order = rng.permutation(len(series) // 24)
    rows = (24 * order[:, None] + np.arange(24)).ravel()
    return {name: series[name][rows] for name in series.columns}


def shuffled_hours(series: Series, rng: np.random.Generator) -> Mapping[str, Floats]:
    """Every hour on its own, quantity by quantity: no memory, no day, no common cause."""
    return {name: rng.permutation(series[name]) for name in series.columns}


def stretched(series: Series, rng: np.random.Generator) -> Mapping[str, Floats]:
    """Everything larger and wider than it should be."""
    return {name: 8 + 1.6 * series[name] for name in series.columns if name != "rain_mm"} | {
        "rain_mm": 2.5 * series["rain_mm"],
        "wind_class": np.zeros(len(series)),
    }


def drizzle(series: Series, rng: np.random.Generator) -> Mapping[str, Floats]:
    """Rain that comes and goes from hour to hour, half of the time."""
    rain = np.where(rng.random(len(series)) < 0.5, 0.2, 0.0)
    return {**series.columns, "rain_mm": rain}


def clockwork(series: Series, rng: np.random.Generator) -> Mapping[str, Floats]:
    """Every day the same: rain before dawn, and what rain does."""
    wave = np.cos(2 * np.pi * series.hour / 24)
    return {
        **series.columns,
        "pressure_hpa": series["pressure_hpa"] + 8 * wave,
        "rain_mm": np.where(series.hour == 4, 2.0, 0.0),
        "pm25_ug_m3": 60 + np.where(series.hour == 4, 200.0, 20 * wave),
    }


WRONG: Mapping[str, Change] = {
    "shuffled days": shuffled_days,
    "shuffled hours": shuffled_hours,
    "stretched": stretched,
    "drizzle": drizzle,
    "clockwork": clockwork,
}


@pytest.fixture(scope="module")
def verdicts(climate: Series, same_climate: Series, yardstick: list) -> dict[str, dict[str, Line]]:
    found = {}
    for name, change in WRONG.items():
        changed = same_climate.having(change(same_climate, np.random.default_rng(5)))
        found[name] = lines_of(changed, climate, yardstick)
    return found


@pytest.mark.parametrize("statistic", [row.id for row in TABLE])
def test_every_line_fails_for_some_wrong_generator(
    verdicts: dict[str, dict[str, Line]], statistic: str
) -> None:
    failed = [name for name, lines in verdicts.items() if not lines[statistic].passed]
    assert failed, f"{statistic} passes every wrong generator"
    assert all(verdicts[name][statistic].reason for name in failed)


def test_another_run_of_the_same_process_passes_every_line(
    climate: Series, same_climate: Series, yardstick: list
) -> None:
    lines = lines_of(same_climate, climate, yardstick)
    assert [line.reason for line in lines.values() if not line.passed] == []


def test_a_reason_says_where_and_how_much(
    climate: Series, same_climate: Series, yardstick: list
) -> None:
    july = np.where(same_climate.month == 6, 9.0, 0.0)
    hot = same_climate.having({**same_climate.columns, "temp_c": same_climate["temp_c"] + july})
    line = lines_of(hot, climate, yardstick)["temp_c.months"]
    assert not line.passed
    assert line.reason.startswith("too high at Jul: ")


def test_what_cannot_be_measured_does_not_pass(
    climate: Series, same_climate: Series, yardstick: list
) -> None:
    """A generator that never rains has no spells; that is no reason to pass."""
    dry = same_climate.having({**same_climate.columns, "rain_mm": np.zeros(len(same_climate))})
    line = lines_of(dry, climate, yardstick)["rain_mm.wet_mean"]
    assert not line.passed
    assert "cannot be measured" in line.reason


def test_the_limit_is_the_floor_when_real_years_hardly_differ(climate: Series) -> None:
    same = compare(climate, climate)
    for line in judge(same, same, LIMITS):
        assert line.limit == line.floor


def test_spare_real_years_are_told_as_a_control(climate: Series, same_climate: Series) -> None:
    """They are judged by the same limit, for the statistics that they have."""
    spare = same_climate.only("temp_c")
    yardstick = compare(same_climate, climate)
    lines = judge(yardstick, yardstick, LIMITS, compare(spare, climate))
    told = {line.id: line.control for line in lines if line.control is not None}
    assert set(told) == {row.id for row in TABLE if row.needs == ("temp_c",)}
    assert all(told.values())


def trial(simulated: float, real: float) -> Trial:
    """A classifier test that came out so."""
    found = [
        TwoSample(auc, (300, 300), (("wind_m_s/steps", 0.1), ("temp_c/level", 0.02)))
        for auc in (simulated, real)
    ]
    return Trial("weather", "天气", "weather", ("wind_m_s",), *found, random_walk_auc=0.99)


@pytest.mark.parametrize(
    ("simulated", "real", "limit"),
    [
        (0.60, 0.55, 0.60),  # as much as real against real, and the margin
        (0.55, 0.40, 0.55),  # real years that cannot be told apart allow the margin over a half
        (0.30, 0.55, 0.60),  # below a half is chance, not a difference
    ],
)
def test_an_auc_up_to_the_margin_over_real_against_real_passes(
    simulated: float, real: float, limit: float
) -> None:
    line = auc_line(trial(simulated, real), LIMITS)
    assert line.limit == pytest.approx(limit)
    assert line.passed
    assert line.reason == ""


@pytest.mark.parametrize(("simulated", "real"), [(0.601, 0.55), (0.551, 0.40), (0.99, 0.60)])
def test_an_auc_beyond_the_margin_fails_and_says_what_gave_it_away(
    simulated: float, real: float
) -> None:
    line = auc_line(trial(simulated, real), LIMITS)
    assert not line.passed
    assert line.reason.startswith("told apart by wind_m_s/steps (+0.100)")

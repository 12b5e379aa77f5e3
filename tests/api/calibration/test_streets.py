"""Fitting the weeks of people and cars, and the minutes of sound, to made-up files."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from api.calibration import FITTERS, CalibrationError, Span, sound
from api.realism.series import Series
from twin.config import validate
from twin.systems.shapes import WeekShape
from twin.systems.texture import TextureParams

Write = Callable[..., Path]
HOURS = np.arange(24)
OFFICE = np.exp(-(((HOURS - 8) / 1.5) ** 2)) + 0.9 * np.exp(-(((HOURS - 17) / 1.5) ** 2)) + 0.02
SHOPS = np.exp(-(((HOURS - 15) / 3.5) ** 2)) + 0.01


def counts(weeks: int = 30, seed: int = 5) -> dict[str, np.ndarray]:
    """Persons per hour at an office station and in a shopping street; days swing by 10 %."""
    rng = np.random.default_rng(seed)
    days = np.arange(7 * weeks)
    weekend = days % 7 >= 5
    swing = np.exp(0.10 * rng.standard_normal((2, len(days), 1)))
    hour = np.exp(0.08 * rng.standard_normal((2, len(days), 24)))
    office = 900 * OFFICE * np.where(weekend, 0.1, 1.0)[:, None] * swing[0] * hour[0]
    shops = 700 * SHOPS * np.where(weekend, 1.05, 1.0)[:, None] * swing[1] * hour[1]
    return {"Office Station": office.round().ravel(), "Market Street": shops.round().ravel()}


def clock(rows: int, step_min: int) -> list[str]:
    """Local times from Monday 4 January 2021."""
    start = np.datetime64("2021-01-04T00:00")
    return [str(time) for time in start + np.arange(rows) * np.timedelta64(step_min, "m")]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(columns: dict[str, list[str] | np.ndarray], name: str = "made.csv") -> Path:
        path = tmp_path / name
        rows = zip(*columns.values(), strict=True)
        body = "\n".join(",".join("" if v != v else str(v) for v in row) for row in rows)
        path.write_text(",".join(columns) + "\n" + body + "\n", encoding="utf-8")
        return path

    return file


def people(write: Write, **changes: np.ndarray) -> Path:
    values = counts()
    return write({"time_local": clock(len(values["Market Street"]), 60), **values, **changes})


def fit(name: str, path: Path, span: str = ""):
    return FITTERS[name].fit(path, Span.parse(span), lambda _: None)


def shape(text: str, *keys: str) -> WeekShape:
    part = tomllib.loads(text)
    for key in keys:
        part = part[key]
    return validate("fitted", part, WeekShape)


def test_the_week_of_a_station_is_found_again(write: Write) -> None:
    text = fit("commuters", people(write)).text
    week = shape(text, "crowd", "visits", "commuter")
    assert week.workday == pytest.approx(OFFICE / OFFICE.max(), abs=0.03)
    assert week.saturday == pytest.approx(0.1 * OFFICE / OFFICE.max(), abs=0.02)
    assert week.day_sd == pytest.approx(0.10, rel=0.25)
    assert week.hour_sd == pytest.approx(0.08, rel=0.25)
    assert "Office Station" in text
    assert "Market Street" not in text


def test_a_dead_counter_and_gaps_do_not_move_the_week(write: Write) -> None:
    whole = shape(fit("shoppers", people(write)).text, "crowd", "visits", "shopping")
    values = counts()["Market Street"].copy()
    values[1000:1200] = 0.0
    values[2000:2400] = np.nan
    broken = people(write, **{"Market Street": values})
    found = shape(fit("shoppers", broken).text, "crowd", "visits", "shopping")
    assert found.workday == pytest.approx(whole.workday, abs=0.03)
    assert found.day_sd == pytest.approx(whole.day_sd, rel=0.2)


def roads(write: Write, weeks: int = 30, **changes: np.ndarray | None) -> Path:
    """Cars with rain every tenth hour, which takes 8 % of them."""
    volume = np.tile(3000 * (OFFICE + 0.2), 7 * weeks)
    rain = np.where(np.arange(len(volume)) % 10 == 0, 2.0, 0.0)
    columns = {
        "date_time": clock(len(volume), 60),
        "traffic_volume": (volume * np.where(rain > 0, 0.92, 1.0)).round(),
        "rain_1h": rain,
        **changes,
    }
    return write({name: values for name, values in columns.items() if values is not None})


def test_the_effect_of_rain_on_cars_is_found_again(write: Write) -> None:
    text = fit("roads", roads(write)).text
    assert tomllib.loads(text)["traffic"]["wet_demand"] == pytest.approx(0.92, abs=0.01)
    assert shape(text, "traffic", "week").workday[8] == pytest.approx(1.0)


def test_holidays_and_snow_are_not_the_usual_swing_of_a_road(write: Write) -> None:
    """Days swing by 6 %; one in twenty loses a third: those belong to the calendar."""
    rng = np.random.default_rng(7)
    swing = np.exp(0.06 * rng.standard_normal(7 * 30)) * np.where(np.arange(210) % 20 == 3, 0.66, 1)
    volume = np.tile(3000 * (OFFICE + 0.2), 7 * 30) * np.repeat(swing, 24)
    text = fit("roads", roads(write, traffic_volume=volume.round())).text
    assert shape(text, "traffic", "week").day_sd == pytest.approx(0.06, rel=0.2)


def test_the_texture_of_made_up_minutes_is_approached() -> None:
    """A few rounds bring the statistics nearer to those of known parameters."""
    known = TextureParams(
        fast_sd_db=1.8,
        fast_keep=0.3,
        slow_sd_db=0.6,
        slow_keep=0.9,
        bend_per_db=0.1,
        events_per_h=6.0,
        event_db=5.0,
        event_keep=0.1,
        stir_sd=0.2,
        stir_keep=0.98,
        calm=0.8,
    )
    steady = np.full(1440, 50.0)
    level = sound.simulate(known, steady, 3)
    real = sound.fingerprint(Series("sound", 0, 1, {"laeq_db": level}))
    _, at_first = sound.search(real, steady, lambda _: None, rounds=0)
    found, miss = sound.search(real, steady, lambda _: None, rounds=2)
    assert miss < 0.7 * at_first
    spread = np.hypot(found.fast_sd_db, found.slow_sd_db)
    assert spread == pytest.approx(np.hypot(1.8, 0.6), rel=0.25)


def test_the_usual_day_of_sound_is_found_under_the_minutes() -> None:
    minute = np.arange(4 * 1440)
    usual = 50 + 4 * np.sin(2 * np.pi * minute[:1440] / 1440)
    level = np.tile(usual, 4) + np.random.default_rng(3).normal(0, 2, len(minute))
    level[100:200] = np.nan
    found = sound.usual_day_db(Series("sound", 0, 1, {"laeq_db": level}))
    assert found == pytest.approx(usual, abs=0.3)


def test_half_of_a_file_is_fitted_and_both_parts_are_told(write: Write) -> None:
    """What the second half does is no part of the fit, and the figures say how far it is."""
    late, values = slice(15 * 7 * 24, None), counts()
    values["Market Street"][late] = np.roll(values["Market Street"][late], 12)
    span = Span.parse("first-half")
    fits = [
        FITTERS["shoppers"].fit(people(write, **columns), span, lambda _: None)
        for columns in (counts(), values)
    ]
    assert fits[0].text == fits[1].text
    told = [dict(fit.figures) for fit in fits]
    assert told[0]["fitted on"] == told[1]["fitted on"]
    r = [float(figures["checked on"].split("r ")[1].split(",")[0]) for figures in told]
    assert r[0] > 0.97 > r[1]


def test_two_cities_count_alike(write: Write) -> None:
    """However many sites one of them has."""
    early, late = (np.roll(counts()["Market Street"], by) for by in (0, 1))
    hours = clock(len(early), 60)
    one = write({"time_local": hours, "A": early, "B": early, "C": early}, "one.csv")
    other = write({"time_local": hours, "D": late}, "other.csv")
    pool = FITTERS["shoppers"].pool
    assert pool is not None
    both = shape(pool((one, other), Span(), print).text, "crowd", "visits", "shopping")
    alone = [
        np.array(shape(fit("shoppers", path).text, "crowd", "visits", "shopping").workday)
        for path in (one, other)
    ]
    mean = (alone[0] + alone[1]) / 2
    assert both.workday == pytest.approx(mean / mean.max(), abs=0.01)


@pytest.mark.parametrize(
    ("name", "needed"),
    [("commuters", "pedestrian"), ("roads", "road traffic"), ("sound", "sound levels")],
)
def test_a_file_of_another_kind_is_refused(name: str, needed: str, write: Write) -> None:
    other = roads(write) if name != "roads" else people(write)
    with pytest.raises(CalibrationError, match=needed):
        fit(name, other)


def test_a_missing_column_is_named(write: Write) -> None:
    with pytest.raises(CalibrationError, match="rain_1h"):
        fit("roads", roads(write, rain_1h=None))


def test_too_short_a_span_is_named(write: Write) -> None:
    with pytest.raises(CalibrationError, match="days"):
        fit("roads", roads(write, weeks=3))


def test_years_without_measurements_are_named(write: Write) -> None:
    with pytest.raises(CalibrationError, match="2015"):
        fit("commuters", people(write), "2015")


def test_a_file_without_such_a_site_says_what_it_looked_for(write: Write) -> None:
    values = counts()
    only = {"time_local": clock(len(values["Market Street"]), 60), "A": values["Market Street"]}
    with pytest.raises(CalibrationError, match="commuter"):
        fit("commuters", write(only))


def test_counts_in_another_unit_are_refused(write: Write) -> None:
    """Thousands of vehicles, or shares of the day, are no counts of persons per hour."""
    values = counts()
    shares = {name: hours / hours.sum() for name, hours in values.items()}
    with pytest.raises(CalibrationError):
        fit("shoppers", people(write, **shares))

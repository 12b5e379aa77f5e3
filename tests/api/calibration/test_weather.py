"""Weather and air laws from made-up files."""

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest

from api.calibration import FITTERS, CalibrationError, Span
from api.calibration.airlevel import level
from api.calibration.lawfile import law_file, value_table
from api.calibration.record import record, rows
from api.calibration.regression import fit_value
from api.realism.series import Series
from twin.climate.chain import haze_terms

COLUMNS = (
    *("No", "year", "month", "day", "hour", "season", "PM_US Post"),
    *("DEWP", "HUMI", "PRES", "TEMP", "cbwd", "Iws", "precipitation"),
)


def rows_of(hours: int) -> list[dict[str, object]]:
    """A made-up spring: a daily wave, north-east wind of 3 m/s, rain every tenth hour."""
    start = np.datetime64("2012-03-01T00", "h")
    made = []
    for number in range(hours):
        at = (start + number).astype(object)
        temp = round(15 + 5 * np.sin((at.hour - 9) / 24 * 2 * np.pi))
        made.append(
            {
                "No": number + 1, "year": at.year, "month": at.month, "day": at.day,
                "hour": at.hour, "season": 1, "PM_US Post": 40 + number % 7, "DEWP": temp - 5,
                "HUMI": 71.0, "PRES": 1015 + number % 3, "TEMP": temp, "cbwd": "NE",
                "Iws": 3 * (number + 1), "precipitation": {0: 0.4, 10: 2.4}.get(number % 20, 0),
            }
        )  # fmt: skip
    return made


def write(path: Path, made: list[dict[str, object]], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        table = csv.DictWriter(lines, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(made)
    return path


def complaint(name: str, path: Path, span: str = "") -> str:
    with pytest.raises(CalibrationError) as error:
        FITTERS[name].fit(path, Span.parse(span), lambda share: None)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["weather", "air"])
def test_missing_columns_are_all_named(name: str, tmp_path: Path) -> None:
    fewer = tuple(column for column in COLUMNS if column not in ("DEWP", "Iws"))
    text = complaint(name, write(tmp_path / "f.csv", rows_of(2000), fewer))
    assert "DEWP" in text
    assert "Iws" in text


def test_a_short_file_says_how_much_is_needed(tmp_path: Path) -> None:
    assert "at least" in complaint("weather", write(tmp_path / "f.csv", rows_of(2000)))


def test_years_that_the_file_has_not_are_too_short(tmp_path: Path) -> None:
    assert "2015:2016" in complaint(
        "weather", write(tmp_path / "f.csv", rows_of(2000)), "2015:2016"
    )


def test_wrong_units_are_refused(tmp_path: Path) -> None:
    """Kelvin instead of Celsius."""
    made = [{**row, "TEMP": row["TEMP"] + 273, "DEWP": row["DEWP"] + 273} for row in rows_of(2000)]
    assert "temp" in complaint("weather", write(tmp_path / "f.csv", made))


def test_an_infinite_reading_is_named_with_its_row(tmp_path: Path) -> None:
    made = rows_of(2000)
    made[7]["TEMP"] = "inf"
    said = complaint("weather", write(tmp_path / "f.csv", made))
    assert "column 'TEMP' row 9: 'inf' is no finite number" in said


def test_air_level_wants_every_month(tmp_path: Path) -> None:
    made = [
        {"time_local_start": str(np.datetime64("2018-01-01T00") + np.timedelta64(n, "h")),
         "pm25_raw": 30, "pm25_nowcast": 30, "aqi_us": 80, "qc": "Valid"}
        for n in range(2000)
    ]  # fmt: skip
    path = write(
        tmp_path / "f.csv", made, ("time_local_start", "pm25_raw", "pm25_nowcast", "aqi_us", "qc")
    )
    assert "month 6" in complaint("air-level", path)


def test_a_gap_leaves_out_what_rests_on_it() -> None:
    """Hours whose day before is not known are not fitted; running means bridge the gap."""
    names = ("temp_c", "dew_point_c", "pressure_hpa", "wind_m_s", "wind_class", "rain_mm")
    columns = {name: np.full(200, 3.0) for name in (*names, "pm25_ug_m3")}
    columns["temp_c"][100] = np.nan
    found = record(Series("weather_air", 0, 60, columns), Span())
    assert np.isnan(found.past.ago[1].temp[101])
    assert np.isnan(found.past.ago[24].temp[124])
    assert found.past.mean.temp_24[103] == pytest.approx(3.0)
    assert not found.fit[:48].any()


def test_rows_are_rounded_as_the_station_rounds_them() -> None:
    columns = {
        "temp_c": np.array([1.6]), "dew_point_c": np.array([2.4]),
        "pressure_hpa": np.array([1016.4]),
        "wind_m_s": np.array([2.6]), "wind_class": np.array([4.0]), "rain_mm": np.array([0.26]),
        "pm25_ug_m3": np.array([-2.0]),
    }  # fmt: skip
    row = rows(Series("weather_air", 0, 60, columns))
    assert (row.temp[0], row.dew[0], row.pressure[0], row.wind[0]) == (2, 2, 0, 3)
    assert (row.direction[0], row.rain[0]) == (0, 0.3)
    assert row.haze[0] == pytest.approx(np.log(5.0))


def test_todays_level_is_found_again() -> None:
    rng = np.random.default_rng(2)
    months, haze = np.arange(12_000) % 12, rng.lognormal(3.5, 0.6, 12_000)
    power, factor = level(months, 1.8 * haze**0.8, months, haze)
    assert power == pytest.approx(0.8, abs=0.02)
    assert factor == pytest.approx(np.full(12, 1.8), rel=0.05)


def test_the_file_holds_the_terms_that_are_left(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(3000), rng.standard_normal((3000, 2))])
    fit = fit_value(x, 2 * x[:, 1] + rng.standard_normal(3000), 5.0, 1.0)
    text = law_file(
        "# head\n", "part", {"most": 3.0}, {"law": value_table(["one", "a", "b"], fit, 1)}
    )
    read = tomllib.loads(text)["part"]
    assert read["most"] == 3
    assert set(read["law"]["terms"]) == {"one", "a"}
    assert read["law"]["terms"]["a"][0] == pytest.approx(2, abs=0.1)


def test_every_term_has_a_name_of_its_own() -> None:
    names = haze_terms()
    assert len(set(names)) == len(names)

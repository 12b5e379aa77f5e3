"""Files are recognised by their columns, known defects are masked, mistakes are named."""

from pathlib import Path

import numpy as np
import pytest
from support.realseries import weather, write_shanghai

from api.realism.readers import read_series
from api.realism.readers.table import RealFileError
from api.realism.series import Series


@pytest.fixture(scope="module")
def little() -> Series:
    return weather(70, seed=3)


def problems(path: Path) -> str:
    with pytest.raises(RealFileError) as caught:
        read_series(path)
    return str(caught.value)


def hours(days: int, start: str = "2020-03-02T00:00") -> list[str]:
    first = np.datetime64(start, "h")
    return [f"{first + np.timedelta64(hour, 'h')}:00" for hour in range(24 * days)]


def table(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_shanghai_file_gives_back_what_was_written(tmp_path: Path, little: Series) -> None:
    found = read_series(write_shanghai(tmp_path / "file.csv", little))
    assert found.kind == "weather_air"
    assert found.first_min == little.first_min
    for column in ("temp_c", "rh_pct", "wind_m_s", "wind_class", "rain_mm"):
        np.testing.assert_allclose(found[column], little[column], atol=1e-9, err_msg=column)


def test_decimal_slips_drop_outs_and_stuck_zeros_of_pm25_are_masked(
    tmp_path: Path, little: Series
) -> None:
    pm25 = np.full(len(little), 70.0)
    pm25[::2] = 72.0
    pm25[100], pm25[200], pm25[300:312], pm25[400] = 730.0, 3.0, 0.0, 985.0
    file = write_shanghai(
        tmp_path / "file.csv", little.having({**little.columns, "pm25_ug_m3": pm25})
    )
    gone = np.flatnonzero(np.isnan(read_series(file)["pm25_ug_m3"]))
    assert gone.tolist() == [100, 200, *range(300, 312), 400]


@pytest.mark.parametrize("column", ["TEMP", "Iws", "precipitation", "PM_US Post", "hour"])
def test_a_missing_column_is_named(tmp_path: Path, little: Series, column: str) -> None:
    said = problems(write_shanghai(tmp_path / "file.csv", little, leave_out=column))
    assert f"column {column!r} is missing" in said


def test_kelvin_is_not_taken_for_celsius(tmp_path: Path, little: Series) -> None:
    warm = little.having({**little.columns, "temp_c": little["temp_c"] + 273})
    assert "temp_c" in (said := problems(write_shanghai(tmp_path / "file.csv", warm)))
    assert "wrong unit" in said


def test_a_file_of_a_week_is_too_short(tmp_path: Path, little: Series) -> None:
    assert "too short: 7.0 days" in problems(
        write_shanghai(tmp_path / "file.csv", little.rows(0, 7 * 24))
    )


def test_several_mistakes_are_told_at_once(tmp_path: Path, little: Series) -> None:
    wrong = little.having({**little.columns, "pressure_hpa": 100 * little["pressure_hpa"]})
    said = problems(write_shanghai(tmp_path / "file.csv", wrong.rows(0, 240)))
    assert "too short" in said
    assert "pressure_hpa" in said


def test_an_unknown_file_is_told_what_is_known(tmp_path: Path) -> None:
    assert "weather_air" in problems(table(tmp_path / "file.csv", "a,b", ["1,2", "3,4"]))


def test_a_text_among_numbers_is_named_with_its_row(tmp_path: Path) -> None:
    rows = [f"{time},5" for time in hours(60)]
    rows[9] = rows[9].replace(",5", ",many")
    said = problems(table(tmp_path / "file.csv", "time_local,Square", rows))
    assert "row 11: 'many' is no number" in said


def test_invalid_and_over_range_hours_of_the_post_are_masked(tmp_path: Path) -> None:
    rows = [f"{time},{40 + n % 7},0,0,Valid" for n, time in enumerate(hours(60))]
    rows[5], rows[6], rows[7] = (
        rows[5].replace("Valid", "Invalid"),
        hours(60)[6] + ",985,0,0,Valid",
        hours(60)[7] + ",-999,0,0,Valid",
    )
    header = "time_local_start,pm25_raw,pm25_nowcast,aqi_us,qc"
    found = read_series(table(tmp_path / "file.csv", header, rows))
    assert found.kind == "air"
    assert np.flatnonzero(np.isnan(found["pm25_ug_m3"])).tolist() == [5, 6, 7]


def test_a_counter_dead_for_a_day_is_masked_and_a_quiet_night_is_not(tmp_path: Path) -> None:
    counts = [0 if n % 24 < 5 else 100 + n % 24 for n in range(60 * 24)]
    counts[240:300] = [0] * 60
    rows = [f"{time},{count}" for time, count in zip(hours(60), counts, strict=True)]
    square = read_series(table(tmp_path / "file.csv", "time_local,Square", rows))["Square"]
    assert np.isnan(square[240:300]).all()
    assert np.count_nonzero(np.isnan(square)) < 70
    assert square[24 * 20 : 24 * 20 + 5].tolist() == [0] * 5


def test_repeated_hours_count_once_and_absent_ones_are_missing(tmp_path: Path) -> None:
    times = [time.replace("T", " ") + ":00" for time in hours(60)]
    rows = [f"{time},{900 + n % 50},0.0" for n, time in enumerate(times)]
    rows[20] = rows[19]
    rows[30] = rows[30].replace(",0.0", ",9831.3")
    found = read_series(table(tmp_path / "file.csv", "date_time,traffic_volume,rain_1h", rows))
    assert found.kind == "vehicles"
    assert found["vehicles_h"][19] == 919
    assert np.isnan(found["vehicles_h"][20])
    assert np.isnan(found["rain_mm"][30])


def test_minutes_of_sound_are_read_on_their_clock(tmp_path: Path) -> None:
    first = np.datetime64("2025-03-21T00:00:30", "s")
    rows = [f"{first + np.timedelta64(60 * n, 's')},{50 + n % 9}" for n in range(3 * 1440)]
    rows = [row.replace("T", " ") for row in rows]
    found = read_series(table(tmp_path / "file.csv", "datetime,LEQ dB -A", rows))
    assert (found.kind, found.step_min, len(found)) == ("sound", 1, 3 * 1440)

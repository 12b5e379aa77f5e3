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
    for column in ("temp_c", "rh_pct", "wind_class", "rain_mm"):
        np.testing.assert_allclose(found[column], little[column], atol=1e-9, err_msg=column)
    np.testing.assert_allclose(found["wind_m_s"][1:], little["wind_m_s"][1:], atol=1e-9)


def lines(path: Path, series: Series) -> list[str]:
    """Header and rows of the series as a Shanghai file."""
    return write_shanghai(path / "file.csv", series).read_text(encoding="utf-8").splitlines()


def test_absent_rows_leave_the_wind_of_the_others_as_it_was(tmp_path: Path, little: Series) -> None:
    """A sum that went on meanwhile is not the wind of one hour."""
    header, *rows = lines(tmp_path, little)
    gone = np.random.default_rng(1).uniform(size=len(rows)) < 0.1
    gone[[0, -1]] = False
    kept = [row for row, lost in zip(rows, gone, strict=True) if not lost]
    wind = read_series(table(tmp_path / "file.csv", header, kept))["wind_m_s"]
    known = ~gone & ~np.concatenate([[True], gone[:-1]])
    np.testing.assert_array_equal(np.isfinite(wind), known)
    np.testing.assert_allclose(wind[known], little["wind_m_s"][known], atol=1e-9)


def test_an_hour_after_a_missing_sum_has_no_wind(tmp_path: Path, little: Series) -> None:
    rows = lines(tmp_path, little)
    cells = rows[101].split(",")
    cells[14] = "NA"
    rows[101] = ",".join(cells)
    wind = read_series(table(tmp_path / "file.csv", rows[0], rows[1:]))["wind_m_s"]
    assert np.flatnonzero(np.isnan(wind)).tolist() == [0, 100, 101]


def test_a_file_cut_amid_a_spell_of_one_direction_begins_without_wind(tmp_path: Path) -> None:
    """The sum of all hours before the cut is no wind."""
    steady = weather(70, seed=3)
    steady = steady.having({**steady.columns, "wind_class": np.zeros(len(steady))})
    header, *rows = lines(tmp_path, steady)
    wind = read_series(table(tmp_path / "file.csv", header, rows[200:]))["wind_m_s"]
    assert np.isnan(wind[0])
    np.testing.assert_allclose(wind[1:], steady["wind_m_s"][201:], atol=1e-9)


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


@pytest.mark.parametrize(("unit", "per_mm"), [("inch", 1 / 25.4), ("metre", 1e-3), ("0.1 mm", 10)])
def test_rain_in_another_unit_is_refused(
    tmp_path: Path, little: Series, unit: str, per_mm: float
) -> None:
    rain = 3 * little["rain_mm"] * per_mm
    said = problems(
        write_shanghai(tmp_path / "f.csv", little.having({**little.columns, "rain_mm": rain}))
    )
    assert "rain_mm: 99 % of wet hours" in said, unit


def test_rain_summed_over_the_spell_and_beyond_is_refused(tmp_path: Path, little: Series) -> None:
    summed = little.having({**little.columns, "rain_mm": np.cumsum(little["rain_mm"]) / 50})
    assert "of the hours are wet" in problems(write_shanghai(tmp_path / "f.csv", summed))


def test_a_place_where_it_hardly_rains_is_accepted(tmp_path: Path, little: Series) -> None:
    dry = little.having({**little.columns, "rain_mm": np.zeros(len(little))})
    assert read_series(write_shanghai(tmp_path / "f.csv", dry)).kind == "weather_air"


def test_temperature_and_dew_point_swapped_are_refused(tmp_path: Path, little: Series) -> None:
    swapped = {"temp_c": little["dew_point_c"], "dew_point_c": little["temp_c"]}
    said = problems(
        write_shanghai(tmp_path / "f.csv", little.having({**little.columns, **swapped}))
    )
    assert "columns swapped?" in said


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        (1, "NA", "'year' row 11: 'NA' is no whole number"),
        (2, "13", "'month' row 11: '13' is no whole number from 1 to 12"),
        (3, "32", "'day' row 11: '32' is no whole number from 1 to 31"),
        (3, "1.5", "'day' row 11: '1.5' is no whole number from 1 to 31"),
        (4, "24", "'hour' row 11: '24' is no whole number from 0 to 23"),
        (11, "-inf", "'PRES' row 11: '-inf' is no finite number"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_its_row(
    tmp_path: Path, little: Series, column: int, cell: str, said: str
) -> None:
    rows = lines(tmp_path, little)
    cells = rows[10].split(",")
    cells[column] = cell
    rows[10] = ",".join(cells)
    assert said in problems(table(tmp_path / "file.csv", rows[0], rows[1:]))


def test_a_day_that_its_month_has_not_is_named(tmp_path: Path, little: Series) -> None:
    rows = [row.replace("2012,2,29,", "2012,2,30,") for row in lines(tmp_path, little)]
    said = problems(table(tmp_path / "file.csv", rows[0], rows[1:]))
    assert "'30' is no day of its month, and 23 more" in said


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


def post(path: Path, offset: str) -> Path:
    """Sixty days of the post whose times end with this offset."""
    rows = [f"{time}{offset},{40 + n % 7},Valid" for n, time in enumerate(hours(60))]
    return table(path / "file.csv", "time_local_start,pm25_raw,qc", rows)


def test_the_posts_times_may_tell_the_offset_of_its_clock(tmp_path: Path) -> None:
    plain, told = (read_series(post(tmp_path, offset)) for offset in ("", "+08:00"))
    assert told.first_min == plain.first_min


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+09:00"])
def test_times_of_another_clock_are_not_taken_for_local_ones(tmp_path: Path, offset: str) -> None:
    said = problems(post(tmp_path, offset))
    assert f"row 2: '2020-03-02T00:00{offset}' is not on the place's own clock" in said
    assert "UTC+08:00" in said


@pytest.mark.parametrize(("offset", "accepted"), [("+13:00", True), ("Z", False)])
def test_where_the_place_is_not_known_utc_is_refused(
    tmp_path: Path, offset: str, accepted: bool
) -> None:
    rows = [f"{time}{offset},{5 + n % 24}" for n, time in enumerate(hours(60))]
    file = table(tmp_path / "file.csv", "time_local,Square", rows)
    if accepted:
        assert read_series(file).hour[0] == 0
    else:
        assert "local times, without an offset" in problems(file)


def test_a_time_that_is_none_is_named_with_its_row(tmp_path: Path) -> None:
    rows = [f"{time},{5 + n % 24}" for n, time in enumerate(hours(60))]
    rows[3] = "02/03/2020,5"
    said = problems(table(tmp_path / "file.csv", "time_local,Square", rows))
    assert "row 5: '02/03/2020' is no ISO time" in said


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "is a folder" in problems(tmp_path)


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

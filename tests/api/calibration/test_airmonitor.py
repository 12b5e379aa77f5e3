"""Finding a monitor's noise in a record of fine particles."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from api.calibration import FITTERS, CalibrationError, Span
from api.calibration.airmonitor import noise_ug_m3

YEAR_H = 8784  # 2020


def told(noise: float, seed: int = 3) -> np.ndarray:
    """Air of about 16 ug/m3 that changes over a day, told by a monitor with this noise."""
    rng = np.random.default_rng(seed)
    air = 16 + 4 * np.sin(np.arange(YEAR_H) * 2 * np.pi / 24)
    return np.maximum(0, np.round(air + noise * rng.standard_normal(YEAR_H)))


def record(folder: Path, values: np.ndarray) -> Path:
    times = np.datetime64("2020-01-01T00") + np.arange(YEAR_H) * np.timedelta64(1, "h")
    rows = [f"{time}:00,{value:g},Valid" for time, value in zip(times, values, strict=True)]
    path = folder / "post.csv"
    path.write_text("\n".join(["time_local_start,pm25_raw,qc", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("noise", [2.0, 4.0])
def test_noise_that_was_put_in_is_found_again(noise: float) -> None:
    assert noise_ug_m3(told(noise)) == pytest.approx(noise, rel=0.1)


def test_air_that_drifts_is_not_taken_for_noise() -> None:
    assert noise_ug_m3(16 + 3 * np.sin(np.arange(YEAR_H) / 10)) == 0


def test_missing_hours_are_left_out() -> None:
    values = told(3.0)
    values[::17] = np.nan
    assert noise_ug_m3(values) == pytest.approx(3.0, rel=0.1)


def test_the_file_says_that_it_is_fitted_and_from_what(tmp_path: Path) -> None:
    path = record(tmp_path, told(3.0))
    text = FITTERS["air-monitor"].fit(path, Span.parse("2020"), lambda _: None).text
    assert tomllib.loads(text)["haze_monitor"]["noise_ug_m3"] == pytest.approx(3.0, rel=0.1)
    assert "FIT: from" in text
    assert "years 2020 to 2020" in text


def test_air_that_is_never_clean_is_refused(tmp_path: Path) -> None:
    path = record(tmp_path, told(3.0) + 100)
    with pytest.raises(CalibrationError, match="0 times three hours of clean air"):
        FITTERS["air-monitor"].fit(path, Span.parse("2020"), lambda _: None)

"""Today's level of fine particles: from the haze of the fitted years to that of later ones."""

from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.origins import origin_of
from api.calibration.part import marked
from api.realism.readers import RealFileError, read_series
from api.realism.series import Series
from twin.arrays import Floats, Ints
from twin.cityconfig import load_city_config
from twin.clock import parse_time
from twin.config import default_config_dir
from twin.hourly import hourly_series

SIMULATED_H = 4 * 8766
LEAST_MONTH_H = 200
_START, _SEED = "2012-01-01", 1
_SMOOTH = (0.25, 0.5, 0.25)  # over neighbouring months
_MONTHS = tuple(range(12))


def fit_air_level(file: Path, span: Span, report: Report) -> Calibrated:
    """A factor per month and one power; the haze is that of the configuration's own laws."""
    months, measured = _measured(file, span)
    config = load_city_config(default_config_dir())
    start_ms = parse_time(_START)
    series = hourly_series(config, _SEED, start_ms, SIMULATED_H, report)
    power, factor = level(months, measured, _month_of(series.t_ms), series.pm25_ug_m3)
    head = (
        "# Written by `hengfu calibrate air-level`; fit again instead of editing.\n"
        f"# S: fitted from {len(measured)} hours of {file.parent.name}/{file.name}, "
        f"{span.text}:\n# {origin_of(file, span)}.\n"
        "# PM2.5 today = factor of the month x haze ^ power.\n"
    )
    text = f"{head}\n[haze_level]\npower = {power:.4g}\n"
    text += f"factor = [{', '.join(f'{value:.4g}' for value in factor)}]\n"
    figures = (("hours", f"{len(measured):,}"), ("mean", f"{measured.mean():.1f} µg/m³"))
    return Calibrated(text, figures)


def level(
    months: Ints, measured: Floats, simulated_months: Ints, haze: Floats
) -> tuple[float, Floats]:
    """The power matches the spread of logarithms within months, the factors the monthly means."""
    power = _spread(months, measured) / _spread(simulated_months, haze)
    raised = np.maximum(haze, 0.0) ** power
    factor = np.array(
        [measured[months == m].mean() / raised[simulated_months == m].mean() for m in _MONTHS]
    )
    around = np.concatenate([factor[-1:], factor, factor[:1]])
    return power, np.convolve(around, _SMOOTH, "valid")


def _spread(months: Ints, values: Floats) -> float:
    logs = np.log(np.maximum(values, 1.0))
    return float(np.sqrt(np.mean([logs[months == m].var() for m in _MONTHS])))


def read_pm25(file: Path) -> Series:
    """Any file that holds hourly PM2.5. Raises CalibrationError."""
    try:
        series = read_series(file)
    except RealFileError as error:
        raise CalibrationError(file, error.problems) from error
    if "pm25_ug_m3" not in series:
        raise CalibrationError(file, [f"holds {series.kind}, expected hourly PM2.5"])
    return series


def _measured(file: Path, span: Span) -> tuple[Ints, Floats]:
    series = read_pm25(file)
    chosen = marked(series, span) & np.isfinite(series["pm25_ug_m3"])
    _check_months(file, series, chosen)
    return series.month[chosen], series["pm25_ug_m3"][chosen]


def _check_months(file: Path, series: Series, chosen: "np.typing.NDArray[np.bool_]") -> None:
    hours = np.bincount(series.month[chosen], minlength=12)
    thin = [f"month {m + 1} has {hours[m]} hours" for m in _MONTHS if hours[m] < LEAST_MONTH_H]
    if thin:
        raise CalibrationError(
            file, [f"{part}, at least {LEAST_MONTH_H} are needed" for part in thin]
        )


def _month_of(t_ms: Ints) -> Ints:
    local = (t_ms // 3_600_000 + 8).astype("datetime64[h]")
    return np.asarray(local.astype("datetime64[M]").astype(np.int64) % 12)


AIR_LEVEL = Fitter(
    name="air-level",
    needs="hourly PM2.5 of recent years at the US post (time_local_start, pm25_raw, qc)",
    out="calibrated/air_level.toml",
    fit=fit_air_level,
)

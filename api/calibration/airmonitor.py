"""The noise of the monitor behind a record of fine particles, from the record alone."""

from pathlib import Path

import numpy as np

from api.calibration.airlevel import read_pm25
from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.origins import origin_of
from api.calibration.part import to_fit
from twin.arrays import Bools, Floats

CLEAN_UG_M3 = (10.0, 20.0)  # mean of three hours: the air's own steps are small here
LEAST_TRIPLES = 500


def fit_air_monitor(file: Path, span: Span, report: Report) -> Calibrated:
    """One number: the standard deviation of a reading around the air of its hour."""
    values = to_fit(file, read_pm25(file), span)["pm25_ug_m3"]
    count = int(np.count_nonzero(clean(values)))
    if count < LEAST_TRIPLES:
        problem = f"{count} times three hours of clean air, at least {LEAST_TRIPLES} are needed"
        raise CalibrationError(file, [problem])
    noise = noise_ug_m3(values)
    report(1.0)
    name = f"{file.resolve().parent.name}/{file.name}"
    text = (
        "# Written by `hengfu calibrate air-monitor`; fit again instead of editing.\n"
        f"# FIT: from {count} times three clean hours of {name}, {span.text}:\n"
        f"# {origin_of(file, span)}.\n"
        "# The monitor's noise, none of the air's.\n"
        f"\n[haze_monitor]\nnoise_ug_m3 = {noise:.3g}\n"
    )
    return Calibrated(text, (("hours", f"{count:,}"), ("noise", f"{noise:.2f} µg/m³")))


def noise_ug_m3(values: Floats) -> float:
    """White noise of variance s^2 takes every step back in the next: their products have mean -s^2.

    What the air itself does makes the products larger, so this is rather too little.
    """
    first, second = np.diff(values)[:-1], np.diff(values)[1:]
    products = (first * second)[clean(values)]
    return float(np.sqrt(max(0.0, -float(products.mean()))))


def clean(values: Floats) -> Bools:
    """True where an hour and the next two are there and have the mean of clean air."""
    mean = (values[:-2] + values[1:-1] + values[2:]) / 3
    return np.asarray((mean >= CLEAN_UG_M3[0]) & (mean < CLEAN_UG_M3[1]))


AIR_MONITOR = Fitter(
    name="air-monitor",
    needs="hourly PM2.5 at the US post (time_local_start, pm25_raw, qc), years of the same monitor",
    out="calibrated/air_monitor.toml",
    fit=fit_air_monitor,
)

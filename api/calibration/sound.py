"""Minute texture of sound: two memories and short events, fitted to the moves around each hour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.pedestrians import in_years
from api.calibration.sources import header
from api.realism import measures
from api.realism.readers import RealFileError, read_series
from api.realism.series import Series
from api.realism.texture import DEVIATION, LAGS_MIN, QUANTILES, deviations, loud_pct, step_sd
from twin.arrays import Floats
from twin.streams import stream
from twin.systems.texture import TextureParams, happen, moves_db, wander

_NAMES = (
    "fast_sd_db", "fast_keep", "slow_sd_db", "slow_keep", "bend_per_db",
    "events_per_h", "event_db", "event_keep",
)  # fmt: skip
_FIRST = (1.2, 0.4, 1.2, 0.95, 0.15, 3.0, 4.0, 0.3)
_LOW = (0.1, 0.0, 0.1, 0.6, 0.001, 0.2, 1.0, 0.0)
_HIGH = (4.0, 0.8, 3.0, 0.99, 0.4, 20.0, 8.0, 0.8)
_ROUNDS, _SITES, _MINUTES = 40, 200, 120


def _fit(path: Path, span: Span, report: Report) -> Calibrated:
    try:
        series = read_series(path)
    except RealFileError as error:
        raise CalibrationError(path, error.problems) from error
    if series.kind != "sound":
        raise CalibrationError(path, [f"holds {series.kind}, expected one-minute sound levels"])
    series = in_years(path, series, span)
    real = fingerprint(series)
    if np.isnan(real).any():
        raise CalibrationError(path, ["too many gaps: no hour-by-hour moves can be measured"])
    params, miss = search(real, report)
    lines = [
        *header("minute texture", path, span, ("laeq_db",)),
        "[noise.texture]",
        *(f"{name} = {getattr(params, name):.3f}" for name in _NAMES),
    ]
    figures = (
        ("minutes", f"{len(series)}"),
        ("events per hour", f"{params.events_per_h:.1f}"),
        ("root mean square miss", f"{miss:.3f}"),
    )
    return Calibrated("\n".join(lines) + "\n", figures)


def fingerprint(series: Series) -> Floats:
    """Quantiles in dB, autocorrelations (x 10), step deviation and loud share of the minutes."""
    moves = deviations(series)
    values = moves[DEVIATION]
    memory = [10 * measures.autocorrelation(values, lag) for lag in LAGS_MIN]
    quantiles = measures.quantiles(values, QUANTILES)
    return np.array([*quantiles, *memory, step_sd(moves), loud_pct(moves)])


def simulate(params: TextureParams, minutes: int, seed: int) -> Floats:
    """The texture alone around a steady level of 50 dB, sites in one row after the other."""
    rng = stream(seed, "calibrate/sound")
    fast, slow = rng.standard_normal(_SITES), rng.standard_normal(_SITES)
    event, rows = np.zeros(_SITES), np.empty((minutes, _SITES))
    for row in rows:
        wander(fast, params.fast_keep, 60.0, rng)
        wander(slow, params.slow_keep, 60.0, rng)
        happen(event, params, 60.0, rng)
        row[:] = 50 + moves_db(fast, slow, event, params)
    return np.asarray(rows.T.ravel())


def search(real: Floats, report: Report, rounds: int = _ROUNDS) -> tuple[TextureParams, float]:
    """Coordinate steps that shrink, on the same chance every time, so that it ends at one place."""
    best = np.array(_FIRST)
    least = _miss(best, real)
    step = (np.array(_HIGH) - np.array(_LOW)) / 5
    for turn in range(rounds):
        better = False
        for place in range(len(best)):
            for sign in (1, -1):
                tried = best.copy()
                tried[place] = np.clip(best[place] + sign * step[place], _LOW[place], _HIGH[place])
                miss = _miss(tried, real)
                if miss < least:
                    best, least, better = tried, miss, True
        report((turn + 1) / rounds)
        if not better:
            step = step / 2
        if step.max() < 0.02:
            break
    return _params(best), least


def _miss(values: Floats, real: Floats) -> float:
    made = Series("sound", 0, 1, {"laeq_db": simulate(_params(values), _MINUTES, 1)})
    return float(np.sqrt(np.mean((fingerprint(made) - real) ** 2)))


def _params(values: Sequence[float] | Floats) -> TextureParams:
    return TextureParams(**dict(zip(_NAMES, map(float, values), strict=True)))


SOUND = Fitter("sound", "one-minute sound levels", "calibrated/sound.toml", _fit)

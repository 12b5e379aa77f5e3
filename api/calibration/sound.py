"""Minute texture of sound: two memories and short events, fitted to the moves around each hour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Report, Span
from api.calibration.part import to_check, to_fit
from api.calibration.sources import header
from api.realism import measures
from api.realism.readers import RealFileError, read_series
from api.realism.series import Series
from api.realism.texture import (
    DEVIATION,
    LAGS_MIN,
    QUANTILES,
    deviations,
    loud_pct,
    spread_by_hour,
    step_sd,
)
from twin.arrays import Floats, Ints
from twin.streams import stream
from twin.systems.texture import (
    TextureParams,
    balanced_db,
    happen,
    moves_db,
    offsets_db,
    widths,
)
from twin.wander import wander

_NAMES = (
    "fast_sd_db", "fast_keep", "slow_sd_db", "slow_keep", "bend_per_db",
    "events_per_h", "event_db", "event_keep", "stir_sd", "stir_keep", "calm",
)  # fmt: skip
_FIRST = (1.2, 0.4, 1.2, 0.93, 0.15, 3.0, 4.0, 0.1, 0.3, 0.99, 0.7)
_LOW = (0.1, 0.0, 0.1, 0.6, 0.001, 0.2, 1.0, 0.0, 0.0, 0.9, 0.3)
_HIGH = (4.0, 0.8, 3.0, 0.99, 0.4, 20.0, 8.0, 0.8, 0.8, 0.994, 1.0)
_ROUNDS, _SITES, _MINUTES = 40, 100, 1440
_WIDTH_SHARES = (0.1, 0.5, 0.9)
_DB, _MEMORY, _STEP_DB, _LOUD_PCT, _ALIKE = 0.5, 0.03, 0.16, 0.5, 0.2  # what counts as a miss of 1
_DAWN, _DAY = slice(1, 7), slice(10, 22)  # hours


def _fit(path: Path, span: Span, report: Report) -> Calibrated:
    try:
        series = read_series(path)
    except RealFileError as error:
        raise CalibrationError(path, error.problems) from error
    if series.kind != "sound":
        raise CalibrationError(path, [f"holds {series.kind}, expected one-minute sound levels"])
    rest, series = to_check(series, span), to_fit(path, series, span)
    real, usual_db = fingerprint(series), usual_day_db(series)
    if np.isnan(real).any():
        raise CalibrationError(path, ["too many gaps: no hour-by-hour moves can be measured"])
    params, miss = search(real, usual_db, report)
    lines = [
        *header("minute texture", (path,), span, ("laeq_db",)),
        "[noise.texture]",
        *(f"{name} = {getattr(params, name):.3f}" for name in _NAMES),
    ]
    figures = (
        ("minutes", f"{len(series)}"),
        ("events per hour", f"{params.events_per_h:.1f}"),
        ("root mean square miss, fitted part", f"{miss:.3f}"),
        ("root mean square miss, the rest", _missed(params, usual_db, rest)),
    )
    return Calibrated("\n".join(lines) + "\n", figures)


def fingerprint(series: Series) -> Floats:
    """Quantiles, autocorrelations, step deviation and loud share of the minutes; widths of single
    hours, how alike neighbours are, and the widths of dawn and day. In misses of 1."""
    moves = deviations(series)
    values = moves[DEVIATION]
    memory = [measures.autocorrelation(values, lag) / _MEMORY for lag in LAGS_MIN]
    quantiles = measures.quantiles(values, QUANTILES) / _DB
    minute = [step_sd(moves) / _STEP_DB, loud_pct(moves) / _LOUD_PCT]
    return np.array([*quantiles, *memory, *minute, *_hours(moves)])


def _hours(moves: Series) -> list[float]:
    """What the hours of the series have for widths."""
    hour = moves.minutes // 60 - moves.first_min // 60
    width = np.sqrt(measures.group_means(moves[DEVIATION] ** 2, hour, int(hour[-1]) + 1))
    alike = measures.autocorrelation(np.log(np.maximum(width, 0.1)), 1)
    by_hour = spread_by_hour(moves)
    shares = measures.quantiles(width, _WIDTH_SHARES) / _DB
    return [*shares, alike / _ALIKE, by_hour[_DAWN].mean() / _DB, by_hour[_DAY].mean() / _DB]


def usual_day_db(series: Series) -> Floats:
    """The level of each minute of a usual day: its mean and two waves.

    The city's own level rises and falls as well, so this is no part of the texture.
    """
    level, minute = series["laeq_db"], series.minutes % _MINUTES
    known = np.isfinite(level)
    course = np.linalg.lstsq(_waves(minute[known]), level[known], rcond=None)[0]
    return np.asarray(_waves(np.arange(_MINUTES)) @ course)


def _waves(minute: Ints) -> Floats:
    angle = 2 * np.pi * minute / _MINUTES
    waves = [wave(turns * angle) for turns in (1, 2) for wave in (np.sin, np.cos)]
    return np.column_stack([np.ones(len(minute)), *waves])


def simulate(params: TextureParams, usual_db: Floats, seed: int) -> Floats:
    """The texture around the usual level of a day from midnight on, site after site."""
    rng, offsets = stream(seed, "calibrate/sound"), offsets_db(params)
    fast, slow, stir = rng.standard_normal((3, _SITES))
    event, rows = np.zeros(_SITES), np.empty((len(usual_db), _SITES))
    for minute, row in enumerate(rows):
        wander(fast, params.fast_keep, rng)
        wander(slow, params.slow_keep, rng)
        wander(stir, params.stir_keep, rng)
        happen(event, params, 60.0, rng)
        width = widths(stir, minute / 60 % 24, params)
        moves = moves_db(fast, slow, event, width, params)
        row[:] = usual_db[minute] + balanced_db(moves, width, offsets)
    return np.asarray(rows.T.ravel())


def search(
    real: Floats, usual_db: Floats, report: Report, rounds: int = _ROUNDS
) -> tuple[TextureParams, float]:
    """Coordinate steps that shrink, on the same chance every time, so that it ends at one place."""
    best = np.array(_FIRST)
    least = _miss(best, usual_db, real)
    step = (np.array(_HIGH) - np.array(_LOW)) / 20  # wider ones end on a ledge
    for turn in range(rounds):
        better = False
        for place in range(len(best)):
            for sign in (1, -1):
                tried = best.copy()
                tried[place] = np.clip(best[place] + sign * step[place], _LOW[place], _HIGH[place])
                miss = _miss(tried, usual_db, real)
                if miss < least:
                    best, least, better = tried, miss, True
        report((turn + 1) / rounds)
        if not better:
            step = step / 2
        if step.max() < 0.02:
            break
    return _params(best), least


def _miss(values: Floats, usual_db: Floats, real: Floats) -> float:
    made = Series("sound", 0, 1, {"laeq_db": simulate(_params(values), usual_db, 1)})
    return float(np.sqrt(np.mean((fingerprint(made) - real) ** 2)))


def _missed(params: TextureParams, usual_db: Floats, rest: Series | None) -> str:
    if rest is None:
        return "nothing: every row was fitted"
    values = np.array([getattr(params, name) for name in _NAMES])
    return f"{_miss(values, usual_db, fingerprint(rest)):.3f}"


def _params(values: Sequence[float] | Floats) -> TextureParams:
    return TextureParams(**dict(zip(_NAMES, map(float, values), strict=True)))


SOUND = Fitter("sound", "one-minute sound levels", "calibrated/sound.toml", _fit)

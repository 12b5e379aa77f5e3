"""From what is to what is read, for many series in one pass.

    y = quantise((1 + g) x + b + drift(t) + k_T (T - 20) + noise), noise AR(1)

x is first disturbed by the one quantity that leaks in, where the catalogue names one. The lag of
real instruments is left out: it is shorter than the cadences here.
"""

import numpy as np

from sensors.instruments import (
    ABOVE,
    ADD,
    DITHER,
    GAIN,
    HIGH,
    LOW,
    MUL,
    NOISE,
    NOISE_REL,
    OVER,
    STEP,
    TEMP,
    TIMES,
    Instruments,
)
from sensors.noise import Keys, coloured, draw, fraction, salted, uniform
from twin.arrays import Floats, Index, Ints

CHUNK = 4096  # series per pass: its arrays fit the second-level cache
FLIP_MS = 15 * 60_000  # a wrong boolean stays wrong for a quarter of an hour (design choice)
_NEUTRAL_C = 20.0


def measure(
    instruments: Instruments, offsets: Floats, flat: Floats, series: Index, tick: Ints, t_ms: int
) -> tuple[Floats, Keys]:
    """Wire values of these series at this time, and 64 random bits beside each.

    `tick` counts the samples of each series. Booleans come as 0 and 1, states as their number.
    """
    values, draws = np.empty(len(series)), np.empty(len(series), np.uint64)
    for start in range(0, len(series), CHUNK):
        part = slice(start, start + CHUNK)
        values[part], draws[part] = _numbers(instruments, offsets, flat, series[part], tick[part])
    _booleans(instruments, flat, series, t_ms, values)
    return values, draws


def _numbers(
    instruments: Instruments, offsets: Floats, flat: Floats, series: Index, tick: Ints
) -> tuple[Floats, Keys]:
    p = instruments.parameters.take(series, axis=1)
    x = flat[instruments.truth_at[series]]
    excess = flat[instruments.cross_at[series]] - p[ABOVE]
    np.maximum(excess, 0.0, out=excess)
    _calm(instruments, flat, series, excess)
    y = x * (1.0 + p[MUL] * excess)
    y += p[ADD] * excess
    sigma = p[NOISE] + p[NOISE_REL] * np.abs(y)
    y *= p[GAIN]
    y += offsets[series]
    y += p[TEMP] * (flat[instruments.temp_at[series]] - _NEUTRAL_C)
    weights = instruments.weights[:, instruments.grade[series]]
    noise, draws = coloured(instruments.keys[series], tick, weights)
    noise *= sigma
    y += noise
    _wrap(instruments, p, series, y)
    return _quantised(p, y, draws), draws


def _calm(instruments: Instruments, flat: Floats, series: Index, excess: Floats) -> None:
    """Leaks that a third quantity takes away: the sun on a shield, less with every m/s of wind."""
    fading = np.flatnonzero(instruments.fades_over[series])
    if len(fading):
        mine = series[fading]
        left = 1.0 - flat[instruments.fades_at[mine]] / instruments.fades_over[mine]
        excess[fading] *= np.maximum(left, 0.0)


def _wrap(instruments: Instruments, p: Floats, series: Index, y: Floats) -> None:
    """Directions go round: 361° is 1°, and what would round up to 360° is 0°."""
    turning = np.flatnonzero(instruments.circular[series])
    if len(turning):
        low, high, step = p[LOW, turning], p[HIGH, turning], p[STEP, turning]
        y[turning] = low + np.rint((y[turning] - low) / step) * step % (high - low)


def _quantised(p: Floats, y: Floats, draws: Keys) -> Floats:
    """Clipped to the range and rounded to whole steps, in wire units."""
    np.clip(y, p[LOW], p[HIGH], out=y)
    y /= p[STEP]
    y += 0.5 + p[DITHER] * (fraction(draws) - 0.5)
    np.floor(y, out=y)
    y *= p[TIMES]
    y /= p[OVER]
    return y


def _booleans(
    instruments: Instruments, flat: Floats, series: Index, t_ms: int, values: Floats
) -> None:
    where = np.flatnonzero(instruments.boolean[series])
    if len(where):
        mine = series[where]
        true = flat[instruments.truth_at[mine]] > instruments.threshold[mine]
        chance = uniform(draw(salted(instruments.keys[mine], "flip"), t_ms // FLIP_MS))
        values[where] = true ^ (chance < instruments.error_rate[mine])

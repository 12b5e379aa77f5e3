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
from twin.arrays import Array, Floats, Index, Ints

CHUNK = 8192  # series per pass: its arrays fit the caches, its calls are few
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
        rows = _rows(series[part])
        values[part], draws[part] = _numbers(instruments, offsets, flat, rows, tick[part])
        if instruments.special[rows].any():
            _booleans(instruments, flat, series[part], t_ms, values[part])
    return values, draws


def _rows(series: Index) -> Index | slice:
    """Neighbours in order as a slice: their columns are seen, not copied."""
    first, last = int(series[0]), int(series[-1])
    together = last - first == len(series) - 1 and bool((series[1:] > series[:-1]).all())
    return slice(first, last + 1) if together else series


def _columns(matrix: Floats, rows: Index | slice) -> Floats:
    return matrix[:, rows] if isinstance(rows, slice) else matrix.take(rows, axis=1)


def _numbers(
    instruments: Instruments, offsets: Floats, flat: Floats, rows: Index | slice, tick: Ints
) -> tuple[Floats, Keys]:
    p = _columns(instruments.parameters, rows)
    special = np.flatnonzero(instruments.special[rows])
    excess = flat[instruments.cross_at[rows]]
    excess -= p[ABOVE]
    np.maximum(excess, 0.0, out=excess)
    _calm(instruments, flat, rows, special, excess)
    y = p[MUL] * excess
    y += 1.0
    y *= flat[instruments.truth_at[rows]]
    excess *= p[ADD]
    y += excess
    sigma = np.abs(y)
    sigma *= p[NOISE_REL]
    sigma += p[NOISE]
    y *= p[GAIN]
    y += offsets[rows]
    warm = flat[instruments.temp_at[rows]]
    warm -= _NEUTRAL_C
    warm *= p[TEMP]
    y += warm
    noise, draws = coloured(instruments.keys[rows], tick, _columns(instruments.weights, rows))
    noise *= sigma
    y += noise
    _wrap(instruments, p, rows, special, y)
    return _quantised(p, y, draws), draws


def _calm(
    instruments: Instruments, flat: Floats, rows: Index | slice, special: Array, excess: Floats
) -> None:
    """Leaks that a third quantity takes away: the sun on a shield, less with every m/s of wind."""
    over = instruments.fades_over[rows][special]
    fading = special[over > 0]
    if len(fading):
        left = 1.0 - flat[instruments.fades_at[rows][fading]] / over[over > 0]
        excess[fading] *= np.maximum(left, 0.0)


def _wrap(
    instruments: Instruments, p: Floats, rows: Index | slice, special: Array, y: Floats
) -> None:
    """Directions go round: 361° is 1°, and what would round up to 360° is 0°."""
    turning = special[instruments.circular[rows][special]]
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

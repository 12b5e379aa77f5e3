"""From what is to what is read, for many series in one pass.

    y = quantise((1 + g) x + b + drift(t) + k_T (T - 20) + noise), noise AR(1), then spikes

x is first disturbed by the one quantity that leaks in, where the catalogue names one. The lag of
real instruments is left out: it is shorter than the cadences here.
"""

import numpy as np

from sensors import faults
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
    SPIKES,
    STEP,
    TEMP,
    TIMES,
    Instruments,
)
from sensors.noise import Keys, coloured, draw, fraction, salted, uniform
from twin.arrays import Bools, Floats, Index, Ints

CHUNK = 4096  # series per pass: its arrays fit the second-level cache
FLIP_MS = 15 * 60_000  # a wrong boolean stays wrong for a quarter of an hour (design choice)
_NEUTRAL_C = 20.0


def measure(
    instruments: Instruments, offsets: Floats, flat: Floats, series: Index, tick: Ints, t_ms: int
) -> tuple[Floats, Bools]:
    """Wire values of these series at this time, and which of them are spikes.

    `tick` counts the samples of each series. Booleans come as 0 and 1, states as their number.
    """
    values, spiked = np.empty(len(series)), np.zeros(len(series), bool)
    for start in range(0, len(series), CHUNK):
        part = slice(start, start + CHUNK)
        values[part], spiked[part] = _numbers(instruments, offsets, flat, series[part], tick[part])
    _booleans(instruments, flat, series, t_ms, values)
    return values, spiked


def _numbers(
    instruments: Instruments, offsets: Floats, flat: Floats, series: Index, tick: Ints
) -> tuple[Floats, Bools]:
    p = instruments.parameters.take(series, axis=1)
    keys = instruments.keys[series]
    x = flat[instruments.truth_at[series]]
    excess = flat[instruments.cross_at[series]] - p[ABOVE]
    np.maximum(excess, 0.0, out=excess)
    x = x * (1.0 + p[MUL] * excess) + p[ADD] * excess
    sigma = p[NOISE] + p[NOISE_REL] * np.abs(x)
    y = p[GAIN] * x + offsets[series]
    y += p[TEMP] * (flat[instruments.temp_at[series]] - _NEUTRAL_C)
    noise, draws = coloured(keys, tick, instruments.weights[:, instruments.grade[series]])
    y += sigma * noise
    spiked = faults.spike(y, sigma, p[SPIKES], draws)
    _wrap(instruments, p, series, y)
    return _quantised(p, y, draws), spiked


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

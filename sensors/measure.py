"""From what is to what is read, for many series in one pass.

    y = quantise((1 + g) x + b + drift(t) + k_T (T - 20) + noise), noise AR(1)

x is first disturbed by the one quantity that leaks in, where the catalogue names one. The lag of
real instruments is left out: it is shorter than the cadences here.
"""

import numpy as np

from sensors.colour import Colour
from sensors.instruments import (
    ABOVE,
    COMMON,
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
from sensors.layout import Flat, some
from sensors.noise import Keys, draw, fraction, salted, uniform
from sensors.rhythm import Rows
from twin.arrays import Array, Bools, Floats, Ints

CHUNK = 8192  # readings per pass: its arrays fit the caches, its calls are few
FLIP_MS = 15 * 60_000  # a wrong boolean stays wrong for a quarter of an hour (design choice)
_NEUTRAL_C = 20.0


def numbers(
    instruments: Instruments,
    colour: Colour,
    offsets: Floats,
    flat: Flat,
    rows: Rows,
    sample: Ints,
    shift: Ints | None,
    out: tuple[Floats, Keys],
) -> None:
    """Wire values of these rows of the instruments, and 64 random bits beside each, into `out`.

    `sample` counts the samples of each; `shift` leads to its tick in `flat`.
    States come as their number.
    """
    values, draws = out
    for start in range(0, len(sample), CHUNK):
        part = slice(start, min(start + CHUNK, len(sample)))
        values[part], draws[part] = _numbers(
            instruments,
            colour,
            offsets,
            flat,
            _stretch(rows, part),
            sample[part],
            some(shift, part),
        )


def switches(
    instruments: Instruments, wrong: Bools, flat: Flat, rows: Rows, shift: Ints | None
) -> Floats:
    """Booleans of these rows as 0 and 1; the `wrong` ones say the opposite."""
    true = flat.take(instruments.truth_at[rows], shift) > instruments.threshold[rows]
    return np.asarray(true ^ wrong[rows], np.float64)


def wrong_switches(instruments: Instruments, t_ms: int) -> Bools:
    """Which instruments say the opposite if they are booleans, for a quarter of an hour."""
    chance = uniform(draw(salted(instruments.keys, "flip"), t_ms // FLIP_MS))
    wrong: Bools = chance < instruments.error_rate
    return wrong


def _stretch(rows: Rows, part: slice) -> Rows:
    if isinstance(rows, slice):
        return slice(rows.start + part.start, rows.start + part.stop)
    return rows[part]


def _columns(matrix: Floats, rows: Rows) -> Floats:
    return matrix[:, rows] if isinstance(rows, slice) else matrix.take(rows, axis=1)


def _numbers(
    instruments: Instruments,
    colour: Colour,
    offsets: Floats,
    flat: Flat,
    rows: Rows,
    sample: Ints,
    shift: Ints | None,
) -> tuple[Floats, Keys]:
    p = _columns(instruments.parameters[:COMMON], rows)
    y = flat.take(instruments.truth_at[rows], shift)
    noise, draws = colour.noise(rows, sample)
    special = np.flatnonzero(instruments.special[rows])
    at = special + rows.start if isinstance(rows, slice) else rows[special]
    then = some(shift, special)
    y[special] = _disturbed(instruments, flat, at, then, y[special])
    sigma = np.abs(y)
    sigma *= p[NOISE_REL]
    sigma += p[NOISE]
    y *= p[GAIN]
    y += offsets[rows]
    y[special] += _warmth(instruments, flat, at, then)
    noise *= sigma
    y += noise
    y[special] = _wrapped(instruments, at, y[special])
    half = np.full(len(y), 0.5)
    half[special] += _dither(instruments, at, draws[special])
    return quantised(p, y, half), draws


def _disturbed(
    instruments: Instruments, flat: Flat, at: Array, shift: Ints | None, y: Floats
) -> Floats:
    """With what leaks in; some leaks a third quantity takes away, as wind does with the sun on a
    shield."""
    above, add, mul = instruments.parameters[ABOVE : MUL + 1].take(at, axis=1)
    excess = np.maximum(flat.take(instruments.cross_at[at], shift) - above, 0.0)
    over = instruments.fades_over[at]
    fading = np.flatnonzero(over > 0)
    if len(fading):
        calm = flat.take(instruments.fades_at[at[fading]], some(shift, fading))
        excess[fading] *= np.maximum(1.0 - calm / over[fading], 0.0)
    return np.asarray((1.0 + mul * excess) * y + add * excess)


def _warmth(instruments: Instruments, flat: Flat, at: Array, shift: Ints | None) -> Floats:
    """What the temperature adds."""
    warm = flat.take(instruments.temp_at[at], shift) - _NEUTRAL_C
    return np.asarray(warm * instruments.parameters[TEMP, at])


def _wrapped(instruments: Instruments, at: Array, y: Floats) -> Floats:
    """Directions go round: 361° is 1°, and what would round up to 360° is 0°."""
    turning = np.flatnonzero(instruments.circular[at])
    if len(turning):
        low, high = instruments.parameters[LOW : HIGH + 1].take(at[turning], axis=1)
        step = instruments.parameters[STEP, at[turning]]
        y[turning] = low + np.rint((y[turning] - low) / step) * step % (high - low)
    return y


def _dither(instruments: Instruments, at: Array, draws: Keys) -> Floats:
    """What is added before rounding: nothing, or by chance up to half a step up or down."""
    return np.asarray(instruments.parameters[DITHER, at] * (fraction(draws) - 0.5))


def quantised(p: Floats, y: Floats, half: Floats | float = 0.5) -> Floats:
    """Clipped to the range and rounded to whole steps, in wire units, in place; p: the common
    parameters."""
    np.maximum(y, p[LOW], out=y)
    np.minimum(y, p[HIGH], out=y)
    y /= p[STEP]
    y += half
    np.floor(y, out=y)
    y *= p[TIMES]
    y /= p[OVER]
    return y

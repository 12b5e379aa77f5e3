"""Chance of the neurons: a counter hash, so every number depends on its name and tick alone.

draw(key, tick) is 64 bits: the finaliser of SplitMix64 (Steele, Lea, Flood 2014) over
key + tick * golden ratio. One draw is cut in three independent parts:

    bits 63..48 -> a normal, by a table of 65,536 quantiles (tails end at 4.3 σ)
    bits 47..16 -> a uniform for rare events (resolution 2**-32)
    bits 15..0  -> a uniform for rounding by chance (resolution 2**-16)
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from twin.arrays import Array, Floats, Ints

Keys = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)
_S48, _S16 = np.uint64(48), np.uint64(16)
_LOW_32, _LOW_16 = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
WIDEST = 4.35  # no normal of one draw is further from 0
_STRETCH = 16_384
AR_LAGS = 3  # terms kept of the moving average
_LAGS = np.arange(AR_LAGS + 1, dtype=np.uint64)[:, None] * _GOLDEN


def keys_of(seed: int, names: Iterable[str]) -> Keys:
    """One 64-bit key per name; BLAKE2b, so other names do not matter."""
    salt = str(seed).encode()[:64]
    digests = [hashlib.blake2b(name.encode(), digest_size=8, key=salt).digest() for name in names]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def salted(keys: Keys, purpose: str) -> Keys:
    """Keys of another stream for the same names."""
    other: Keys = keys ^ keys_of(0, [purpose])[0]
    return other


def draw(keys: Keys, tick: Ints | int) -> Keys:
    """64 random bits per key at this tick (one tick for all or one per key)."""
    return _mixed(_counter(keys, tick))


def _counter(keys: Keys, tick: Ints | int) -> Keys:
    """The number that is hashed; a tick earlier it is less by the golden ratio."""
    return keys + np.asarray(tick).astype(np.uint64) * _GOLDEN


def _mixed(z: Keys) -> Keys:
    """The finaliser, in place, in stretches that stay in the nearest cache."""
    flat = z.ravel(order="K")  # a view, for z is newly made
    for start in range(0, len(flat), _STRETCH):
        _mix(flat[start : start + _STRETCH])
    return z


def _mix(z: Keys) -> None:
    part = z >> _S30
    z ^= part
    z *= _MIX_1
    np.right_shift(z, _S27, out=part)
    z ^= part
    z *= _MIX_2
    np.right_shift(z, _S31, out=part)
    z ^= part


def normal(draws: Keys) -> Floats:
    """Standard normals from the upper bits."""
    return _quantiles().take((draws >> _S48).view(np.int64))


def middle(draws: Keys) -> Keys:
    """The middle bits: whole numbers below 2**32, for what happens at so many in 2**32."""
    bits = draws >> _S16
    bits &= _LOW_32
    return bits


def uniform(draws: Keys) -> Floats:
    """0 <= u < 1 from the middle bits."""
    return middle(draws).astype(np.float64) * 2.0**-32


def fraction(draws: Keys) -> Floats:
    """0 <= u < 1 from the low bits."""
    return (draws & _LOW_16).astype(np.float64) * 2.0**-16


def ar_weights(phi: float) -> Floats:
    """Weights of the last innovations, newest first, that make unit noise with lag-1 phi.

    AR(1) as a moving average cut after AR_LAGS terms: no state to carry, so still pure. The
    ratio of the weights is a little above phi, so that the cut does not lower the correlation.
    """
    low, high = phi, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _lag_1(middle) < phi else (low, middle)
    weights: Floats = low ** np.arange(AR_LAGS + 1.0)
    weights /= np.sqrt((weights**2).sum())
    return weights


def _lag_1(ratio: float) -> float:
    """Correlation of neighbours in a moving average whose weights fall by this ratio."""
    weights = ratio ** np.arange(AR_LAGS + 1.0)
    return float((weights[1:] * weights[:-1]).sum() / (weights**2).sum())


def draw_back(keys: Keys, tick: Ints) -> Keys:
    """The draws of these ticks and of the AR_LAGS before, newest first: lags x keys."""
    return _mixed(_counter(keys, tick) - _LAGS)


@cache
def _quantiles() -> Array:
    """Standard normal quantiles at (i + 1/2) / 65536."""
    half = [NormalDist().inv_cdf((i + 0.5) / 65536) for i in range(32768)]
    lower = np.array(half)
    return np.concatenate([lower, -lower[::-1]])

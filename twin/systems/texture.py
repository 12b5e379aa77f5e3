"""How sound moves from minute to minute around its hour: two memories and short loud events."""

import math
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.config import Table
from twin.profiles import NotNegative, Share

Keep = Annotated[float, Field(ge=0, lt=1)]
LOUDEST_DB = 20.0  # moves and events are cut here (design choice)
_STILLEST_H = 3.5  # local hour (design choice)
_WIDTHS = np.linspace(0.0, 5.0, 51)
_EVEN = (np.arange(500) + 0.5) / 500  # ranks of an event's height


class TextureParams(Table):
    """Section [noise.texture], fitted.

    *_keep: what is left a minute later; bend_per_db: how much louder moves outdo quieter ones;
    event_db: mean height of an event over the minute's level, exponential. stir_sd: how the
    width of all moves strays, as a logarithm; calm: width at 3:30 as a share of that at 15:30.
    """

    fast_sd_db: NotNegative
    fast_keep: Keep
    slow_sd_db: NotNegative
    slow_keep: Keep
    bend_per_db: Annotated[float, Field(gt=0, le=0.4)]
    events_per_h: NotNegative
    event_db: Annotated[float, Field(gt=0)]
    event_keep: Keep
    stir_sd: NotNegative
    stir_keep: Keep
    calm: Share


def awake(hour: float) -> float:
    """The city's day: 0 at 3:30, 1 at 15:30."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * (hour - _STILLEST_H) / 24)


def widths(stir: Floats, hour: float, params: TextureParams) -> Floats:
    """How wide the moves are now: less before dawn, and some hours more than others."""
    usual = params.calm + (1 - params.calm) * awake(hour)
    return np.asarray(usual * np.exp(params.stir_sd * stir - params.stir_sd**2 / 2))


def offsets_db(params: TextureParams) -> Floats:
    """What to take away so that the mean energy stays that of the steady level, by width."""
    return np.array([_offset_db(width, params) for width in _WIDTHS.tolist()])


def _offset_db(width: float, params: TextureParams) -> float:
    sd = math.hypot(params.fast_sd_db, params.slow_sd_db)
    z = np.linspace(-5, 5, 501)
    weight = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    swing = float(weight @ 10 ** (np.minimum(LOUDEST_DB, width * bent(sd * z, params)) / 10))
    rate = params.events_per_h / 60
    share = rate / (rate + 1 - params.event_keep)
    height = np.minimum(LOUDEST_DB, -width * params.event_db * np.log(1 - _EVEN))
    energy = float(np.mean(10 ** (height / 10)))
    return 10 * math.log10(swing * (1 - share + share * energy))


def bent(swing_db: Floats, params: TextureParams) -> Floats:
    """A normal swing in dB with a longer loud side: sounds add, silence has a floor."""
    return np.asarray(np.expm1(params.bend_per_db * swing_db) / params.bend_per_db)


def moves_db(
    fast: Floats, slow: Floats, event_db: Floats, width: Floats, params: TextureParams
) -> Floats:
    """Deviation of the minute from its hour in dB."""
    swing = bent(params.fast_sd_db * fast + params.slow_sd_db * slow, params)
    event = np.minimum(LOUDEST_DB, width * event_db)
    return np.asarray(np.minimum(LOUDEST_DB, width * swing) + event)


def balanced_db(moves: Floats, width: Floats, offsets: Floats) -> Floats:
    """The moves less their offset: they leave the energy as it was."""
    return np.asarray(moves - np.interp(width, _WIDTHS, offsets))


def happen(event_db: Floats, params: TextureParams, dt_s: float, rng: np.random.Generator) -> None:
    """Events end and begin in place; 0 where there is none."""
    chance = rng.random((2, len(event_db)))
    event_db *= chance[0] < params.event_keep ** (dt_s / 60)
    begins = (event_db == 0) & (chance[1] < -math.expm1(-params.events_per_h * dt_s / 3600))
    height = rng.exponential(params.event_db, len(event_db))
    event_db[begins] = height[begins]

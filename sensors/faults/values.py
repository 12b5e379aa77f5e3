"""Faults of what a neuron measures: each takes the readings it strikes, gives what they become.

Values are in wire units, states their numbers; nothing is added, lost or moved in time.
"""

from dataclasses import replace

import numpy as np

from sensors.faults.tools import AIR_TEMPERATURE, Memory, Spell, Tools
from sensors.noise import fraction
from sensors.reading import Messages
from twin.arrays import Floats


def bias(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """Off by `size` σ all along."""
    return _shifted(batch, tools, spell.size)


def drift(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """Further off the longer it lasts, `size` σ at the end."""
    return _shifted(batch, tools, spell.size * spell.progress())


def spike(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """Thrown off by `size` σ, up or down."""
    return _shifted(batch, tools, np.where(fraction(spell.draws) < 0.5, -1, 1) * spell.size)


def stuck(batch: Messages, _spell: Spell, _tools: Tools, memory: Memory) -> Messages:
    """The first value since it stuck, again and again."""
    series = batch.series
    fresh = np.flatnonzero(np.isnan(memory.held[series]))[::-1]  # so that the first one stays
    memory.held[series[fresh]] = batch.value[fresh]
    return replace(batch, value=memory.held[series])


def detached(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """A probe that hangs in the air: air temperature, or what is nearest to nothing."""
    value = tools.rest[batch.series]
    air_c = spell.moment.arrays.get(AIR_TEMPERATURE)
    if air_c is not None:
        warm = tools.celsius[batch.series]
        value = np.where(warm, air_c[tools.zone(batch.series)], value)
    return replace(batch, value=tools.fit(batch.series, value))


def _shifted(batch: Messages, tools: Tools, sigmas: Floats) -> Messages:
    off = sigmas * tools.sigma(batch.series, batch.value)
    return replace(batch, value=tools.fit(batch.series, batch.value + off))

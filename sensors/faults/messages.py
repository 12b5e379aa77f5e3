"""Faults of clocks, radios, gateways: each takes messages it strikes, gives what comes of them.

All readings of a neuron at one time are one message and share their fate.
"""

from dataclasses import replace

import numpy as np

from sensors.catalogue import GRID_MS
from sensors.faults.tools import Memory, Spell, Tools
from sensors.noise import Keys, draw, uniform
from sensors.reading import Messages
from twin.arrays import Floats, Ints
from twin.clock import SECOND_MS

BUFFER_READINGS = 50_000  # what all gateways together remember while they are cut off
WEAK_FROM = 0.8  # share of a battery's decline from which messages are lost


def lost(_batch: Messages, _spell: Spell, _tools: Tools, _memory: Memory) -> Messages:
    """Nothing comes of it: the neuron is dead, out of power, unheard, or its gateway is out."""
    return Messages.empty()


def battery(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """The charge falls to nothing; near the end more and more messages are lost."""
    used = spell.progress()
    told = tools.battery[batch.series]
    value = np.where(told, tools.fit(batch.series, batch.value * (1 - used)), batch.value)
    weak = (used - WEAK_FROM) / (1 - WEAK_FROM)
    return replace(batch, value=value).take(uniform(spell.draws) >= weak)


def clock_skew(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """A clock that runs `size` ppm too fast or too slow since the start."""
    return _ahead(batch, tools, spell.size * 1e-6 * (spell.now_ms - spell.start_ms))


def clock_jump(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """A clock that is `size` seconds off; the odd part keeps old device times from coming again."""
    whole = np.rint(spell.size * SECOND_MS / GRID_MS) * GRID_MS
    odd = 2_000 + spell.start_ms % 6_000
    return _ahead(batch, tools, whole + odd)


def spoofed(batch: Messages, spell: Spell, tools: Tools, _memory: Memory) -> Messages:
    """Somebody else speaks under the name as well: made-up values within the range."""
    low, high = tools.low[batch.series], tools.high[batch.series]
    each = draw(spell.draws, batch.series.astype(np.int64))
    value = tools.fit(batch.series, low + uniform(each) * (high - low))
    whole = ~tools.numeric[batch.series]
    value = np.where(whole, np.rint(low + uniform(each) * (high - low)), value)
    forged = replace(batch, value=value, t_ms=batch.t_ms + _odd_ms(spell.draws))
    return Messages.concat([batch, forged])


def duplicate(batch: Messages, spell: Spell, _tools: Tools, memory: Memory) -> Messages:
    """The same message once more, `size` seconds later."""
    memory.keep(batch, spell.now_ms + _ms(spell.size))
    return batch


def late(batch: Messages, spell: Spell, _tools: Tools, memory: Memory) -> Messages:
    """It arrives `size` seconds late, after younger ones."""
    memory.keep(batch, spell.now_ms + _ms(spell.size))
    return Messages.empty()


def backfill(batch: Messages, spell: Spell, _tools: Tools, memory: Memory) -> Messages:
    """A gateway that is cut off keeps what it hears and sends it afterwards, within `size` s.

    In any order, beside what is fresh; when its memory is full the oldest is lost.
    """
    memory.keep(batch, spell.end_ms + _ms(spell.size * uniform(draw(spell.draws, 5))))
    memory.forget_oldest(BUFFER_READINGS)
    return Messages.empty()


def _ahead(batch: Messages, tools: Tools, by_ms: Floats) -> Messages:
    """Device times moved; a neuron that reports its clock's offset reports this one too."""
    told = tools.clock_offset[batch.series]
    value = np.where(told, tools.fit(batch.series, batch.value + by_ms / SECOND_MS), batch.value)
    return replace(batch, value=value, t_ms=batch.t_ms + np.rint(by_ms).astype(np.int64))


def _odd_ms(draws: Keys) -> Ints:
    """2 to 4 s: between two samples of the fleet's grid."""
    return 2_000 + np.floor(2_000 * uniform(draw(draws, 6))).astype(np.int64)


def _ms(seconds: Floats) -> Ints:
    return np.rint(seconds * SECOND_MS).astype(np.int64)

"""A course of events that something can change: it acts, and says when it acts next."""

from collections.abc import Callable
from dataclasses import dataclass

from twin.state import CityState
from twin.tick import Tick


@dataclass(frozen=True, slots=True)
class Course:
    """How far a course has come stands in the state, never in a generator.

    begin sets it up at the start of a run, before the systems; due_ms is when it acts next, ms
    UTC; act does what is due at that moment and moves it on.
    """

    begin: Callable[[CityState, Tick], None]
    due_ms: Callable[[CityState], int]
    act: Callable[[CityState, Tick], None]

"""Which method an indicator gets, and at which leads it may be shown: a trial on its own past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from api.forecast.model import Fitted, Method, Stretch, fit
from api.forecast.tally import Skill, Tally, rivals, tally
from api.forecast.timetable import SLOTS

METHODS = tuple(Method(*choice) for choice in product((True, False), repeat=4))


@dataclass(frozen=True, slots=True)
class Bar:
    """What must be shown in the trial: `gain` over the better baseline, beyond chance.

    `trial_share` of the days are forecast from those before them; `sureness` is the mean gain of
    a day over its standard error.
    """

    gain: float = 0.02
    sureness: float = 2.0
    trial_share: float = 1 / 3

    def passed(self, skill: Skill) -> bool:
        return skill.gain >= self.gain and skill.sureness >= self.sureness


@dataclass(frozen=True, slots=True)
class Chosen:
    """A fitted model with its record by lead, and which leads may be shown."""

    fitted: Fitted
    skills: tuple[Skill, ...]
    shown: tuple[bool, ...]


def choose(
    past: Stretch, leads: tuple[int, ...], judged: Sequence[int], positive: bool, bar: Bar
) -> Chosen:
    """Try all methods at the `judged` leads, take the best, and fit it to all of the past.

    `positive` values may be modelled on a log scale.
    """
    days = len(past.values) // SLOTS
    known = (days - max(1, round(days * bar.trial_share))) * SLOTS
    against = rivals(past, leads, known)
    head = replace(past, values=past.values[:known], drivers=past.drivers[:known])
    at = [leads.index(lead) for lead in judged]
    methods = [one for one in METHODS if _possible(one, past, positive)]
    losses = [
        _loss(tally(fit(head, one, tuple(judged)), past, against[at], known)) for one in methods
    ]
    best = methods[int(np.argmin(losses))]
    skills = tally(fit(head, best, leads), past, against, known).skills()
    return Chosen(fit(past, best, leads), skills, tuple(bar.passed(skill) for skill in skills))


def _possible(method: Method, past: Stretch, positive: bool) -> bool:
    return (positive or not method.logged) and (past.drivers.shape[1] > 0 or not method.driven)


def _loss(scores: Tally) -> float:
    """Mean over the leads of our CRPS in units of the rival's."""
    return float(np.mean([1 - skill.gain for skill in scores.skills()]))

"""Which method an indicator gets, and at which leads it may be shown: a trial on its own past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from api.forecast.model import Fitted, Method, Stretch, fit
from api.forecast.settings import Bar
from api.forecast.tally import Skill, Tally, rivals, tally
from api.forecast.timetable import SLOTS
from api.forecast.widening import widths

SHAPES = tuple(Method(*shape) for shape in product((True, False), repeat=2))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A fitted model with its record by lead, and which leads may be shown."""

    fitted: Fitted
    skills: tuple[Skill, ...]
    shown: tuple[bool, ...]


def choose(
    past: Stretch, leads: tuple[int, ...], judged: Sequence[int], positive: bool, bar: Bar
) -> Chosen:
    """Try methods at the `judged` leads, take the best, and fit it to all of the past.

    `positive` values may be modelled on a log scale.
    """
    days = len(past.values) // SLOTS
    known = (days - max(1, round(days * bar.trial_share))) * SLOTS
    against = rivals(past, leads, known)
    head = replace(past, values=past.values[:known], drivers=past.drivers[:known])
    at = [leads.index(lead) for lead in judged]

    def loss(method: Method) -> float:
        return _loss(tally(fit(head, method, tuple(judged)), past, against[at], known))

    best = _search(loss, positive, past.drivers.shape[1] > 0)
    tried = fit(head, best, leads)
    tried = replace(tried, widths=widths(tried, past, known))
    skills = tally(tried, past, against, known).skills()
    fitted = replace(fit(past, best, leads), widths=tried.widths)
    return Chosen(fitted, skills, tuple(passed(skill, bar) for skill in skills))


def passed(skill: Skill, bar: Bar) -> bool:
    """Better than both baselines, by enough and beyond chance."""
    return skill.gain >= bar.gain and skill.sureness >= bar.sureness


def _search(loss: Callable[[Method], float], positive: bool, drivers: bool) -> Method:
    """First the shape, then whether drivers and nearness to persistence help it."""
    shapes = [one for one in SHAPES if positive or not one.logged]
    losses = {one: loss(one) for one in shapes}
    shape = min(losses, key=losses.__getitem__)
    extras = [replace(shape, driven=driven, held=held)
              for driven, held in product((False, True), repeat=2)
              if (driven or held) and (drivers or not driven)]  # fmt: skip
    losses |= {one: loss(one) for one in extras}
    return min(losses, key=losses.__getitem__)


def _loss(scores: Tally) -> float:
    """Mean over the leads of our CRPS in units of the rival's."""
    return float(np.mean([1 - skill.gain for skill in scores.skills()]))

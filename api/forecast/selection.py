"""Which method an indicator gets, and at which leads it may be shown: a trial on its own past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from api.forecast.model import Fitted, Method, Stretch, fit
from api.forecast.settings import Bar
from api.forecast.tally import Skill, Tally, lookouts, rivals, tally
from api.forecast.timetable import SLOTS
from api.forecast.widening import Widening
from twin.arrays import Floats

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
    scores, widening = trial(fit(head, best, leads), past, against, known)
    fitted, skills = replace(fit(past, best, leads), widening=widening), scores.skills()
    return Chosen(fitted, skills, tuple(passed(skill, bar) for skill in skills))


def trial(fitted: Fitted, whole: Stretch, against: Floats, known: int) -> tuple[Tally, Widening]:
    """Scores on the days from row `known` on, and the widening that they teach.

    Each day wears what the days of the other parity teach, so that its coverage is no foregone
    conclusion; the days to come wear what all of them teach.
    """
    sums, learnt = [], []
    for one in lookouts(fitted, whole, against, known):
        odd = one.day % 2 == 1
        worn = np.empty(one.quantiles.shape)
        for mine in (odd, ~odd):
            taught = Widening.learnt(one.quantiles[~mine], one.seen[~mine])
            worn[mine] = taught.of(one.quantiles[mine], 0)
        sums.append(one.score(fitted.scale.within(worn, one.now)))
        learnt.append(Widening.learnt(one.quantiles, one.seen))
    return Tally.stacked(sums), Widening.joined(learnt)


def passed(skill: Skill, bar: Bar) -> bool:
    """Better than both baselines, by enough and beyond chance, with intervals that hold.

    Where a series stands still its value lies on an end of the interval: counted either way.
    """
    low, high = bar.coverage
    better = skill.gain >= bar.gain and skill.sureness >= bar.sureness
    return better and low <= skill.coverage and skill.inside <= high


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

"""From findings to the trust in each neuron."""

from dataclasses import dataclass

import numpy as np

from api.quality.config import Trust
from twin.arrays import Bools, Floats, Index, Ints
from twin.clock import HOUR_MS


@dataclass(frozen=True, slots=True)
class Verdict:
    """Per neuron: 0..1 by quality alone, and what speaks against it.

    `refused` is the share of its readings refused in this hour and the last, `unlike` how far
    its hour is from its neighbours in multiples of what is allowed, `walked` how far its newest day
    has walked from where it used to stand among them, likewise, `stuck_ms` since when it
    says the same (0: it does not), `doubled` whether more is said under its name than it can say
    by itself. `believed` is whether its readings move vital signs.
    """

    quality: Floats
    refused: Floats
    unlike: Floats
    walked: Floats
    stuck_ms: Ints
    doubled: Bools
    believed: Bools

    def reasons(self, sensor: int) -> list[str]:
        """Short words for what is wrong with a neuron."""
        return [reason for reason, found in self._findings().items() if found[sensor]]

    def counts(self) -> dict[str, int]:
        """How many neurons each reason speaks against."""
        return {reason: int(found.sum()) for reason, found in self._findings().items()}

    def _findings(self) -> dict[str, Bools]:
        return {
            "stuck": self.stuck_ms > 0,
            "two_voices": self.doubled,
            "refused": self.refused > 0,
            "unlike_neighbours": self.unlike > 1,
            "drifting": self.walked > 1,
        }


class Tally:
    """Readings heard and refused per neuron, in this hour and the one before."""

    def __init__(self, size: int) -> None:
        self.counts: Ints = np.zeros((2, 2, size), np.int64)  # hour parity, heard/refused
        self.hour: int | None = None

    def advance(self, t_ms: int) -> None:
        hour = t_ms // HOUR_MS
        if self.hour is None or hour - self.hour > 1:
            self.counts[:] = 0
        elif hour != self.hour:
            self.counts[hour % 2] = 0
        self.hour = hour

    def add(self, which: int, sensor: Index, t_ms: Ints) -> None:
        """`which`: 0 heard, 1 refused; those of other hours do not count any more."""
        if self.hour is None:
            return
        hour = t_ms // HOUR_MS
        fresh = (hour == self.hour) | (hour == self.hour - 1)
        np.add.at(self.counts, (hour[fresh] % 2, which, sensor[fresh]), 1)

    def doubled(self, t_ms: int, per_hour: Floats, excess: float) -> Bools:
        """Heard more than `excess` times as often as possible, in this hour or the last.

        `per_hour`: readings a neuron makes; only where five or more are due.
        """
        if self.hour is None:
            return np.zeros(len(per_hour), bool)
        due = (per_hour * (t_ms % HOUR_MS / HOUR_MS), per_hour)
        heard = (self.counts[self.hour % 2, 0], self.counts[(self.hour - 1) % 2, 0])
        found = [
            (part >= 5) & (count > excess * part) for part, count in zip(due, heard, strict=True)
        ]
        doubled: Bools = found[0] | found[1]
        return doubled

    def refused(self, least: int) -> Floats:
        """Share refused; 0 while fewer than `least` were."""
        heard, refused = self.counts.sum(axis=0)
        share = refused / np.maximum(heard, 1)
        return np.where(refused >= least, np.minimum(share, 1.0), 0.0)


def judge(
    trust: Trust,
    refused: Floats,
    unlike: Floats,
    walked: Floats,
    stuck_ms: Ints,
    doubled: Bools,
    keep: Bools,
) -> Verdict:
    """The product of what each finding leaves; `keep` are neurons that save lives: they are
    believed whatever is found, for a false alarm costs less."""
    honest = np.clip(1 - trust.refused_weight * refused, 0.0, 1.0)
    alike = np.clip(
        (trust.near_zero - np.maximum(unlike, walked)) / (trust.near_zero - 1), 0.0, 1.0
    )
    quality = honest * alike * (stuck_ms == 0) * ~doubled
    believed = (quality >= trust.least) | keep
    return Verdict(quality, refused, unlike, walked, stuck_ms, doubled, believed)

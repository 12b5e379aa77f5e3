"""One reading after another: what is accepted, held or refused, and who stands still."""

from dataclasses import dataclass

import numpy as np

from api.quality.limits import Limits
from twin.arrays import Array, Bools, Floats, Index, Ints

NEVER_MS = -(2**62)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Readings to count, some of them held until now; `refused` are the series of the others."""

    series: Index
    t_ms: Ints
    value: Floats
    refused: Index
    refused_ms: Ints


class Screen:
    """Per series: the last believed value, one that is held, and since when it stands still.

    A step beyond `jump` (per sampling time) is held; the next reading confirms or refuses it,
    and where only changes are reported, silence confirms it. A change beyond `rate` is refused.
    Readings older than the newest of their series are taken as they are.
    """

    def __init__(self, limits: Limits) -> None:
        size = len(limits.jump)
        self.limits = limits
        self.base = np.full(size, np.nan)
        self.base_ms = np.full(size, NEVER_MS, np.int64)
        self.held = np.full(size, np.nan)
        self.held_ms = np.full(size, NEVER_MS, np.int64)
        self.said = np.full(size, np.nan)
        self.said_ms = np.full(size, NEVER_MS, np.int64)
        self.same = np.zeros(size, np.int64)
        self.same_ms = np.full(size, NEVER_MS, np.int64)

    def columns(self) -> tuple[Array, ...]:
        """Everything that later judgements depend on."""
        return (
            self.base,
            self.base_ms,
            self.held,
            self.held_ms,
            self.said,
            self.said_ms,
            self.same,
            self.same_ms,
        )

    def judge(self, series: Index, t_ms: Ints, value: Floats) -> Accepted:
        """Readings in range, ordered by time; the same series may come several times."""
        parts = [self._round(series[where], t_ms[where], value[where]) for where in _rounds(series)]
        return Accepted(
            np.concatenate([np.empty(0, np.int32), *(part.series for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.t_ms for part in parts)]),
            np.concatenate([np.empty(0), *(part.value for part in parts)]),
            np.concatenate([np.empty(0, np.int32), *(part.refused for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.refused_ms for part in parts)]),
        )

    def ripen(self, now_ms: int) -> Accepted:
        """What was held and, by silence, has been confirmed."""
        waits = (self.limits.patience_ms > 0) & (self.held_ms > NEVER_MS)
        ripe = np.flatnonzero(waits & (now_ms - self.held_ms >= self.limits.patience_ms))
        series = ripe.astype(np.int32)
        t_ms, value = self.held_ms[ripe], self.held[ripe]
        self._believe(series, t_ms, value)
        self._drop(series)
        return Accepted(series, t_ms, value, np.empty(0, np.int32), np.empty(0, np.int64))

    def stuck(self) -> Bools:
        """Per series: whether it has said the same too often."""
        return self.limits.checked & (self.same >= self.limits.stuck)

    def _round(self, series: Index, t_ms: Ints, value: Floats) -> Accepted:
        """Judge readings of distinct series."""
        new = t_ms > self.said_ms[series]
        late = ~new
        self._stand(series[new], t_ms[new], value[new])
        near_base = self._near(series, t_ms, value, self.base, self.base_ms)
        has = self.held_ms[series] > NEVER_MS
        confirms = new & has & self._near(series, t_ms, value, self.held, self.held_ms)
        wild = new & ~confirms & self._too_fast(series, t_ms, value)
        fine = new & ~wild & (confirms | near_base)
        holds = new & ~wild & ~fine
        back = np.flatnonzero(confirms)
        gone = np.flatnonzero(new & has & ~confirms)
        held_at, held = self.held_ms[series], self.held[series]
        self._drop(series[np.flatnonzero(new & has)])
        self._believe(series[fine], t_ms[fine], value[fine])
        self.held[series[holds]], self.held_ms[series[holds]] = value[holds], t_ms[holds]
        take = np.flatnonzero(fine | late)
        return Accepted(
            np.concatenate([series[back], series[take]]),
            np.concatenate([held_at[back], t_ms[take]]),
            np.concatenate([held[back], value[take]]),
            np.concatenate([series[gone], series[wild]]),
            np.concatenate([held_at[gone], t_ms[wild]]),
        )

    def _near(self, series: Index, t_ms: Ints, value: Floats, to: Floats, since_ms: Ints) -> Bools:
        """Within one jump per sampling time of what was said then; anything is near nothing."""
        reference = to[series]
        beats = np.maximum(1.0, (t_ms - since_ms[series]) / self.limits.beat_ms[series])
        far = np.abs(value - reference) > self.limits.jump[series] * beats
        return np.asarray(np.isnan(reference) | ~far)

    def _too_fast(self, series: Index, t_ms: Ints, value: Floats) -> Bools:
        reference = self.base[series]
        seconds = np.maximum(self.limits.beat_ms[series], t_ms - self.base_ms[series]) / 1000
        with np.errstate(invalid="ignore"):
            step = np.abs(value - reference) > self.limits.rate_s[series] * seconds
        return np.asarray(step & ~np.isnan(reference))

    def _stand(self, series: Index, t_ms: Ints, value: Floats) -> None:
        """Count equal values in a row; the ends of the scale and 0 are places to rest."""
        moves = (value != self.said[series]) | (value <= self.limits.low[series])
        moves |= (value >= self.limits.high[series]) | (value == 0)
        self.same[series] = np.where(moves, 1, self.same[series] + 1)
        self.same_ms[series] = np.where(moves, t_ms, self.same_ms[series])
        self.said[series], self.said_ms[series] = value, t_ms

    def _believe(self, series: Index, t_ms: Ints, value: Floats) -> None:
        self.base[series], self.base_ms[series] = value, t_ms

    def _drop(self, series: Index) -> None:
        self.held[series], self.held_ms[series] = np.nan, NEVER_MS


def _rounds(series: Index) -> list[Ints]:
    """Positions of the first, second, ... reading of each series, in the order given."""
    order = np.argsort(series, kind="stable")
    ranked = series[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
        if len(ranked)
        else np.empty(0, np.int64)
    )
    rank = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.append(starts, len(ranked))))
    by_rank = np.argsort(rank, kind="stable")
    ends = np.cumsum(np.bincount(rank)) if len(rank) else np.empty(0, np.int64)
    return np.split(order[by_rank], ends[:-1]) if len(rank) else []

"""Gilbert and Elliott's channel of every neuron, and who sits without power.

Each radio is good or bad, may change with every message, and loses messages at the rate of its
state. A storm over its zone makes bad states last longer.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sensors.faults.profile import Profile
from sensors.faults.tools import Moment
from sensors.network import Network
from sensors.noise import Keys
from twin.arrays import Array, Bools, Floats, Index, Ints

RAIN, GUST, OUTAGE = "zone.rain_mm_h", "zone.wind_gust_m_s", "feeder.outage"
_S48, _LOW_16 = np.uint64(48), np.uint64(0xFFFF)
Parts = npt.NDArray[np.uint64]  # chances as whole 65536ths, to be compared with 16 random bits


class Channel:
    """Which messages are lost; `since` of the memory says which radios are bad."""

    def __init__(self, network: Network, own: int, profile: Profile) -> None:
        """`own`: neurons with a radio of their own."""
        radios = [profile.radio.of(kind.net) for kind in network.catalogue.kinds]
        kind = network.kind[:own]
        turns = np.array([(radio.worsens, radio.recovers) for radio in radios]).T[:, kind]
        losses = np.array([(r.lost_good**r.attempts, r.lost_bad**r.attempts) for r in radios]).T
        self._turns, self._losses = _parts(turns) << _S48, _parts(losses[:, kind])
        self._slow = _parts(turns[1] / profile.storm.longer) << _S48
        self._zone, self._storm = network.zone[:own], profile.storm
        self._turn_below, self._lost_below = self._turns[0].copy(), self._losses[0].copy()
        self._turned_ms, self._turning = np.zeros(own, np.int64), np.zeros(own, bool)

    def remember(self, since: Ints) -> None:
        """Good and bad as the memory says."""
        bad = since >= 0
        self._turn_below = np.where(bad, self._turns[1], self._turns[0])
        self._lost_below = np.where(bad, self._losses[1], self._losses[0])

    def lost(
        self,
        device: Array,
        draws: Keys,
        at_ms: Ints,
        forced: Bools,
        since: Ints,
        moment: Moment,
    ) -> Bools:
        """Per message: lost, after radios have turned. `forced` radios count as bad now.

        Messages of one radio come tick by tick, for what turns at one tick counts at the next.
        """
        stormy = self._stormy(moment.arrays)
        slowed = stormy[self._zone] if stormy.any() else None
        chance = self._after_turns(device, draws, at_ms, slowed, since)
        if forced.any():
            chance = np.where(forced[device], self._losses[1, device], chance)
        lost: Bools = (draws & _LOW_16) < chance
        return lost

    def _after_turns(
        self, device: Array, draws: Keys, at_ms: Ints, slowed: Bools | None, since: Ints
    ) -> Parts:
        """Chance of loss of each message: all radios stay as they are until their next turn, and
        the few that turn are looked at again from there on."""
        chance: Parts = self._lost_below.take(device)
        turns = np.flatnonzero(draws < self._below(device, slowed, since))
        if len(turns):
            rows = self._of_radios(device, device[turns])
            age_ms = at_ms[rows] - self._turn(device[turns], at_ms[turns], since)[device[rows]]
            now, later = rows[age_ms == 0], rows[age_ms > 0]
            chance[now] = self._lost_below[device[now]]
            chance[later] = self._after_turns(
                device[later], draws[later], at_ms[later], slowed, since
            )
        return chance

    def _of_radios(self, device: Array, radios: Array) -> Ints:
        """Which messages are of these radios."""
        self._turning[radios] = True
        rows = np.flatnonzero(self._turning.take(device))
        self._turning[radios] = False
        return rows

    def _below(self, device: Array, slowed: Bools | None, since: Ints) -> Parts:
        """What a draw must be below for the radio to turn."""
        below: Parts = self._turn_below.take(device)
        if slowed is not None:
            slow = (since[device] >= 0) & slowed[device]
            below = np.where(slow, self._slow[device], below)
        return below

    def _turn(self, device: Array, at_ms: Ints, since: Ints) -> Ints:
        """Turn each of these radios at the first time that stands beside it; when that was."""
        self._turned_ms[device[::-1]] = at_ms[::-1]
        first = at_ms == self._turned_ms[device]
        self._toggle(device[first], since, at_ms[first])
        return self._turned_ms

    def _toggle(self, device: Array, since: Ints, t_ms: Ints) -> None:
        bad = since[device] < 0
        since[device] = np.where(bad, t_ms, -1)
        self._turn_below[device] = np.where(bad, self._turns[1, device], self._turns[0, device])
        self._lost_below[device] = np.where(bad, self._losses[1, device], self._losses[0, device])

    def alike(self, one: Mapping[str, Floats], other: Mapping[str, Floats]) -> bool:
        """Whether storms stand over the same zones."""
        return np.array_equal(self._stormy(one), self._stormy(other))

    def _stormy(self, arrays: Mapping[str, Floats]) -> Bools:
        """Per zone, whether a storm stands over it."""
        rain, gust = arrays.get(RAIN), arrays.get(GUST)
        if rain is None or gust is None:
            return np.zeros(1, bool)
        stormy: Bools = (rain >= self._storm.rain_mm_h) | (gust >= self._storm.gust_m_s)
        return stormy


def _parts(chance: Floats) -> Parts:
    return np.minimum(np.rint(chance * 65536), 65535).astype(np.uint64)


class Power:
    """Mains neurons without a battery of their own are silent while their transformer is out."""

    def __init__(self, network: Network, own: int) -> None:
        kinds = network.catalogue.kinds
        mains = np.array([kind.net == "W" and not kind.backup for kind in kinds])
        feeder = network.feeder[:own]
        self._fed = np.flatnonzero(mains[network.kind[:own]] & (feeder >= 0)).astype(np.int32)
        self._feeder = feeder[self._fed]

    def alike(self, one: Mapping[str, Floats], other: Mapping[str, Floats]) -> bool:
        """Whether the same neurons are without power."""
        return np.array_equal(self.dark(one), self.dark(other))

    def dark(self, arrays: Mapping[str, Floats]) -> Index:
        """The neurons without power now."""
        outage: Floats | None = arrays.get(OUTAGE)
        if outage is None or not (outage >= 0.5).any():
            return self._fed[:0]
        return self._fed[outage[self._feeder] >= 0.5]

"""What a neuron knows of itself: battery, signal, clock. Pure functions of its key and time."""

import numpy as np

from sensors.grades import GRADES, ORDER, YEAR_MS
from sensors.network import Network
from sensors.noise import Keys, draw, normal, salted, uniform
from twin.arrays import Array, Floats, Index, Ints
from twin.clock import DAY_MS, MINUTE_MS

NAMES = ("device.battery_pct", "device.rssi_dbw", "device.clock_offset_s")
MAX_SKEW_PPM = 100.0  # keeps a day's drift under the shortest cadence, so time never runs back
_BATTERY_YEARS = np.array([np.inf, 6.0, 4.0])  # mains, NB-IoT, LoRaWAN (design choice)
_RSSI_DBW = np.array([-85.0, -125.0, -135.0])  # dBm - 30 (design choice)
_RSSI_SPREAD_DB = 6.0


class Devices:
    """The neurons' own columns: network class, clock rate, time of synchronisation."""

    def __init__(self, network: Network, keys: Keys) -> None:
        """`keys`: one per neuron; those that watch others share the device of the watched."""
        kinds = network.catalogue.kinds
        grade = np.array([ORDER.index(kind.grade) for kind in kinds])[network.kind]
        ppm = np.array([GRADES[name].skew_ppm for name in ORDER])[grade]
        skew = np.clip(ppm * normal(_once(keys, "skew")), -MAX_SKEW_PPM, MAX_SKEW_PPM)
        self.net: Index = np.array(["WNL".index(kind.net) for kind in kinds])[network.kind]
        self._age: Floats = uniform(_once(keys, "age"))
        self._signal: Floats = normal(_once(keys, "signal")) * _RSSI_SPREAD_DB
        self._skew: Floats = (skew * 1e-6)[network.device]
        self._synchronised: Floats = (uniform(_once(keys, "sync")) * DAY_MS)[network.device]
        self._minute: int | None = None
        self._offset_ms: Ints = np.zeros(len(network), np.int64)

    def clock_offset_ms(self, sensor: Array, t_ms: int) -> Ints:
        """Device clock minus network time: grows at its rate by the minute, reset once a day."""
        minute = t_ms // MINUTE_MS
        if minute != self._minute and len(sensor) < len(self._skew) / 2:
            return self._offsets_ms(minute, self._skew[sensor], self._synchronised[sensor])
        if minute != self._minute:
            self._minute = minute
            self._offset_ms = self._offsets_ms(minute, self._skew, self._synchronised)
        return self._offset_ms[sensor]

    @staticmethod
    def _offsets_ms(minute: int, skew: Floats, synchronised: Floats) -> Ints:
        midnight_ms = minute * MINUTE_MS // DAY_MS * DAY_MS
        since = (minute * MINUTE_MS + synchronised) - midnight_ms  # less than two days
        since -= (since >= DAY_MS) * float(DAY_MS)
        return np.rint(skew * since).astype(np.int64)

    def arrays(self, count: int, t_ms: int) -> dict[str, Floats]:
        """The `device.*` arrays of the first `count` neurons."""
        net = self.net[:count]
        used = (t_ms / (_BATTERY_YEARS[net] * YEAR_MS) + self._age[:count]) % 1.0
        offset = self.clock_offset_ms(np.arange(count, dtype=np.int32), t_ms)
        columns = (
            np.where(np.isinf(_BATTERY_YEARS[net]), 100.0, 100.0 * (1.0 - used)),
            _RSSI_DBW[net] + self._signal[:count],
            offset / 1000.0,
        )
        return dict(zip(NAMES, columns, strict=True))


def _once(keys: Keys, purpose: str) -> Keys:
    return draw(salted(keys, purpose), 0)

"""Battery, signal and clock of the neurons."""

import numpy as np
import pytest

from sensors.catalogue import GRID_MS
from sensors.devices import NAMES, Devices
from sensors.network import Network
from sensors.noise import keys_of
from twin.clock import DAY_MS, HOUR_MS


@pytest.fixture
def devices(small_network: Network) -> Devices:
    return Devices(small_network, keys_of(7, small_network.sensor_ids))


def test_a_clock_drifts_but_never_by_a_whole_cadence(
    devices: Devices, small_network: Network, start_ms: int
) -> None:
    sensors = np.arange(len(small_network), dtype=np.int32)
    times = range(start_ms, start_ms + DAY_MS, HOUR_MS)
    offsets = np.stack([devices.clock_offset_ms(sensors, t_ms) for t_ms in times])
    assert np.abs(offsets).max() < GRID_MS
    assert (np.ptp(offsets, axis=0) > 0).all()


def test_device_time_always_moves_on(
    devices: Devices, small_network: Network, start_ms: int
) -> None:
    sensors = np.arange(len(small_network), dtype=np.int32)
    grid = np.arange(start_ms, start_ms + DAY_MS + HOUR_MS, GRID_MS)
    times = np.stack([t + devices.clock_offset_ms(sensors, int(t)) for t in grid])
    assert (np.diff(times, axis=0) > 0).all()


def test_mains_nodes_stay_full_and_batteries_run_down(
    devices: Devices, small_network: Network, start_ms: int
) -> None:
    now = devices.arrays(len(small_network), start_ms)
    later = devices.arrays(len(small_network), start_ms + 30 * DAY_MS)
    assert set(now) == set(NAMES)
    mains = np.isin(np.arange(len(small_network)), small_network.of_kind("noise_laeq"))
    assert (now["device.battery_pct"][mains] == 100).all()
    used = (now["device.battery_pct"] - later["device.battery_pct"])[~mains] % 100
    assert ((used > 1) & (used < 3)).all()

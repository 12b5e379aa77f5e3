"""What each fault does to the readings it strikes: one behaviour per fault."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from faultbench import Bench, Point, Run

from sensors.catalogue import DEVICE, GRID_MS, read_catalogue
from sensors.faults.label import Fault
from sensors.faults.line import Injected
from sensors.faults.table import FAULTS
from sensors.faults.tools import Memory, Moment
from sensors.network import build_network
from sensors.reading import Messages, ReadingBatch
from twin.arrays import Floats, Ints

START_MS = 1_779_926_400_000  # a midnight UTC
FIRST, LAST = 5, 45  # ticks of the episode
TICKS = 65
PROGRESS = np.arange(LAST - FIRST)[:, None] / (LAST - FIRST)  # of the episode at its ticks
MORE_KINDS = """
[[kind]]
id = "facade_temp"
number = 20
name_zh = "墙面温度"
name_en = "Wall thermometer"
on = "zone"
per_km2 = 25
cadence_s = 60
net = "W"
grade = "good"
radius_m = 30

[[kind.quantity]]
id = "temperature"
truth = "zone.air_temp_c"
unit = "Cel"
low = -40
high = 80
resolution = 0.1
noise_abs = 0.5

[[kind]]
id = "node_health"
number = 53
name_zh = "设备健康"
name_en = "Node health"
on = "device"
per = 1
cadence_s = 21600
net = "N"
grade = "good"
radius_m = 1

[[kind.quantity]]
id = "battery"
truth = "device.battery_pct"
unit = "%EL"
low = 0
high = 100
resolution = 1

[[kind.quantity]]
id = "clock_offset"
truth = "device.clock_offset_s"
unit = "s"
low = -60
high = 60
resolution = 0.001
"""


@pytest.fixture(scope="module")
def each(tmp_path_factory: pytest.TempPathFactory, make_map, all_three_kinds: str) -> Bench:
    """80 lifts, 6 sound meters, 40 dust sensors, 8 thermometers; the health of each is told."""
    path = tmp_path_factory.mktemp("each") / "neurons.toml"
    more_dust = all_three_kinds.replace("per_km2 = 25", "per_km2 = 125")
    path.write_text(more_dust + MORE_KINDS, encoding="utf-8")
    return Bench(build_network(read_catalogue(path), make_map(lift=80)), START_MS)


def struck(bench: Bench, fault: Fault, size: float = 0.0) -> Run:
    """Everybody struck by this fault alone, with this size, from tick FIRST to before LAST."""
    network, chain = bench.network, bench.chain([])
    own = len(network.gateways) if FAULTS[fault].gateway else network.table_rows[DEVICE]
    start_ms, end_ms = bench.moment(FIRST).t_ms, bench.moment(LAST).t_ms
    chain.inject(Injected(fault, list(range(own)), start_ms, end_ms, size))
    return bench.run(chain, range(TICKS))


def series(bench: Bench, quantity: str) -> list[int]:
    rows = bench.network.series.quantity.tolist()
    return [row for row, n in enumerate(rows) if bench.network.quantities[n].id == quantity]


def values(ticks: Sequence[set[Point] | list[Point]], rows: list[int]) -> Floats:
    """Ticks x series: what was said or heard at each tick, NaN for nothing."""
    column = {row: number for number, row in enumerate(rows)}
    found = np.full((len(ticks), len(rows)), np.nan)
    for tick, points in enumerate(ticks):
        for row, _, value in points:
            if row in column:
                found[tick, column[row]] = value
    return found


def off(bench: Bench, run: Run, quantity: str) -> Floats:
    """Ticks of the episode x series: heard less said."""
    rows = series(bench, quantity)
    return (values(run.heard, rows) - values(run.said, rows))[FIRST:LAST]


def arrivals(run: Run) -> dict[Point, list[int]]:
    """The ticks at which each point came."""
    found: dict[Point, list[int]] = {}
    for tick, heard in enumerate(run.heard):
        for point in heard:
            found.setdefault(point, []).append(tick)
    return found


def later(run: Run) -> list[list[int]]:
    """For every reading of the episode, how many ticks after it was said it came."""
    came = arrivals(run)
    return [
        [tick - said for tick in came.get(point, [])]
        for said in range(FIRST, LAST)
        for point in run.said[said]
    ]


def shifts_ms(bench: Bench, run: Run, quantity: str) -> Ints:
    """Ticks of the episode x series: device time less the time it was said at."""
    rows = set(series(bench, quantity))
    found = [
        [t_ms - bench.moment(tick).t_ms for row, t_ms, _ in sorted(run.heard[tick]) if row in rows]
        for tick in range(FIRST, LAST)
    ]
    return np.array(found)


@pytest.mark.parametrize("size", [8.0, -6.0])
def test_a_bias_is_so_many_sigmas_all_along(each: Bench, size: float) -> None:
    """The noise of the sound meters is 0.5 dB, their step 0.1 dB."""
    assert off(each, struck(each, Fault.BIAS, size), "laeq") == pytest.approx(0.5 * size, abs=0.051)


@pytest.mark.parametrize("size", [40.0, -40.0])
def test_a_drift_is_off_in_proportion_to_its_time(each: Bench, size: float) -> None:
    found = off(each, struck(each, Fault.DRIFT, size), "laeq")
    assert np.abs(found - 0.5 * size * PROGRESS).max() < 0.051


def test_a_spike_goes_up_as_often_as_down_by_its_size(each: Bench) -> None:
    found = off(each, struck(each, Fault.SPIKE, 20.0), "laeq")
    assert np.abs(found) == pytest.approx(10.0, abs=0.051)
    assert 0.35 < (found > 0).mean() < 0.65


def test_a_stuck_neuron_repeats_the_first_value_until_it_comes_free(each: Bench) -> None:
    rows = series(each, "laeq")
    run = struck(each, Fault.STUCK)
    said, heard = values(run.said, rows), values(run.heard, rows)
    assert np.all(heard[FIRST:LAST] == said[FIRST])
    assert np.all(heard[LAST:] == said[LAST:])
    assert np.all(said[LAST] != said[FIRST])


def test_a_detached_thermometer_reads_the_air_of_its_zone(each: Bench) -> None:
    rows = series(each, "temperature")
    air_c = np.array([20.0, 24.0])[each.network.series.zone[rows]]
    found = values(struck(each, Fault.DETACHED).heard, rows)[FIRST:LAST]
    assert found == pytest.approx(np.tile(air_c, (LAST - FIRST, 1)))


def test_a_detached_probe_of_anything_else_reads_what_is_nearest_to_nothing(each: Bench) -> None:
    run = struck(each, Fault.DETACHED)
    for quantity, rest in (("laeq", 30.0), ("mass", 0.0)):
        assert np.all(values(run.heard, series(each, quantity))[FIRST:LAST] == rest)


@pytest.mark.parametrize("fault", [Fault.DEAD, Fault.POWER_CUT, Fault.OUTAGE])
def test_silence_lasts_from_the_start_to_the_end(each: Bench, fault: Fault) -> None:
    run = struck(each, fault)
    assert not any(run.heard[FIRST:LAST])
    for tick in (FIRST - 1, LAST):
        assert set(run.heard[tick]) == run.said[tick]


def test_the_charge_of_a_failing_battery_falls_evenly_to_nothing(each: Bench) -> None:
    rows = series(each, "battery")
    run = struck(each, Fault.BATTERY)
    said, told = values(run.said, rows)[FIRST:LAST], values(run.heard, rows)[FIRST:LAST]
    heard = ~np.isnan(told)
    assert np.abs(told - said * (1 - PROGRESS))[heard].max() <= 0.51
    assert heard.any(axis=1)[:-4].all()


def test_a_battery_loses_messages_in_its_last_fifth_and_ever_more(each: Bench) -> None:
    """All are heard until 80 % of the time is over, none at the end."""
    run = struck(each, Fault.BATTERY)
    heard = [len(run.heard[tick]) / len(run.said[tick]) for tick in range(FIRST, LAST)]
    weak = round(0.8 * len(heard))
    assert heard[: weak + 1] == [1.0] * (weak + 1)
    assert heard[weak:] == pytest.approx((1 - PROGRESS[weak:, 0]) / 0.2, abs=0.15)


@pytest.mark.parametrize("ppm", [2000.0, -3000.0])
def test_a_skewed_clock_is_off_by_its_rate_times_the_time_since(each: Bench, ppm: float) -> None:
    run = struck(each, Fault.CLOCK_SKEW, ppm)
    expected_ms = ppm * 1e-6 * GRID_MS * np.arange(LAST - FIRST)[:, None]
    assert np.abs(shifts_ms(each, run, "laeq") - expected_ms).max() <= 0.51
    assert np.abs(off(each, run, "clock_offset") - expected_ms / 1000).max() < 0.002


@pytest.mark.parametrize("size", [20.0, -50.0])
def test_a_clock_jumps_once_by_its_size_and_an_odd_part(each: Bench, size: float) -> None:
    run = struck(each, Fault.CLOCK_JUMP, size)
    shift = shifts_ms(each, run, "laeq")
    assert len(set(shift.ravel().tolist())) == 1
    assert 2_000 <= shift[0, 0] - size * 1000 < 8_000
    assert off(each, run, "clock_offset") == pytest.approx(shift[0, 0] / 1000, abs=0.002)


def test_a_spoofer_speaks_beside_the_true_neuron_and_makes_values_up(each: Bench) -> None:
    """Forged values are spread evenly over the range, 2 to 4 s after the true ones."""
    run = struck(each, Fault.SPOOFED)
    shares, dust = [], set(series(each, "mass"))
    for tick in range(FIRST, LAST):
        forged = Counter(run.heard[tick]) - Counter(run.said[tick])
        assert set(run.heard[tick]) >= run.said[tick]
        assert {point[0] for point in forged} == {point[0] for point in run.said[tick]}
        for row, t_ms, value in forged:
            assert 2_000 <= t_ms - each.moment(tick).t_ms < 4_000
            if row in dust:
                shares.append(value / 1e-6)
    assert np.quantile(shares, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.1)


def test_forged_states_are_states(each: Bench) -> None:
    run, rows = struck(each, Fault.SPOOFED), set(series(each, "state"))
    found = {p[2] for tick in range(FIRST, LAST) for p in run.heard[tick] if p[0] in rows}
    assert found == {0.0, 1.0, 2.0}


def test_a_bad_radio_loses_what_none_of_its_attempts_gets_through(each: Bench) -> None:
    """0.7 in three attempts for NB-IoT, 0.8 in one for LoRaWAN."""
    run = struck(each, Fault.DROPOUT)
    for quantity, share in (("mass", 0.7**3), ("trapped", 0.8)):
        heard = values(run.heard, series(each, quantity))[FIRST:LAST]
        assert np.isnan(heard).mean() == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("size", [15.0, 90.0])
def test_a_duplicate_comes_at_once_and_once_more_its_size_later(each: Bench, size: float) -> None:
    ticks = round(np.ceil(size * 1000 / GRID_MS))
    assert all(found == [0, ticks] for found in later(struck(each, Fault.DUPLICATE, size)))


@pytest.mark.parametrize("size", [15.0, 90.0])
def test_a_late_reading_comes_once_and_unchanged_its_size_later(each: Bench, size: float) -> None:
    ticks = round(np.ceil(size * 1000 / GRID_MS))
    assert all(found == [ticks] for found in later(struck(each, Fault.LATE, size)))


def test_a_gateway_sends_all_that_it_kept_afterwards_within_its_size(each: Bench) -> None:
    run = struck(each, Fault.BACKFILL, 100.0)
    assert not any(run.heard[FIRST:LAST])
    came = arrivals(run)
    ticks = [came.get(point, []) for tick in range(FIRST, LAST) for point in run.said[tick]]
    assert all(len(found) == 1 for found in ticks)
    assert {tick for (tick,) in ticks} == set(range(LAST + 1, LAST + 11))


def test_what_a_gateway_kept_comes_in_any_order_beside_what_is_fresh(each: Bench) -> None:
    run, row = struck(each, Fault.BACKFILL, 100.0), series(each, "laeq")[0]
    assert all(set(run.heard[tick]) >= run.said[tick] for tick in range(LAST, TICKS))
    kept = [p[1] for tick in run.heard for p in tick if p[0] == row]
    kept = [t_ms for t_ms in kept if FIRST <= (t_ms - START_MS) // GRID_MS < LAST]
    assert sorted(kept) != kept
    assert abs(np.corrcoef(kept, np.arange(len(kept)))[0, 1]) < 0.6


def test_a_full_memory_forgets_the_oldest() -> None:
    memory = Memory(np.empty(0), np.empty(0, np.int64))
    t_ms = START_MS + GRID_MS * np.arange(5)
    batch = ReadingBatch(np.arange(5, dtype=np.int32), t_ms, np.arange(5.0))
    memory.keep(Messages.of(batch, t_ms), t_ms)
    memory.forget_oldest(3)
    assert memory.release(Moment(int(t_ms[-1]), {}, 5)).value.tolist() == [2.0, 3.0, 4.0]

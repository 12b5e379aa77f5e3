"""The city with its neurons: packs, snapshots, history, generated runs."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from sensors.catalogue import Catalogue, load_catalogue
from sensors.faults.profile import Profile, load_profile
from sensors.network import Network, build_network
from sensors.outbox import Pack
from sensors.reading import ReadingBatch
from sensors.simulation import Simulation, SnapshotError
from sensors.wire import decode
from twin.city import City, load_city_config
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time
from twin.command import Command
from twin.config import ConfigError, default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import load_scenarios

NOON_MS = parse_time("2026-05-01T12:00:00")
FOLDER = default_config_dir()
MakeCity = Callable[[], City]


@pytest.fixture(scope="module")
def core() -> Geography:
    return load_geography(FOLDER, "core")


@pytest.fixture(scope="module")
def network(core: Geography) -> Network:
    return build_network(load_catalogue(FOLDER), core)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile(FOLDER)


@pytest.fixture(scope="module")
def make_city(core: Geography) -> MakeCity:
    config, scenarios = load_city_config(FOLDER), load_scenarios(FOLDER)
    return lambda: City.start(config, core, scenarios, 7, NOON_MS)


@pytest.fixture(scope="module")
def restore_city(core: Geography) -> Callable[[bytes], City]:
    return partial(City.restore, load_city_config(FOLDER), core, load_scenarios(FOLDER))


def _points(packs: list[Pack]) -> list[tuple[str, int]]:
    decoded = [decode(pack.payload) for pack in packs]
    return [
        (name, t_ms)
        for pack in decoded
        for name, t_ms in zip(pack.names, pack.t_ms.tolist(), strict=True)
    ]


def test_every_living_neuron_is_heard_at_the_start(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    simulation = Simulation(make_city(), network, profile)
    heard = {name.rsplit(":", 1)[0] for name, _ in _points(simulation.advance(NOON_MS + 10_000))}
    labels = simulation.faults.labels()
    dead = {label.target for label in labels if label.fault == "dead"}
    weak = {label.target for label in labels if label.fault == "battery"}
    silent = set(network.sensor_ids) - heard
    assert dead <= {name for name in silent if ":node_health:" not in name} <= dead | weak
    assert len(silent) == 2 * len([name for name in silent if ":node_health:" not in name])


def test_packs_are_good_senml_numbered_without_gaps_and_no_time_comes_twice(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    packs = Simulation(make_city(), network, profile, epoch=5).advance(NOON_MS + 5 * MINUTE_MS)
    numbers: dict[tuple[str, str], list[int]] = {}
    times: dict[str, list[int]] = {}
    for pack in packs:
        decoded = decode(pack.payload)
        assert (decoded.zone, decoded.epoch, decoded.seq) == (pack.zone, 5, pack.seq)
        assert (network.series.find(decoded.zone, decoded.names) >= 0).all()
        numbers.setdefault((pack.zone, pack.gateway), []).append(pack.seq)
        for name, t_ms in zip(decoded.names, decoded.t_ms.tolist(), strict=True):
            times.setdefault(name, []).append(t_ms)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in numbers.values())
    assert all(len(series) == len(set(series)) for series in times.values())


def test_values_lie_in_the_range_of_their_quantity(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    stretches = list(Simulation(make_city(), network, profile).generate(NOON_MS + HOUR_MS))
    batch = ReadingBatch.concat([stretch.readings for stretch in stretches])
    quantity = network.series.quantity[batch.series]
    numeric = np.array([one.numeric for one in network.quantities])[quantity]
    shown = batch.value * np.array([one.per_unit for one in network.quantities])[quantity]
    low = np.array([one.low for one in network.quantities])[quantity]
    high = np.array([one.high for one in network.quantities])[quantity]
    inside = (shown >= low - 1e-6) & (shown <= high * (1 + 1e-9) + 1e-6)
    assert inside[numeric].all()
    assert set(quantity.tolist()) == set(range(len(network.quantities)))


def test_a_restored_run_sends_the_same_packs(
    network: Network,
    make_city: MakeCity,
    restore_city: Callable[[bytes], City],
    profile: Profile,
) -> None:
    simulation = Simulation(make_city(), network, profile, epoch=3)
    simulation.advance(NOON_MS + 20 * MINUTE_MS)
    restored = Simulation.restore(simulation.snapshot(), network, profile, restore_city)
    assert restored.snapshot() == simulation.snapshot()
    until_ms = NOON_MS + 40 * MINUTE_MS
    assert restored.advance(until_ms) == simulation.advance(until_ms)
    assert restored.snapshot() == simulation.snapshot()


def test_a_run_cut_into_steps_sends_the_same_packs(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    whole, cut = (
        Simulation(make_city(), network, profile),
        Simulation(make_city(), network, profile),
    )
    steps = [cut.advance(NOON_MS + t_ms) for t_ms in range(7_000, 10 * MINUTE_MS + 1, 7_000)]
    steps.append(cut.advance(NOON_MS + 10 * MINUTE_MS))
    assert [pack for step in steps for pack in step] == whole.advance(NOON_MS + 10 * MINUTE_MS)


def test_a_generated_run_has_the_readings_of_a_sent_one(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    until_ms = NOON_MS + 10 * MINUTE_MS
    packs = Simulation(make_city(), network, profile).advance(until_ms)
    stretches = list(Simulation(make_city(), network, profile).generate(until_ms, 3 * MINUTE_MS))
    generated = ReadingBatch.concat([stretch.readings for stretch in stretches])
    names = [network.series.name[row] for row in generated.series]
    assert len(stretches) == 4
    assert sorted(zip(names, generated.t_ms.tolist(), strict=True)) == sorted(_points(packs))


def test_faults_are_labelled_and_leave_the_truth_alone(
    network: Network, make_city: MakeCity
) -> None:
    snapshots = []
    for name in ("none", "harsh"):
        simulation = Simulation(make_city(), network, load_profile(FOLDER, name))
        (stretch,) = simulation.generate(NOON_MS + HOUR_MS)
        snapshots.append(simulation.city.snapshot())
        labels = stretch.faults
        assert bool(labels) == (name == "harsh")
    assert snapshots[0] == snapshots[1]
    gateways = {"/".join(pair) for pair in network.gateways}
    assert {label.target for label in labels} <= gateways | set(network.sensor_ids)
    assert len({label.fault for label in labels}) > 12
    assert all(label.end_ms > NOON_MS - 2 * HOUR_MS for label in labels)  # clocks are wrong too


def test_a_gateway_that_is_cut_off_sends_everything_later(
    network: Network, make_city: MakeCity, core: Geography
) -> None:
    """Nothing is lost, times come out of order, and the command is answered once and for all."""
    quiet = load_profile(FOLDER, "none")
    whole, cut = (Simulation(make_city(), network, quiet) for _ in range(2))
    zone, gateway = network.gateways[0]
    arguments = {"fault": "backfill", "target": f"{zone}/{gateway}", "duration_s": 300, "size": 60}
    command = Command(id="c1", action="inject_fault", arguments=arguments)
    answers = [cut.submit(command) for _ in range(2)]
    assert [answer.accepted for answer in answers] == [True, True]
    assert not cut.submit(Command(id="c2", action="inject_fault")).accepted
    before, after = (one.advance(NOON_MS + 10 * MINUTE_MS) for one in (whole, cut))
    assert sorted(_points(before)) == sorted(_points(after))
    mine = [pack for pack in after if (pack.zone, pack.gateway) == (zone, gateway)]
    times = [t_ms for _, t_ms in _points(mine)]
    assert times != sorted(times)
    assert [label.fault for label in cut.faults.labels()] == ["backfill"]


def test_history_gives_the_slow_kinds_a_month_before_the_start(
    network: Network, make_city: MakeCity, profile: Profile
) -> None:
    simulation = Simulation(make_city(), network, profile)
    history = list(simulation.history())
    points = _points(history)
    kinds = {kind.id for kind in network.catalogue if kind.history_ms}
    assert {name.split(":")[1] for name, _ in points} == kinds
    times = [t_ms for _, t_ms in points]
    assert min(times) > NOON_MS - 30 * DAY_MS - 10_000
    assert max(times) < NOON_MS
    tilts = [t_ms for name, t_ms in points if name.endswith(":tilt_bldg:1:x")]
    assert len(tilts) == pytest.approx(30 * len(network.of_kind("tilt_bldg")) / 2, rel=0.05)
    later = simulation.advance(NOON_MS + 10_000)
    last = {(pack.zone, pack.gateway): pack.seq for pack in history}
    assert all(pack.seq > last.get((pack.zone, pack.gateway), 0) for pack in later)


def test_a_damaged_or_foreign_snapshot_is_refused(
    network: Network,
    make_city: MakeCity,
    profile: Profile,
    restore_city: Callable[[bytes], City],
    core: Geography,
    make_catalogue: Callable[[str], Catalogue],
    three_kinds: str,
) -> None:
    data = Simulation(make_city(), network, profile).snapshot()
    text = three_kinds.replace("link.wind_dir_deg", "link.noise_l10_db")
    other = build_network(make_catalogue(text), core)
    with pytest.raises(SnapshotError, match="damaged"):
        Simulation.restore(data[:50], network, profile, restore_city)
    with pytest.raises(SnapshotError, match="another network"):
        Simulation.restore(data, other, profile, restore_city)


def test_a_kind_that_measures_what_the_city_lacks_is_refused_before_the_start(
    core: Geography,
    make_city: MakeCity,
    profile: Profile,
    make_catalogue: Callable[[str], Catalogue],
    three_kinds: str,
) -> None:
    text = three_kinds.replace("zone.pm25_ug_m3", "zone.pm1_ug_m3")
    network = build_network(
        make_catalogue(text.replace("link.wind_dir_deg", "link.noise_l10_db")), core
    )
    with pytest.raises(ConfigError, match="pm1_ug_m3"):
        Simulation(make_city(), network, profile)


def test_between_ticks_of_a_minute_only_what_is_fast_changes(make_city: MakeCity) -> None:
    """Ticks of one minute are measured together, so the rest of the truth must stand still."""
    city, seen = make_city(), []

    def look(t_ms: int) -> None:
        seen.append({name: array.copy() for name, array in city.truth().arrays.items()})

    city.every(10_000, 900, look)
    city.run_until(NOON_MS + MINUTE_MS)
    changed = {
        name
        for before, after in pairwise(seen)
        for name in before
        if not np.array_equal(before[name], after[name])
    }
    assert changed
    assert changed <= city.fast

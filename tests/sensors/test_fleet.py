"""What neurons say: the error model, who speaks when, and that nobody disturbs a neighbour."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, Catalogue
from sensors.fleet import Fleet
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from twin.clock import HOUR_MS
from twin.truth import Truth

Make = Callable[[str], Catalogue]
MakeTruth = Callable[..., Truth]

# A kind nobody has heard of: it needs this block and no code.
MADE_UP = """
[[kind]]
id = "bin_smell"
number = 999
name_zh = "气味"
name_en = "Smell"
on = "bin"
per = 2
cadence_s = 20
net = "L"
grade = "poor"
radius_m = 10

[[kind.quantity]]
id = "smell"
truth = "bin.fill_frac"
unit = "/"
low = 0
high = 1
resolution = 0.01
noise_abs = 0.02
"""
EXACT = """
[[kind]]
id = "probe"
number = 1
name_zh = "探头"
name_en = "Probe"
on = "link"
per = 1
cadence_s = 10
net = "W"
grade = "good"
radius_m = 10

[[kind.quantity]]
id = "value"
truth = "link.noise_laeq_db"
unit = "/"
display_unit = "x"
per_unit = 100
low = -500
high = 500
resolution = 0.5
gain_scale = 0
"""


def _lift(network: Network, quantity: str, row: int = 0) -> int:
    return network.series.lookup[f"lift-{row}:lift_state:1:{quantity}"]


def _value(batch: ReadingBatch, series: int) -> float:
    return float(batch.value[batch.series == series][0])


def _run(fleet: Fleet, make_truth: MakeTruth, start_ms: int, steps: int) -> list[ReadingBatch]:
    times = [start_ms + step * GRID_MS for step in range(1, steps)]
    first = fleet.births(make_truth(start_ms))
    return [first, *(fleet.measure(make_truth(t_ms)) for t_ms in times)]


def test_every_living_neuron_reports_at_birth(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    batch = Fleet(small_network, 7).births(make_truth(start_ms))
    assert sorted(batch.series.tolist()) == list(range(len(small_network.series)))


def test_a_perfect_instrument_quantises_and_converts_and_does_nothing_else(
    make_catalogue: Make, small_map, make_truth: MakeTruth, start_ms: int
) -> None:
    network = build_network(make_catalogue(EXACT), small_map)
    truth = make_truth(start_ms, link__noise_laeq_db=[10.2, -3.8, 9999.0])
    assert Fleet(network, 7).births(truth).value.tolist() == [0.1, -0.04, 5.0]


def test_readings_scatter_around_the_truth_by_the_noise_of_the_kind(
    make_catalogue: Make, small_map, make_truth: MakeTruth, start_ms: int
) -> None:
    text = EXACT.replace("resolution = 0.5", "resolution = 0.001\nnoise_abs = 2")
    fleet = Fleet(build_network(make_catalogue(text.replace("per = 1", "per = 200")), small_map), 7)
    batches = _run(fleet, make_truth, start_ms, 100)
    values = np.stack([batch.value[np.argsort(batch.series)] for batch in batches]) * 100
    assert values.std(axis=0).mean() == pytest.approx(2.0, rel=0.05)
    assert values.mean(axis=0).std() == pytest.approx(1.0, rel=0.15)  # the bias: 0.5 σ
    assert values.mean() == pytest.approx(60.0, abs=0.2)


def test_relative_noise_gain_temperature_and_leak_have_their_sizes(
    make_catalogue: Make, small_map, make_truth: MakeTruth, start_ms: int
) -> None:
    warm = (
        EXACT + "temp_coef = 0.5\ncross = { truth = 'zone.air_rh_pct', above = 80, mul = 0.01 }\n"
    )
    network = build_network(make_catalogue(warm), small_map)
    truth = make_truth(start_ms, zone__air_temp_c=30.0, zone__air_rh_pct=90.0)
    assert Fleet(network, 7).births(truth).value.tolist() == [0.71] * 3  # 60 * 1.1 + 5


def test_rounding_by_chance_keeps_the_mean_of_small_counts(
    make_catalogue: Make, small_map, make_truth: MakeTruth, start_ms: int
) -> None:
    text = EXACT.replace("resolution = 0.5", "resolution = 1\ndither = true").replace(
        "= 100", "= 1"
    )
    fleet = Fleet(build_network(make_catalogue(text.replace("per = 1", "per = 500")), small_map), 7)
    values = fleet.births(make_truth(start_ms, link__noise_laeq_db=0.3)).value
    assert set(values.tolist()) == {0.0, 1.0}
    assert values.mean() == pytest.approx(0.3, abs=0.04)


def test_a_direction_goes_round(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    fleet = Fleet(small_network, 7)
    directions = [
        value
        for step in range(200)
        for value in _directions(
            fleet, make_truth(start_ms + step * GRID_MS, link__wind_dir_deg=0.0)
        )
    ]
    assert min(directions) == 0
    assert 350 < max(directions) < 360
    assert not any(10 < value < 350 for value in directions)


def _directions(fleet: Fleet, truth: Truth) -> list[float]:
    batch = fleet.births(truth)
    quantity = [one.id for one in fleet.network.quantities].index("direction")
    mine = fleet.network.series.quantity[batch.series] == quantity
    spiked = 60.0  # a spike may point anywhere
    return [value for value in batch.value[mine].tolist() if not spiked < value < 360 - spiked]


def test_a_change_is_told_at_once_and_silence_lasts_until_the_heartbeat(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    fleet, state = Fleet(small_network, 7), _lift(small_network, "state")
    fleet.births(make_truth(start_ms))
    told = [
        step
        for step in range(1, 60)
        if state
        in fleet.measure(
            make_truth(start_ms + step * GRID_MS, lift__state=float(step >= 20))
        ).series
    ]
    assert 20 in told
    assert len(told) == 3  # the change and two heartbeats in 590 s, 300 s apart
    beats = [step for step in told if step != 20]
    assert beats[1] - beats[0] == 30


def test_all_quantities_of_a_neuron_are_told_together(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    fleet = Fleet(small_network, 7)
    fleet.births(make_truth(start_ms))
    batch = fleet.measure(make_truth(start_ms + GRID_MS, lift__trapped=[1, 0, 0, 0]))
    assert {_lift(small_network, "state"), _lift(small_network, "trapped")} <= set(
        batch.series.tolist()
    )
    assert batch.value[batch.series == _lift(small_network, "state")].tolist() == [0.0]
    assert _value(batch, _lift(small_network, "trapped")) == 1.0


def test_a_small_move_is_no_news_but_a_large_one_is(
    make_catalogue: Make, small_map, make_truth: MakeTruth, start_ms: int
) -> None:
    change = 'report = "change"\nheartbeat_s = 86400\nnet ='
    text = EXACT.replace("net =", change) + "delta = 5\n"
    fleet = Fleet(build_network(make_catalogue(text), small_map), 7)
    fleet.births(make_truth(start_ms))
    told = [
        fleet.measure(make_truth(start_ms + step * GRID_MS, link__noise_laeq_db=level))
        for step, level in enumerate((64.5, 65.0, 65.0, 60.5, 60.0), start=1)
    ]
    assert [len(batch) for batch in told] == [0, 3, 0, 0, 3]


def test_wrong_booleans_come_at_their_rate(
    make_catalogue: Make, make_map, make_truth: MakeTruth, start_ms: int, three_kinds: str
) -> None:
    text = three_kinds.replace("boolean = true", "boolean = true\nerror_rate = 0.1")
    network = build_network(make_catalogue(text), make_map(lift=5000))
    truth = make_truth(start_ms)
    arrays = dict(truth.arrays) | {"lift.state": np.zeros(5000), "lift.trapped": np.zeros(5000)}
    batch = Fleet(network, 7).births(Truth(start_ms, arrays))
    trapped = np.array([name.endswith(":trapped") for name in network.series.name])
    assert batch.value[trapped[batch.series]].mean() == pytest.approx(0.1, abs=0.015)


def test_a_truth_that_is_missing_is_not_told(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    batch = Fleet(small_network, 7).births(make_truth(start_ms, zone__pm25_ug_m3=np.nan))
    assert "pm25" not in {small_network.series.name[row].split(":")[1] for row in batch.series}


def test_history_has_the_slow_kinds_once_per_step(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    fleet = Fleet(small_network, 7)
    sizes = [len(fleet.history(make_truth(start_ms + hour * HOUR_MS))) for hour in range(25)]
    assert [size for size in sizes if size] == [8, 8]
    assert sizes[0] == sizes[24] == 8


def test_the_same_seed_says_the_same_and_another_does_not(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    one, same, other = (
        ReadingBatch.concat(_run(Fleet(small_network, seed), make_truth, start_ms, 20))
        for seed in (7, 7, 8)
    )
    assert one.value.tobytes() == same.value.tobytes()
    assert one.t_ms.tobytes() == same.t_ms.tobytes()
    assert one.value.tobytes() != other.value.tobytes()


def test_adding_a_made_up_kind_changes_no_other_neuron_and_needs_no_code(
    make_catalogue: Make,
    three_kinds: str,
    small_map,
    make_truth: MakeTruth,
    values_by_name,
    start_ms: int,
) -> None:
    before = build_network(make_catalogue(three_kinds), small_map)
    after = build_network(make_catalogue(MADE_UP + three_kinds), small_map)
    alone = values_by_name(before, _run(Fleet(before, 7), make_truth, start_ms, 90))
    together = values_by_name(after, _run(Fleet(after, 7), make_truth, start_ms, 90))
    made_up = {name: value for name, value in together.items() if ":bin_smell:" in name}
    others = {name: value for name, value in together.items() if name not in made_up}
    assert sorted(map(repr, others.items())) == sorted(map(repr, alone.items()))
    assert 10 * 44 < len(made_up) <= 10 * 46  # ten noses: at birth, then every 20 s for 890 s
    assert np.mean(list(made_up.values())) == pytest.approx(0.5, abs=0.1)


def test_a_restored_fleet_goes_on_as_it_would_have(
    small_network: Network, make_truth: MakeTruth, start_ms: int
) -> None:
    fleet, restored = Fleet(small_network, 7), Fleet(small_network, 7)
    _run(fleet, make_truth, start_ms, 10)
    restored.restore(fleet.state())
    for step in range(10, 40):
        truth = make_truth(start_ms + step * GRID_MS, lift__state=float(step // 7 % 2))
        one, other = fleet.measure(truth), restored.measure(truth)
        assert one.series.tolist() == other.series.tolist()
        assert one.value.tobytes() == other.value.tobytes()


def test_a_state_of_another_network_is_refused(
    small_network: Network, make_catalogue: Make, three_kinds: str, small_map
) -> None:
    other = build_network(make_catalogue(MADE_UP + three_kinds), small_map)
    with pytest.raises(ValueError, match="expected"):
        Fleet(small_network, 7).restore(Fleet(other, 7).state())

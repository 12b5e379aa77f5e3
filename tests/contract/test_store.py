"""What every store promises; a new store joins in conftest.py and changes nothing here."""

import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from sensors.deadletter import KEPT_BYTES, DeadLetter
from sensors.network import Network, SeriesTable
from sensors.reading import ReadingBatch
from sensors.store.base import Horizon, HourRows, Mark, Store, VitalRows, VitalSpan

RUN = "run-1"
FOREVER = 1 << 42
T0 = 1_777_600_000_000
HOUR0 = T0 - T0 % 3_600_000

SERIES = (  # zone, sensor, quantity
    ("z-01-01", "link-1:noise_laeq:1", "laeq"),
    ("z-01-01", "link-1:noise_laeq:1", "lamax"),
    ("z-01-02", "lift-1:lift_state:1", "state"),
    ("z-01-02", "link-2:noise_laeq:1", "laeq"),
)
LAEQ, LAMAX, LIFT, OTHER = range(4)


def network_of(rows: Sequence[tuple[str, str, str]]) -> Network:
    """As much of a network as a store looks at: its series."""
    sensors = list(dict.fromkeys(sensor for _, sensor, _ in rows))
    zones = tuple(dict.fromkeys(zone for zone, _, _ in rows))
    names = tuple(f"{sensor}:{quantity}" for _, sensor, quantity in rows)
    series = SeriesTable(
        sensor=np.array([sensors.index(sensor) for _, sensor, _ in rows], np.int32),
        quantity=np.zeros(len(rows), np.int32),
        name=names,
        zone=np.array([zones.index(zone) for zone, _, _ in rows], np.int32),
        lookup={name: row for row, name in enumerate(names)},
        zone_ids=zones,
    )
    return cast(Network, SimpleNamespace(series=series))


NETWORK = network_of(SERIES)


def batch(*rows: tuple[int, int, float | str]) -> ReadingBatch:
    """(series, seconds after T0, number or state) per reading."""
    values = [row[2] if isinstance(row[2], float) else np.nan for row in rows]
    states = [row[2] if isinstance(row[2], str) else None for row in rows]
    return ReadingBatch(
        np.array([row[0] for row in rows], np.int32),
        np.array([T0 + 1000 * row[1] for row in rows], np.int64),
        np.array(values),
        np.array(states, object) if any(states) else None,
    )


def of_sensor(store: Store, sensor: str, run: str = RUN, **asked: Any) -> list[Any]:
    """(quantity, seconds, value or state) of everything stored about one sensor."""
    bounds = {"quantity": None, "start_ms": 0, "end_ms": FOREVER, "limit": 1000} | asked
    found = store.readings(run, sensor, **bounds)
    values = [
        float(value) if state is None else state
        for value, state in zip(found.value, found.state, strict=True)
    ]
    return list(zip(found.quantity, (found.t_ms - T0) // 1000, values, strict=True))


def vital_rows(*rows: tuple[int, str, float, float]) -> VitalRows:
    """(seconds after T0, entity, value, score) of one indicator at street level."""
    texts = {
        "indicator": np.full(len(rows), "noise", object),
        "level": np.full(len(rows), "street", object),
        "entity": np.array([row[1] for row in rows], object),
    }
    return VitalRows(
        t_ms=np.array([T0 + 1000 * row[0] for row in rows], np.int64),
        value=np.array([row[2] for row in rows]),
        score=np.array([row[3] for row in rows]),
        confidence=np.full(len(rows), 0.9),
        **texts,
    )


def letter(reason: str, received_ms: int = T0, payload: bytes = b"?") -> DeadLetter:
    return DeadLetter(received_ms, "hengfu/v1/r/readings/z/g", reason, "why", payload)


def test_readings_come_back_oldest_first_with_numbers_and_states(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 60, 61.5), (LAEQ, 0, 60.25), (LIFT, 5, "moving")), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 60.25), ("laeq", 60, 61.5)]
    assert of_sensor(store, "lift-1:lift_state:1") == [("state", 5, "moving")]


def test_the_same_series_and_time_is_one_point_and_the_last_value_wins(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0), (LAEQ, 0, 2.0), (LAEQ, 60, 5.0)), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 2.0), ("laeq", 60, 5.0)]
    store.write(RUN, batch((LAEQ, 0, 3.0), (LAMAX, 0, 9.0), (LAEQ, 120, 6.0)), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1") == [
        ("laeq", 0, 3.0),
        ("lamax", 0, 9.0),
        ("laeq", 60, 5.0),
        ("laeq", 120, 6.0),
    ]


def test_a_point_written_again_after_reopening_is_still_one_point(
    open_store: Callable[[], Store],
) -> None:
    for _ in range(2):
        store = open_store()
        store.write(RUN, batch((LAEQ, 0, 1.0), (LIFT, 0, "idle")), NETWORK)
        assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 1.0)]
        assert of_sensor(store, "lift-1:lift_state:1") == [("state", 0, "idle")]
        store.close()


def test_a_late_point_is_kept_and_replaces_nothing_else(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 60, 2.0), (OTHER, 0, 7.0)), NETWORK)
    store.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 1.0), ("laeq", 60, 2.0)]
    assert of_sensor(store, "link-2:noise_laeq:1") == [("laeq", 0, 7.0)]


def test_start_is_inclusive_and_end_exclusive(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 0.0), (LAEQ, 1, 1.0), (LAEQ, 2, 2.0)), NETWORK)
    found = of_sensor(store, "link-1:noise_laeq:1", start_ms=T0 + 1000, end_ms=T0 + 2000)
    assert found == [("laeq", 1, 1.0)]


def test_a_limit_keeps_the_newest(store: Store) -> None:
    store.write(RUN, batch(*((LAEQ, t_s, float(t_s)) for t_s in range(5))), NETWORK)
    found = of_sensor(store, "link-1:noise_laeq:1", limit=2)
    assert found == [("laeq", 3, 3.0), ("laeq", 4, 4.0)]


def test_one_quantity_can_be_asked_for(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0), (LAMAX, 0, 2.0)), NETWORK)
    found = of_sensor(store, "link-1:noise_laeq:1", quantity="lamax")
    assert found == [("lamax", 0, 2.0)]


def test_numbers_are_thinned_to_means_over_steps_and_states_are_left_out(store: Store) -> None:
    rows = [(LAEQ, 20, 50.0), (LAEQ, 50, 60.0), (LAMAX, 50, 70.0), (LAEQ, 80, 1.0)]
    store.write(RUN, batch(*rows, (LIFT, 20, "up")), NETWORK)
    store.write("other", batch((LAEQ, 20, 99.0)), NETWORK)
    start = T0 + 20_000
    assert start % 60_000 == 0
    sensor = "link-1:noise_laeq:1"
    found = store.steps(RUN, sensor, None, start, start + 120_000, 60_000)
    numbers = zip(found.value, found.low, found.high, found.count, strict=True)
    assert ((found.t_ms - start) // 60_000).tolist() == [0, 0, 1]
    assert found.quantity.tolist() == ["laeq", "lamax", "laeq"]
    assert list(numbers) == [(55, 50, 60, 2), (70, 70, 70, 1), (1, 1, 1, 1)]
    one = store.steps(RUN, sensor, "lamax", start, start + 120_000, 60_000)
    assert one.quantity.tolist() == ["lamax"]
    assert len(store.steps(RUN, "lift-1:lift_state:1", None, 0, FOREVER, 60_000)) == 0
    assert len(store.steps("unknown", sensor, None, 0, FOREVER, 3_600_000)) == 0


def test_an_unknown_run_or_sensor_has_no_readings(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK)
    assert of_sensor(store, "nobody:noise_laeq:1") == []
    assert of_sensor(store, "link-1:noise_laeq:1", run="other") == []
    assert len(store.latest("other")) == 0
    assert list(store.scan("other", NETWORK, None, 0, FOREVER)) == []


def test_runs_do_not_mix(store: Store) -> None:
    store.write("a", batch((LAEQ, 0, 1.0)), NETWORK)
    store.write("b", batch((LAEQ, 0, 2.0)), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1", run="a") == [("laeq", 0, 1.0)]
    assert of_sensor(store, "link-1:noise_laeq:1", run="b") == [("laeq", 0, 2.0)]


def test_a_scan_gives_the_readings_of_the_kinds_in_order_of_time(store: Store) -> None:
    store.write(RUN, batch((OTHER, 9, 4.0), (LIFT, 1, "idle"), (LAEQ, 3, 1.0)), NETWORK)
    noise = ReadingBatch.concat(list(store.scan(RUN, NETWORK, ["noise_laeq"], T0, FOREVER)))
    assert noise.series.tolist() == [LAEQ, OTHER]
    assert noise.value.tolist() == [1.0, 4.0]
    everything = ReadingBatch.concat(list(store.scan(RUN, NETWORK, None, T0, T0 + 9000)))
    assert everything.series.tolist() == [LIFT, LAEQ]
    assert everything.state is not None
    assert everything.state.tolist() == ["idle", None]


def test_a_scan_leaves_out_what_the_network_no_longer_has(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0), (OTHER, 0, 4.0)), NETWORK)
    smaller = network_of([SERIES[OTHER]])
    found = ReadingBatch.concat(list(store.scan(RUN, smaller, None, 0, FOREVER)))
    assert found.series.tolist() == [0]
    assert found.value.tolist() == [4.0]


def test_a_network_with_more_sensors_moves_no_stored_series(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK)
    larger = network_of([("z-09-09", "new:noise_laeq:1", "laeq"), *SERIES])
    store.write(RUN, batch((0, 0, 8.0), (1, 60, 2.0)), larger)
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 1.0), ("laeq", 60, 2.0)]
    assert of_sensor(store, "new:noise_laeq:1") == [("laeq", 0, 8.0)]


def test_the_latest_reading_of_each_series_is_the_newest_in_device_time(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 60, 2.0), (LIFT, 0, "idle"), (LAMAX, 0, 8.0)), NETWORK)
    store.write(RUN, batch((LAEQ, 0, 1.0), (LIFT, 9, "trapped")), NETWORK)
    found = store.latest(RUN)
    assert found.quantity.tolist() == ["state", "laeq", "lamax"]  # ordered by sensor, quantity
    rows = {
        (sensor, quantity): (t_ms, value, state)
        for sensor, quantity, t_ms, value, state in zip(
            found.sensor, found.quantity, found.t_ms, found.value, found.state, strict=True
        )
    }
    assert rows[("link-1:noise_laeq:1", "laeq")] == (T0 + 60_000, 2.0, None)
    assert rows[("lift-1:lift_state:1", "state")][2] == "trapped"
    assert np.isnan(rows[("lift-1:lift_state:1", "state")][1])
    assert store.latest(RUN, "lift_state").sensor.tolist() == ["lift-1:lift_state:1"]


def test_an_empty_batch_with_marks_writes_the_marks(store: Store) -> None:
    store.write(RUN, ReadingBatch.empty(), NETWORK, [Mark("z-01-01", "g", 1, 7)])
    assert store.marks(RUN) == [Mark("z-01-01", "g", 1, 7)]


def test_marks_are_kept_per_gateway_and_epoch_and_never_fall(store: Store) -> None:
    one = batch((LAEQ, 0, 1.0))
    first = [Mark("z-01-01", "g1", 1, 5), Mark("z-01-02", "g1", 1, 2)]
    store.write(RUN, one, NETWORK, first)
    store.write(RUN, one, NETWORK, [Mark("z-01-01", "g1", 1, 3), Mark("z-01-01", "g1", 2, 1)])
    assert sorted(store.marks(RUN), key=str) == sorted(
        [*first, Mark("z-01-01", "g1", 2, 1)], key=str
    )
    assert store.marks("other") == []


def test_marks_and_readings_outlive_reopening(open_store: Callable[[], Store]) -> None:
    before = open_store()
    before.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK, [Mark("z-01-01", "g", 1, 1)])
    before.close()
    after = open_store()
    assert after.marks(RUN) == [Mark("z-01-01", "g", 1, 1)]
    assert of_sensor(after, "link-1:noise_laeq:1") == [("laeq", 0, 1.0)]
    after.close()


def test_vital_signs_come_back_with_missing_as_nan(store: Store) -> None:
    store.write_vitals(RUN, vital_rows((60, "a", np.nan, np.nan), (0, "a", 61.0, 80.0)))
    found = store.vitals(RUN, "noise", "street", "a", T0, FOREVER)
    assert found.t_ms.tolist() == [T0, T0 + 60_000]
    assert found.value[0] == 61.0
    assert np.isnan(found.value[1])
    assert np.isnan(found.score[1])
    assert found.confidence.tolist() == [0.9, 0.9]


def test_a_vital_sign_written_again_is_replaced(store: Store) -> None:
    store.write_vitals(RUN, vital_rows((0, "a", 1.0, 10.0), (0, "b", 5.0, 50.0)))
    store.write_vitals(RUN, vital_rows((0, "a", 2.0, 20.0), (0, "a", 3.0, 30.0)))
    assert store.vitals(RUN, "noise", "street", "a", 0, FOREVER).value.tolist() == [3.0]
    assert store.vitals(RUN, "noise", "street", "b", 0, FOREVER).value.tolist() == [5.0]


def test_vital_signs_can_be_thinned_to_means_over_steps(store: Store) -> None:
    start = T0 - T0 % 60_000 - T0
    rows = [(start // 1000 + t_s, "a", value, value) for t_s, value in ((0, 1.0), (30, 3.0))]
    store.write_vitals(RUN, vital_rows(*rows, (start // 1000 + 60, "a", np.nan, np.nan)))
    found = store.vitals(RUN, "noise", "street", "a", 0, FOREVER, step_ms=60_000)
    assert found.t_ms.tolist() == [T0 + start, T0 + start + 60_000]
    assert found.value[0] == 2.0
    assert np.isnan(found.value[1])


def hour_rows(*rows: tuple[int, str, float, float]) -> HourRows:
    """(hours after the full hour of T0, entity, value, score) per row; low and high are +-1."""
    minutes = vital_rows(*[(0, entity, value, score) for _, entity, value, score in rows])
    times = np.array([HOUR0 + 3_600_000 * row[0] for row in rows], np.int64)
    return HourRows(
        times, minutes.indicator, minutes.level, minutes.entity, minutes.value, minutes.score,
        minutes.confidence, minutes.value - 1, minutes.value + 1, minutes.score / 2,
    )  # fmt: skip


def test_steps_tell_the_range_of_the_value_and_the_worst_score(store: Store) -> None:
    start = HOUR0 // 1000 - T0 // 1000
    rows = [(start + t_s, "a", value, 10 * value) for t_s, value in ((0, 1.0), (30, 3.0))]
    store.write_vitals(RUN, vital_rows(*rows))
    found = store.vitals(RUN, "noise", "street", "a", 0, FOREVER, step_ms=60_000)
    assert (found.low[0], found.high[0], found.worst[0]) == (1.0, 3.0, 10.0)


def test_all_minutes_of_a_span_can_be_read(store: Store) -> None:
    store.write_vitals(RUN, vital_rows((0, "a", 1.0, 10.0), (0, "b", np.nan, np.nan)))
    store.write_vitals(RUN, vital_rows((60, "a", 2.0, 20.0)))
    store.write_vitals("other", vital_rows((0, "a", 9.0, 90.0)))
    found = store.minutes(RUN, T0, T0 + 60_000)
    assert sorted(zip(found.entity, found.indicator, found.level, strict=True)) == [
        ("a", "noise", "street"), ("b", "noise", "street"),
    ]  # fmt: skip
    values = dict(zip(found.entity, found.value, strict=True))
    assert values["a"] == 1.0
    assert np.isnan(values["b"])
    assert len(store.minutes(RUN, T0 + 120_000, FOREVER)) == 0


def test_hours_come_back_in_order_and_are_replaced(store: Store) -> None:
    store.write_hours(RUN, hour_rows((1, "a", 3.0, 30.0), (0, "a", np.nan, np.nan)))
    store.write_hours(RUN, hour_rows((1, "a", 5.0, 50.0), (1, "b", 7.0, 70.0)))
    found = store.hours(RUN, "noise", "street", "a", HOUR0, FOREVER)
    assert found.t_ms.tolist() == [HOUR0, HOUR0 + 3_600_000]
    assert np.isnan([found.value[0], found.score[0], found.low[0], found.worst[0]]).all()
    assert (found.value[1], found.low[1], found.high[1], found.worst[1]) == (5.0, 4.0, 6.0, 25.0)
    assert len(store.hours(RUN, "noise", "street", "a", HOUR0, HOUR0 + 3_600_000)) == 1


def test_the_span_of_vital_signs_tells_what_is_to_be_rolled_up(store: Store) -> None:
    assert store.vital_span(RUN) == VitalSpan(None, None)
    store.write_vitals(RUN, vital_rows((60, "a", 1.0, 10.0), (0, "b", np.nan, np.nan)))
    assert store.vital_span(RUN) == VitalSpan(T0, None)
    store.write_hours(RUN, hour_rows((3, "a", 1.0, 10.0), (0, "a", 1.0, 10.0)))
    assert store.vital_span(RUN) == VitalSpan(T0, HOUR0 + 3 * 3_600_000)


def test_what_was_forgotten_is_gone_and_the_rest_stays(store: Store) -> None:
    for run in (RUN, "other"):
        store.write(run, batch((LAEQ, 0, 1.0), (LAEQ, 60, 2.0), (LIFT, 0, "moving")), NETWORK)
        store.write_vitals(run, vital_rows((0, "a", 1.0, 10.0), (60, "a", 2.0, 20.0)))
        store.write_hours(run, hour_rows((0, "a", 1.0, 10.0), (1, "a", 2.0, 20.0)))
    store.forget(RUN, Horizon(T0 + 60_000, T0 + 60_000, HOUR0 + 3_600_000))
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 60, 2.0)]
    assert of_sensor(store, "lift-1:lift_state:1") == []
    assert store.vitals(RUN, "noise", "street", "a", 0, FOREVER).value.tolist() == [2.0]
    assert store.hours(RUN, "noise", "street", "a", 0, FOREVER).value.tolist() == [2.0]
    assert len(of_sensor(store, "link-1:noise_laeq:1", run="other")) == 2
    assert len(store.vitals("other", "noise", "street", "a", 0, FOREVER)) == 2
    assert len(store.hours("other", "noise", "street", "a", 0, FOREVER)) == 2


def test_nothing_is_forgotten_without_a_horizon(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK)
    store.write_vitals(RUN, vital_rows((0, "a", 1.0, 10.0)))
    store.forget(RUN, Horizon())
    store.forget("never existed", Horizon(FOREVER, FOREVER, FOREVER))
    assert len(of_sensor(store, "link-1:noise_laeq:1")) == 1
    assert len(store.vitals(RUN, "noise", "street", "a", 0, FOREVER)) == 1


def test_an_unknown_vital_sign_has_an_empty_history(store: Store) -> None:
    store.write_vitals(RUN, vital_rows((0, "a", 1.0, 10.0)))
    assert len(store.vitals(RUN, "noise", "street", "b", 0, FOREVER)) == 0
    assert len(store.vitals("other", "noise", "street", "a", 0, FOREVER)) == 0


def test_dead_letters_come_back_newest_first_and_cut(store: Store) -> None:
    big = letter("too_large", T0 + 1, bytes(5000))
    store.write_dead(RUN, [letter("not_json", payload=b"\x00\xff'\""), big])
    newest, oldest = store.dead_letters(RUN, 10)
    assert oldest == letter("not_json", payload=b"\x00\xff'\"")
    assert (newest.reason, len(newest.payload)) == ("too_large", KEPT_BYTES)
    assert [found.reason for found in store.dead_letters(RUN, 1)] == ["too_large"]
    assert store.dead_letters("other", 10) == []


def test_dead_letters_written_with_readings_are_kept_too(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 0, 1.0)), NETWORK, (), [letter("not_senml")])
    assert [found.reason for found in store.dead_letters(RUN, 10)] == ["not_senml"]


def test_dead_letters_of_a_run_are_bounded(store: Store) -> None:
    for part in range(3):
        letters = [letter("r", T0 + 5000 * part + place) for place in range(5000)]
        store.write_dead(RUN, letters)
    kept = store.dead_letters(RUN, 20_000)
    assert 5000 <= len(kept) <= 12_000
    assert kept[0].received_ms == T0 + 14_999


def test_runs_are_listed_with_the_span_of_their_readings(store: Store) -> None:
    store.write("b", batch((LAEQ, 0, 1.0), (LAEQ, 60, 1.0)), NETWORK)
    store.write_dead("a", [letter("r")])
    assert [(span.run, span.first_ms, span.last_ms) for span in store.runs()] == [
        ("a", None, None),
        ("b", T0, T0 + 60_000),
    ]


def test_a_deleted_run_leaves_nothing_and_others_stay(store: Store) -> None:
    for run in ("a", "b"):
        store.write(run, batch((LAEQ, 0, 1.0)), NETWORK, [Mark("z-01-01", "g", 1, 1)])
        store.write_vitals(run, vital_rows((0, "a", 1.0, 10.0)))
        store.write_hours(run, hour_rows((0, "a", 1.0, 10.0)))
        store.write_dead(run, [letter("r")])
    store.delete("a")
    store.delete("never existed")
    assert [span.run for span in store.runs()] == ["b"]
    assert of_sensor(store, "link-1:noise_laeq:1", run="a") == []
    assert (store.marks("a"), store.dead_letters("a", 9)) == ([], [])
    assert len(store.vitals("a", "noise", "street", "a", 0, FOREVER)) == 0
    assert len(store.hours("a", "noise", "street", "a", 0, FOREVER)) == 0
    assert of_sensor(store, "link-1:noise_laeq:1", run="b") == [("laeq", 0, 1.0)]


def test_a_deleted_run_can_be_written_again(store: Store) -> None:
    store.write(RUN, batch((LAEQ, 60, 1.0)), NETWORK)
    store.delete(RUN)
    store.write(RUN, batch((LAEQ, 0, 2.0)), NETWORK)
    assert of_sensor(store, "link-1:noise_laeq:1") == [("laeq", 0, 2.0)]


def test_threads_may_write_and_read_at_once(store: Store) -> None:
    failures: list[BaseException] = []

    def work(series: int) -> None:
        try:
            for t_s in range(20):
                store.write(RUN, batch((series, t_s, float(t_s))), NETWORK)
                store.latest(RUN)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(series,)) for series in (LAEQ, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(of_sensor(store, "link-1:noise_laeq:1")) == 20
    assert len(of_sensor(store, "link-2:noise_laeq:1")) == 20


@pytest.mark.parametrize("count", [0, 1])
def test_no_rows_are_no_trouble(store: Store, count: int) -> None:
    store.write_vitals(RUN, vital_rows(*[(0, "a", 1.0, 1.0)][:count]))
    store.write_dead(RUN, [letter("r")][:count])
    assert len(store.dead_letters(RUN, 5)) == count

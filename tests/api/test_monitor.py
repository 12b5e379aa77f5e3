"""The monitor evaluates in event time, keeps before it tells, and survives a restart."""

from dataclasses import replace
from typing import Any

import pytest

from api.alertdesk import SENSORS_KEPT
from api.ledger import Draft, LedgerUnavailable
from api.monitor import due_steps
from sensors.store import StoreUnavailable

START_MS = 1_777_618_800_000  # 2026-05-01T15:00:00+08:00
JUNCTION = "crowd-density"


@pytest.mark.parametrize(
    ("evaluated", "watermark", "steps"),
    [
        (None, 25_000, [20_000]),
        (20_000, 29_999, []),
        (20_000, 30_000, [30_000]),
        (20_000, 61_000, [30_000, 40_000, 50_000, 60_000]),
        (60_000, 20_000, []),
    ],
)
def test_steps_are_due_at_multiples_of_the_period_up_to_the_watermark(
    evaluated: int | None, watermark: int, steps: list[int]
) -> None:
    assert list(due_steps(evaluated, watermark, 10_000)) == steps


def short(alert: Any) -> Any:
    """As it is kept: with the first of its neurons."""
    return replace(alert, sensors=alert.sensors[:SENSORS_KEPT])


def firing(quarter: Any) -> list[Any]:
    return [alert for alert in quarter.services.desk.open() if alert.state.value == "firing"]


def test_nothing_is_evaluated_before_the_clock_is_heard(quarter: Any) -> None:
    quarter.say("crowd_density", "persons", 400, START_MS)
    quarter.services.monitor.pump()
    assert quarter.services.monitor.frame is None


def test_time_is_the_clock_less_the_lateness(quarter: Any) -> None:
    quarter.clock(START_MS + 14_999)
    assert quarter.services.monitor.frame.t_ms == START_MS
    quarter.clock(START_MS + 15_000)
    assert quarter.services.monitor.frame.t_ms == START_MS + 10_000


def test_a_clock_that_goes_back_evaluates_nothing_twice(quarter: Any) -> None:
    quarter.clock(START_MS + 60_000)
    quarter.clock(START_MS)
    quarter.clock(START_MS + 60_000)
    assert quarter.services.monitor.evaluations == 1


def test_after_a_long_leap_only_the_newest_steps_are_evaluated(quarter: Any) -> None:
    quarter.clock(START_MS + 5_000)
    quarter.clock(START_MS + 3_605_000)
    monitor = quarter.services.monitor
    assert monitor.frame.t_ms == START_MS + 3_600_000
    assert (monitor.evaluations, monitor.skipped) == (61, 300)


def test_a_crowd_fires_one_alert_per_place_and_resolves_it(quarter: Any) -> None:
    end_ms = quarter.surge(minutes=4)
    fired = firing(quarter)
    assert fired
    assert len({(alert.rule, alert.entity) for alert in fired}) == len(fired)
    quarter.calm(end_ms)
    assert [alert for alert in firing(quarter) if alert.rule == JUNCTION] == []


def test_an_alert_is_in_the_ledger_before_it_is_on_the_bus(quarter: Any) -> None:
    services, order = quarter.services, []
    append, publish = services.ledger.append, quarter.bus.publish

    def appending(drafts: Any) -> Any:
        order.extend(draft.subject for draft in drafts)
        return append(drafts)

    def publishing(topic: str, *arguments: Any, **options: Any) -> None:
        if "/alerts/" in topic:
            assert topic.rsplit("/", 1)[1] in order, "told before it was kept"
            order.append("told")
        publish(topic, *arguments, **options)

    services.ledger.append, quarter.bus.publish = appending, publishing
    quarter.surge(minutes=3)
    assert "told" in order


def test_an_alert_is_retained_while_open_and_cleared_at_its_end(quarter: Any) -> None:
    end_ms = quarter.surge(minutes=3)
    open_ids = {alert.id for alert in firing(quarter)}
    kept = {topic.rsplit("/", 1)[1] for topic in quarter.bus.retained if "/alerts/" in topic}
    assert kept == open_ids
    quarter.calm(end_ms)
    resolved = {name for name, event in quarter.bus.told("alerts") if event and
                event["data"]["state"] == "resolved"}  # fmt: skip
    gone = open_ids - {alert.id for alert in firing(quarter)}
    assert gone
    assert gone <= resolved
    assert not {t for t in quarter.bus.retained if "/alerts/" in t and t.rsplit("/", 1)[1] in gone}


def test_alerts_survive_a_kill_and_are_not_fired_twice(open_quarter: Any) -> None:
    first = open_quarter()
    end_ms = first.surge(minutes=3)
    before = [short(alert) for alert in first.services.desk.open()]
    fired = {alert.id for alert in firing(first)}
    first.close()
    second = open_quarter()
    assert second.services.desk.open() == before
    second.seq = dict(first.seq)
    second.surge(minutes=3, start_ms=end_ms)
    assert {alert.id for alert in firing(second)} >= fired
    events = second.services.ledger.since(0, second.services.run, ["alert"], 10_000)
    firings = [entry.subject for entry in events if entry.payload["what"] == "firing"]
    assert len(firings) == len(set(firings))


def test_after_a_restart_open_alerts_are_told_again(open_quarter: Any) -> None:
    first = open_quarter()
    first.surge(minutes=3)
    fired = {alert.id for alert in firing(first)}
    first.close()
    second = open_quarter()
    second.services.monitor.pump()
    kept = {topic.rsplit("/", 1)[1] for topic in second.bus.retained if "/alerts/" in topic}
    assert kept == fired


def test_windows_are_filled_from_the_store_after_a_restart(open_quarter: Any) -> None:
    first = open_quarter()
    first.surge(minutes=3)
    network, services = first.world.network, first.services
    batch = first.batch("crowd_density", "persons", 400, START_MS + 180_000)
    services.store.write(services.run, batch, network)
    first.close()
    second = open_quarter()
    second.clock(START_MS + 195_000)
    sign = second.services.monitor.frame.at("street", plaza_street(second))
    scores = {one.indicator: one.score for one in sign}
    assert scores["P1"] is not None


def plaza_street(quarter: Any) -> str:
    alert = next(a for a in quarter.services.desk.open() if a.rule == JUNCTION)
    return str(alert.entity)


def test_without_room_on_the_bus_alerts_are_told_later(quarter: Any) -> None:
    quarter.bus.full = True
    end_ms = quarter.surge(minutes=3)
    assert quarter.bus.told("alerts") == []
    quarter.bus.full = False
    quarter.clock(end_ms + 60_000)
    assert {name for name, _ in quarter.bus.told("alerts")} >= {a.id for a in firing(quarter)}


def test_vital_signs_wait_for_the_store_while_it_is_away(quarter: Any) -> None:
    services = quarter.services
    write = services.store.write_vitals

    def away(*_: Any) -> None:
        raise StoreUnavailable("gone")

    services.store.write_vitals = away
    quarter.clock(START_MS + 5_000)
    quarter.clock(START_MS + 65_000)
    services.store.write_vitals = write
    quarter.clock(START_MS + 125_000)
    kept = services.store.vitals(
        services.run, "N1", "quarter", "hengfu", START_MS, START_MS + 180_000
    )
    assert kept.t_ms.tolist() == [START_MS, START_MS + 60_000, START_MS + 120_000]


def test_a_malformed_pack_is_counted_and_the_next_is_taken(quarter: Any) -> None:
    zone, gateway = quarter.world.network.gateways[0]
    for payload in (b"", b"not json", b"[]", b"\xff\xfe"):
        quarter.bus.deliver(f"hengfu/v1/{quarter.services.run}/readings/{zone}/{gateway}", payload)
    quarter.say("crowd_density", "persons", 3, START_MS)
    quarter.clock(START_MS + 5_000)
    intake = quarter.services.monitor.intake
    assert intake.refused == 4
    assert intake.readings == len(quarter.world.network.of_kind("crowd_density"))


def test_packs_that_were_missed_are_fetched_from_the_store(quarter: Any) -> None:
    services = quarter.services
    quarter.say("crowd_density", "persons", 3, START_MS)
    quarter.clock(START_MS + 5_000)
    missed = quarter.batch("crowd_density", "persons", 400, START_MS + 10_000)
    services.store.write(services.run, missed, quarter.world.network)
    quarter.seq = {gateway: seq + 1 for gateway, seq in quarter.seq.items()}
    for t_ms in range(START_MS + 20_000, START_MS + 70_000, 10_000):
        quarter.say("crowd_density", "persons", 3, t_ms)
        quarter.clock(t_ms + 5_000)
    assert services.monitor.past.mended == 1
    density = services.monitor.frame.blocks["P1", "street"].value
    assert density.min() > 0.3, "three persons alone make less than 0.1 per square metre"


def test_alerts_wait_for_the_ledger_and_are_then_told_once(quarter: Any) -> None:
    services = quarter.services
    append = services.ledger.append

    def away(_: Any) -> None:
        raise LedgerUnavailable("disk is full")

    services.ledger.append = away
    end_ms = quarter.surge(minutes=3)
    assert quarter.bus.told("alerts") == []
    assert services.desk.outage.reason == "disk is full"
    services.ledger.append = append
    quarter.surge(minutes=1, start_ms=end_ms)
    assert services.desk.outage.reason is None
    entries = services.ledger.since(0, services.run, ["alert"], 10_000)
    firings = [entry.subject for entry in entries if entry.payload["what"] == "firing"]
    assert firings
    assert len(firings) == len(set(firings))
    assert set(firings) == {name for name, _ in quarter.bus.told("alerts")}


def test_an_alert_whose_rule_is_gone_ends_at_the_restart(open_quarter: Any) -> None:
    first = open_quarter()
    first.surge(minutes=3)
    entry = first.services.ledger.latest(first.services.run, "alert")[0]
    alert = {**entry.payload["alert"], "id": "old", "rule": "abolished"}
    payload = {"what": "firing", "listed": "firing", "sensor_count": 1, "alert": alert}
    first.services.ledger.append([Draft(entry.run, entry.t_ms, "alert", "old", payload)])
    first.close()
    second = open_quarter()
    last = second.services.ledger.story(entry.run, "alert", "old")[-1]
    assert last.payload["alert"]["state"] == "resolved"


def test_a_step_that_fails_is_counted_and_the_next_one_works(quarter: Any) -> None:
    monitor = quarter.services.monitor
    pump, calls = monitor.pump, []

    def sometimes(wait_s: float = 0.0) -> None:
        calls.append(wait_s)
        if len(calls) == 1:
            raise RuntimeError("a defect")
        monitor._stopping.set()

    monitor.pump = sometimes
    monitor._work()
    monitor.pump = pump
    assert monitor.errors == 1
    assert len(calls) == 2

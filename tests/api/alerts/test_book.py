"""The book over frames of several entities."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from api.alerts.alert import Alert, AlertEvent, State, What, alert_id, from_payload, to_payload
from api.alerts.book import AlertBook
from api.config import Rulebook
from api.operations.casebook import CaseBook
from api.operations.stage import Side, Stage
from api.operations.workorder import WorkOrder
from api.vitals.sign import Colour

Make = Callable[..., Any]
CALM, FULL, CRUSH = 0.3, 1.2, 4.0


@pytest.fixture
def book(rulebook: Rulebook) -> AlertBook:
    """A book with the rule for crowd density alone."""
    rules = tuple(rule for rule in rulebook.rules if rule.id == "crowd-density")
    return AlertBook(replace(rulebook, rules=rules))


def run(book: AlertBook, make: Make, *steps: tuple[int, dict[str, Any]]) -> list[AlertEvent]:
    return [
        event for t_s, values in steps for event in book.step(make(t_s, "P1", "street", values))
    ]


def test_one_open_alert_per_entity(book: AlertBook, make_frame: Make) -> None:
    values = {"a": FULL, "b": CALM, "c": FULL}
    run(book, make_frame, *((t, values) for t in range(0, 600, 10)))
    assert [alert.entity for alert in book.active()] == ["a", "c"]


def test_alert_says_where_since_when_and_by_which_neurons(
    book: AlertBook, make_frame: Make
) -> None:
    events = run(book, make_frame, (0, {"a": FULL}), (30, {"a": CRUSH}), (60, {"a": FULL}))
    alert = events[-1].alert
    assert events[-1].what is What.FIRING
    assert (alert.started_ms, alert.fired_ms, alert.resolved_ms) == (0, 60_000, None)
    assert (alert.value, alert.peak) == (FULL, CRUSH)
    assert (alert.indicator, alert.level, alert.zone) == ("P1", "street", "z-1")
    assert alert.sensors == ("a:camera:1",)
    assert alert.message_en == "a: crowd of 1.20 per square metre (yellow)"
    assert alert.message_zh == "名a 人群密度 1.20 人/平方米（黄色）"


def test_peak_is_the_worst_value_also_where_low_is_bad(
    rulebook: Rulebook, make_frame: Make
) -> None:
    book = AlertBook(rulebook)
    for t_s, value in ((0, 0.5), (400, 0.3), (500, 0.5)):
        book.step(make_frame(t_s, "L3", "zone", {"z-1": value}))
    assert book.active()[0].peak == 0.3


def test_new_breach_after_the_end_is_a_new_alert(book: AlertBook, make_frame: Make) -> None:
    steps = [(0, FULL), (60, FULL), (70, CALM), (370, CALM), (380, FULL), (440, FULL)]
    events = run(book, make_frame, *((t, {"a": v}) for t, v in steps))
    fired = [event.alert.id for event in events if event.what is What.FIRING]
    assert len(set(fired)) == 2
    assert fired == sorted(fired)


def test_ids_are_the_same_in_every_replay(book: AlertBook, make_frame: Make) -> None:
    events = run(book, make_frame, (1_777_608_000, {"a": FULL}))
    assert events[0].alert.id == alert_id(1_777_608_000_000, "crowd-density", "a")
    assert events[0].alert.id == "0momdwn40-crowd-density-a"


def test_acknowledgement_stays_with_the_alert(book: AlertBook, make_frame: Make) -> None:
    run(book, make_frame, (0, {"a": FULL}), (60, {"a": FULL}))
    event = book.acknowledge(book.active()[0].id, "wang", "on my way", 65_000)
    assert event.what is What.ACKNOWLEDGED
    later = run(book, make_frame, (70, {"a": CRUSH}), (130, {"a": CRUSH}))[-1]
    assert later.what is What.ESCALATED
    assert (later.alert.acknowledged_by, later.alert.acknowledged_ms) == ("wang", 65_000)


def test_second_acknowledgement_does_not_replace_the_first(
    book: AlertBook, make_frame: Make
) -> None:
    run(book, make_frame, (0, {"a": FULL}))
    name = book.active()[0].id
    book.acknowledge(name, "wang", "", 1)
    assert book.acknowledge(name, "li", "", 2).alert.acknowledged_by == "wang"


def test_acknowledging_an_unknown_or_closed_alert_is_a_key_error(
    book: AlertBook, make_frame: Make
) -> None:
    with pytest.raises(KeyError, match="nothing"):
        book.acknowledge("nothing", "wang", "", 0)
    gone = run(book, make_frame, (0, {"a": FULL}), (10, {"a": CALM}))[-1].alert
    with pytest.raises(KeyError):
        book.acknowledge(gone.id, "wang", "", 0)


def test_restored_book_goes_on_where_it_stopped(
    rulebook: Rulebook, book: AlertBook, make_frame: Make
) -> None:
    run(book, make_frame, (0, {"a": FULL, "b": FULL}), (60, {"a": FULL, "b": CALM}))
    other = AlertBook(rulebook)
    other.restore(through_json(alert) for alert in book.active())
    assert other.active() == book.active()
    steps = [(t, {"a": CALM, "b": CALM}) for t in (70, 300, 370)]
    one, two = run(book, make_frame, *steps), run(other, make_frame, *steps)
    assert [(event.what, event.t_ms) for event in one] == [(What.RESOLVED, 370_000)]
    assert one == two


def through_json(alert: Alert) -> Alert:
    return from_payload(orjson.loads(orjson.dumps(to_payload(alert))))


def test_restore_leaves_out_closed_alerts_and_rules_that_are_gone(
    book: AlertBook, make_frame: Make
) -> None:
    run(book, make_frame, (0, {"a": FULL}))
    alert = book.active()[0]
    book.restore([replace(alert, entity="b", state=State.RESOLVED), replace(alert, rule="gone")])
    assert book.active() == [alert]


def test_payload_from_a_newer_version_is_understood(book: AlertBook, make_frame: Make) -> None:
    alert = run(book, make_frame, (0, {"a": FULL}))[0].alert
    assert from_payload(to_payload(alert) | {"mood": "new field"}) == alert


def test_alert_of_an_entity_that_left_the_map_ends(book: AlertBook, make_frame: Make) -> None:
    run(book, make_frame, (0, {"a": FULL}), (60, {"a": FULL}))
    events = run(book, make_frame, (70, {"b": CALM}), (370, {"b": CALM}))
    assert [event.what for event in events] == [What.RESOLVED]


def test_quarter_is_at_least_yellow_while_a_street_is_red(
    rulebook: Rulebook, book: AlertBook, make_frame: Make
) -> None:
    health = make_frame(60, "H", "quarter", {"hengfu": 95.0})
    assert book.colour(health) is Colour.NORMAL
    run(book, make_frame, (0, {"a": CRUSH}))
    assert book.colour(health) is Colour.NORMAL  # pending alerts do not count
    run(book, make_frame, (60, {"a": CRUSH}))
    assert book.colour(health) is Colour.YELLOW


def test_an_alert_whose_case_was_a_false_alarm_does_not_colour_the_quarter(
    rulebook: Rulebook, make_frame: Make
) -> None:
    cases = CaseBook()
    book = AlertBook(rulebook, cases)
    run(book, make_frame, (0, {"a": CRUSH}), (60, {"a": CRUSH}))
    alert = next(one for one in book.active() if one.state is State.FIRING)
    order = WorkOrder(
        "o-1", "crowd_surge", Colour.RED, "street", "a", {Stage.DETECTED: 60_000},
        sides={Side.FALSE_ALARM: 100_000}, source=(alert.id,),
    )  # fmt: skip
    cases.put(order)
    assert book.colour(make_frame(90, "H", "quarter", {"hengfu": 95.0})) is Colour.YELLOW
    assert book.colour(make_frame(100, "H", "quarter", {"hengfu": 95.0})) is Colour.NORMAL

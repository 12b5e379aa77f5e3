"""Working days as people in Shanghai count them, and orders that know when they are late."""

import pytest

from api.operations.casebook import CaseBook
from api.operations.deadlines import after_working_days, load_deadlines, order_due, report_due
from api.operations.report import Channel, Report, Request
from api.operations.stage import Side, Stage
from api.operations.workorder import WorkOrder
from api.vitals.sign import Colour
from twin.clock import DAY_MS, MINUTE_MS, iso, parse_time
from twin.config import default_config_dir

DEADLINES = load_deadlines(default_config_dir())
T0 = parse_time("2026-05-20T09:00")


def order(**more: object) -> WorkOrder:
    due = order_due(DEADLINES, Colour.ORANGE, T0)
    reached = {Stage.DETECTED: T0, Stage.DISPATCHED: T0 + 2 * MINUTE_MS}
    return WorkOrder("w-1", "gas_leak", Colour.ORANGE, "street", "a", reached, due, **more)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-05-20T09:00", 1, "2026-05-21T09:00"),  # Wednesday
        ("2026-05-22T15:30", 1, "2026-05-25T15:30"),  # Friday to Monday
        ("2026-05-23T15:30", 1, "2026-05-26T00:00"),  # Saturday counts from Monday's first minute
        ("2026-04-30T10:00", 1, "2026-05-06T10:00"),  # over Labour Day
        ("2026-05-08T10:00", 1, "2026-05-09T10:00"),  # a Saturday that is worked
        ("2026-05-20T09:00", 5, "2026-05-27T09:00"),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(start: str, days: int, end: str) -> None:
    assert iso(after_working_days(parse_time(start), days))[:16] == end


def test_targets_depend_on_the_severity() -> None:
    minutes = {
        colour: (order_due(DEADLINES, colour, T0)[Stage.DISPATCHED] - T0) / MINUTE_MS
        for colour in list(Colour)[1:]
    }
    assert list(minutes.values()) == [15, 10, 3, 1]


def test_what_is_asked_decides_the_time_to_answer() -> None:
    days = {
        one: (report_due(DEADLINES, one, T0)[1] - T0) / DAY_MS
        for one in (Request.CONSULTATION, Request.SUPERVISED, Request.ORDINARY)
    }
    assert list(days.values()) == [1, 5, 7]  # 3 and 5 working days over a weekend


def test_an_order_is_overdue_where_it_should_be_and_is_not() -> None:
    now_ms = T0 + 20 * MINUTE_MS
    assert not order().overdue(Stage.DISPATCHED, now_ms)
    assert order().overdue(Stage.ON_SITE, now_ms)


def test_an_order_at_an_earlier_time_does_not_know_what_came_later() -> None:
    assert order().stage(T0 + MINUTE_MS) is Stage.DETECTED
    assert order().stage(T0 + 3 * MINUTE_MS) is Stage.DISPATCHED


def test_the_newer_version_replaces_the_older_one() -> None:
    book = CaseBook()
    book.put(order())
    book.put(order(sides={Side.FALSE_ALARM: T0 + MINUTE_MS}))
    assert len(book.orders(T0)) == 1
    assert book.orders(T0 + MINUTE_MS) == []


def test_old_cases_are_forgotten() -> None:
    book = CaseBook()
    book.put(order())
    book.put(Report("r-1", Channel.APP, "trees", "z-1", T0))
    book.forget(T0 + 60 * DAY_MS)
    assert (len(book.orders(T0)), len(book.reports(T0, Channel.APP))) == (1, 1)
    book.forget(T0 + 70 * DAY_MS)
    assert (book.orders(T0), book.reports(T0, Channel.APP)) == ([], [])

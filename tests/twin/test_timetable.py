"""What is due, and when."""

import pytest

from twin.timetable import Timetable, Waiting


def test_ranks_order_a_moment_whoever_came_first() -> None:
    table, seen = Timetable(0), []
    for rank in (20, 3, 12, 7):
        table.every(10, rank, lambda t_ms, rank=rank: seen.append((t_ms, rank)))
    table.run_until(11)
    assert seen == [(t_ms, rank) for t_ms in (0, 10) for rank in (3, 7, 12, 20)]


def test_a_shorter_beat_takes_over_and_nothing_happens_twice() -> None:
    table, seen = Timetable(5), []
    table.every(60, 10, lambda t_ms: seen.append(("slow", t_ms)))
    table.run_until(61)
    table.every(20, 11, lambda t_ms: seen.append(("fast", t_ms)))
    table.run_until(121)
    fast = [("fast", t_ms) for t_ms in (80, 100)]
    assert seen == [("slow", 60), *fast, ("slow", 120), ("fast", 120)]


def test_what_waits_for_the_past_comes_now() -> None:
    table, seen = Timetable(100), []

    def course() -> Waiting:
        yield table.at(50, 4)
        seen.append(table.now_ms)
        yield table.at(130, 4)
        seen.append(table.now_ms)

    table.follow(course())
    table.run_until(131)
    assert seen == [100, 130]


def test_time_never_runs_back() -> None:
    with pytest.raises(ValueError, match="cannot run back"):
        Timetable(100).run_until(99)

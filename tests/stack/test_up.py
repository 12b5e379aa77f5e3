"""A day in the quarter, from the outside: the whole chain over real servers."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from stack.quarter import Event, Quarter, alive, free_port, kill, quarter

from twin.labels import read_labels

pytestmark = pytest.mark.stack
MIDWEEK = ("--start", "2026-05-13T10:00", "--seed", "7", "--speed", "60")
JUNCTION = {"z-03-04", "z-03-05"}


def crowd(what: str) -> Any:
    """Whether an event says this of the crowd at the junction."""

    def fits(event: Event) -> bool:
        data = event["data"]
        return bool(
            data["rule"] == "crowd-density" and data["what"] == what and data["zone"] in JUNCTION
        )

    return fits


def test_a_surge_is_seen_survives_a_crash_and_is_over(tmp_path: Path, broker_kind: str) -> None:
    """Injected at 60x: the alert arrives, outlives a killed service, resolves; truth is kept."""
    with quarter(tmp_path, broker_kind, *MIDWEEK) as city:
        assert len(city.children()) == 3
        children = city.children()
        assert "crowd_surge" in city.hengfu("inject", "crowd_surge", "--minutes", "15")
        fired = city.wait_event(crowd("firing"), within_s=60)
        kill(children["serve"])
        resolved = city.wait_event(
            lambda event: crowd("resolved")(event) and event["subject"] == fired["subject"],
            within_s=120,
        )
        assert fired["data"]["sensors"]
        assert resolved["data"]["peak"] >= 0.72
        firings = [e for e in city.events if crowd("firing")(e)]
        assert len({e["subject"] for e in firings}) == len(firings)
        labels = list(read_labels(city.folder / "labels.jsonl"))
        assert [label.scenario for label in labels if label.cause == "injected"] == ["crowd_surge"]
        _becomes_whole(city)
        children |= city.children()
    assert not any(alive(pid) for pid in children.values())
    assert city.process.returncode == 0


def _becomes_whole(city: Quarter) -> None:
    """Every dimension has a score again soon, though minutes at 60x may be on their way late."""

    def scores() -> list[float | None]:
        return [row["score"] for row in city.get("/api/v1/vitals")["dimensions"]]

    city.wait(lambda: len(scores()) == 6 and None not in scores(), within_s=30)
    assert city.get("/api/v1/dead-letters")["items"] == []


def test_a_killed_broker_is_started_again(tmp_path: Path, broker_kind: str) -> None:
    """At the same address; the city goes on where it waited."""
    with quarter(tmp_path, broker_kind, *MIDWEEK) as city:
        before = city.children()["broker"]
        kill(before)
        city.wait(lambda: city.children().get("broker", before) != before, within_s=20)
        told = city.get("/api/v1/simulation")["t"]
        city.wait(lambda: city.get("/api/v1/simulation")["t"] > told, within_s=30)
        city.wait(lambda: city.ready, within_s=30)
        _becomes_whole(city)


def test_an_interrupt_ends_it_even_where_a_shell_had_switched_that_off(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a script's background job
    try:
        with quarter(tmp_path, "auto", *MIDWEEK) as city:
            children = city.children()
    finally:
        signal.signal(signal.SIGINT, before)
    assert city.process.returncode == 0
    assert not any(alive(pid) for pid in children.values())


def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    with quarter(tmp_path, "auto", *MIDWEEK) as city:
        children = city.children()
        kill(city.pid)
        city.process.wait()
        for pid in children.values():
            subprocess.run(["timeout", "20", "tail", f"--pid={pid}", "-f", "/dev/null"], check=True)
        assert not any(alive(pid) for pid in children.values())


def up(folder: Path, *options: str) -> str:
    """What `hengfu up` complains of; it must end by itself."""
    ended = subprocess.run(
        [sys.executable, "-m", "api.cli", "up", "--data", str(folder / "data"), *options],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 2
    return ended.stderr


def test_what_is_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with quarter(tmp_path, "auto", *MIDWEEK) as city:
        port = city.url.rpartition(":")[2]
        taken = up(tmp_path / "other", "--port", port)
        assert taken == f"error: port {port} is in use: give another with --port\n"
        locked = up(tmp_path, "--port", str(free_port()))
        assert "is in use by another hengfu: give another with --data" in locked
        assert locked.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--broker", "mqtt://127.0.0.1:1"), "broker 127.0.0.1:1 cannot be reached"),
        (("--broker", "rabbit"), "expected auto, mosquitto or nats"),
        (("--store", "punchcards"), "store 'punchcards'"),
        (("--config", "/nowhere"), "/nowhere"),
        (("--start", "yesterday"), "yesterday"),
        (("--speed", "-1"), "expected a number from 0.1 to 10000, or max"),
    ],
)
def test_a_wrong_option_is_named(tmp_path: Path, options: tuple[str, ...], complaint: str) -> None:
    assert complaint in up(tmp_path, "--port", str(free_port()), *options)

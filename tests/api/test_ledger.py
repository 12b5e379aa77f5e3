"""The ledger keeps what was appended, in order, over kill -9."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.ledger import Draft, Ledger, LedgerUnavailable


def draft(subject: str, state: str = "firing", run: str = "r1", kind: str = "alert") -> Draft:
    return Draft(run, 1_000, kind, subject, {"alert": {"state": state}})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = Ledger(tmp_path / "ledger.sqlite")
    yield book
    book.close()


def test_numbers_grow_by_one_and_entries_come_back_in_order(ledger: Ledger) -> None:
    written = ledger.append([draft("a"), draft("b")]) + ledger.append([draft("a")])
    assert [entry.seq for entry in written] == [1, 2, 3]
    assert ledger.since(0, "r1", ["alert"]) == written
    assert ledger.since(2, "r1", ["alert"]) == written[2:]


def test_since_keeps_to_its_run_and_kinds(ledger: Ledger) -> None:
    ledger.append([draft("a"), draft("b", run="r2"), draft("c", kind="command")])
    assert [entry.subject for entry in ledger.since(0, "r1", ["alert"])] == ["a"]
    both = ledger.since(0, "r1", ["alert", "command"])
    assert [entry.subject for entry in both] == ["a", "c"]


def test_latest_gives_each_subject_once_newest_first(ledger: Ledger) -> None:
    ledger.append([draft("a"), draft("b"), draft("a", state="resolved")])
    found = ledger.latest("r1", "alert")
    assert [(entry.subject, entry.seq, entry.first_seq) for entry in found] == [
        ("b", 2, 2),
        ("a", 3, 1),
    ]


def test_latest_filters_on_the_last_state_only(ledger: Ledger) -> None:
    ledger.append([draft("a"), draft("b"), draft("a", state="resolved")])
    found = ledger.latest("r1", "alert", where={"alert.state": ["firing"]})
    assert [entry.subject for entry in found] == ["b"]
    assert ledger.latest("r1", "alert", where={"alert.state": []}) == []


def test_pages_meet_without_gap_or_overlap_while_new_subjects_arrive(ledger: Ledger) -> None:
    ledger.append([draft(f"s{n}") for n in range(5)])
    first = ledger.latest("r1", "alert", limit=2)
    ledger.append([draft("new"), draft("s0", state="resolved")])
    second = ledger.latest("r1", "alert", limit=9, before=first[-1].first_seq)
    assert [e.subject for e in first + second] == ["s4", "s3", "s2", "s1", "s0"]


def test_story_is_the_life_of_one_subject(ledger: Ledger) -> None:
    ledger.append([draft("a"), draft("b"), draft("a", state="resolved")])
    states = [entry.payload["alert"]["state"] for entry in ledger.story("r1", "alert", "a")]
    assert states == ["firing", "resolved"]


def test_a_bad_draft_appends_nothing_of_its_batch(ledger: Ledger) -> None:
    bad = Draft("r1", 1, "alert", "b", {"value": object()})
    with pytest.raises(TypeError):
        ledger.append([draft("a"), bad])
    assert ledger.last_seq() == 0
    assert ledger.append([draft("c")])[0].subject == "c"


def test_entries_cannot_be_changed_or_deleted(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    book = Ledger(path)
    book.append([draft("a")])
    book.close()
    with sqlite3.connect(path) as raw:
        for statement in ("UPDATE entries SET run = 'x'", "DELETE FROM entries"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                raw.execute(statement)
    raw.close()


def test_a_second_owner_is_refused_with_the_name_of_the_file(
    ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(LedgerUnavailable, match=r"ledger\.sqlite: another process is using it"):
        Ledger(tmp_path / "ledger.sqlite")


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is not a database, not even a small one" * 50)
    with pytest.raises(LedgerUnavailable, match="not a database"):
        Ledger(path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 9")
    raw.close()
    with pytest.raises(LedgerUnavailable, match="schema version 9, expected 1"):
        Ledger(path)


WRITER = """
import sys
from pathlib import Path
from api.ledger import Draft, Ledger
book = Ledger(Path(sys.argv[1]))
while True:
    pair = [Draft("r1", 1, "alert", s, {"alert": {"state": "firing"}}) for s in ("a", "b")]
    print(book.append(pair)[-1].seq, flush=True)
"""


def test_whatever_was_acknowledged_survives_kill_minus_nine(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    acknowledged = _write_until_killed(path, transactions=40)
    book = Ledger(path)
    entries = book.since(0, "r1", ["alert"], limit=100_000)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert len(entries) >= acknowledged
    assert len(entries) % 2 == 0, "half a transaction was kept"
    heads = {entry.seq for entry in book.latest("r1", "alert")}
    assert heads == {len(entries), len(entries) - 1}
    assert book.append([draft("after")])[0].seq == len(entries) + 1
    book.close()


def _write_until_killed(path: Path, transactions: int) -> int:
    """Starts a writer, kills it mid-way, returns the last number that it acknowledged."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE, text=True, env=environment,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None
        numbers = [int(writer.stdout.readline()) for _ in range(transactions)]
        writer.send_signal(signal.SIGKILL)
        rest = [int(line) for line in writer.stdout.read().splitlines()]
    return (numbers + rest)[-1]


def test_payloads_come_back_as_they_were(ledger: Ledger) -> None:
    payload = {"name": "武康大楼", "value": 1.5, "missing": None, "list": [1, 2]}
    ledger.append([Draft("r1", 1, "alert", "a", payload)])
    assert json.dumps(ledger.since(0, "r1", ["alert"])[0].payload) == json.dumps(payload)

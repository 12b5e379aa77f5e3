"""The ledger: every transition that people were told about, appended once and kept.

One SQLite file (WAL, synchronous FULL): when `append` returns, the entries survive kill -9
and a power cut. Its sequence number is the event id of the feeds. One process owns the file.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

LEDGER_FILE = "ledger.sqlite"  # in the data folder
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL, t_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)));
CREATE INDEX IF NOT EXISTS entries_feed ON entries (run, kind, seq);
CREATE INDEX IF NOT EXISTS entries_subject ON entries (run, kind, subject, seq);
CREATE TRIGGER IF NOT EXISTS entries_keep BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE IF NOT EXISTS heads (
  run TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  PRIMARY KEY (run, kind, subject)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS heads_page ON heads (run, kind, first_seq);
"""
_INSERT = "INSERT INTO entries (run, t_ms, kind, subject, payload) VALUES (?, ?, ?, ?, ?)"
_HEAD = (
    "INSERT INTO heads (run, kind, subject, first_seq, last_seq) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (run, kind, subject) DO UPDATE SET last_seq = excluded.last_seq"
)
_COLUMNS = "e.seq, e.run, e.t_ms, e.kind, e.subject, e.payload"
Answer = TypeVar("Answer")


class LedgerUnavailable(Exception):  # noqa: N818 (named like StoreUnavailable)
    """The ledger file cannot be opened, read or written now; the text names it."""


class LedgerInUse(LedgerUnavailable):
    """Another process owns the file."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What to append: something happened to `subject` at event time t_ms."""

    run: str
    t_ms: int
    kind: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An appended draft with its number; `first_seq` is the first entry of the same subject."""

    seq: int
    run: str
    t_ms: int
    kind: str
    subject: str
    payload: dict[str, Any]
    first_seq: int | None = None


class Ledger:
    """Append-only entries; every method is one short transaction, safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection = self._open()

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """All of the drafts or none, in order, durable on return."""
        return self._do(lambda connection: [_insert(connection, draft) for draft in drafts])

    def since(self, seq: int, run: str, kinds: Sequence[str], limit: int = 500) -> list[Entry]:
        """Entries after `seq`, oldest first."""
        query = (
            f"SELECT {_COLUMNS}, NULL FROM entries e WHERE e.run = ? AND e.seq > ? "
            f"AND e.kind IN ({_marks(kinds)}) ORDER BY e.seq LIMIT ?"
        )
        return self._select(query, [run, seq, *kinds, limit])

    def latest(
        self,
        run: str,
        kind: str,
        *,
        where: Mapping[str, Sequence[str | int]] | None = None,
        before: int | None = None,
        limit: int = 1_000_000,
    ) -> list[Entry]:
        """The last entry of each subject, newest subject first.

        `where` keeps entries whose payload field (a JSON path such as `alert.state`) has one
        of the values; `before` pages: only subjects first seen before that number.
        """
        clauses, values = _filters(where or {})
        query = (
            f"SELECT {_COLUMNS}, h.first_seq FROM heads h JOIN entries e ON e.seq = h.last_seq "
            f"WHERE h.run = ? AND h.kind = ? AND h.first_seq < ? {clauses} "
            "ORDER BY h.first_seq DESC LIMIT ?"
        )
        start = before if before is not None else 2**62
        return self._select(query, [run, kind, start, *values, limit])

    def story(self, run: str, kind: str, subject: str, limit: int = 1000) -> list[Entry]:
        """Everything that happened to one subject, oldest first."""
        query = (
            f"SELECT {_COLUMNS}, NULL FROM entries e WHERE e.run = ? AND e.kind = ? "
            "AND e.subject = ? ORDER BY e.seq LIMIT ?"
        )
        return self._select(query, [run, kind, subject, limit])

    def last_seq(self) -> int:
        """The number of the newest entry of any run, 0 when there is none."""
        rows = self._do(lambda c: c.execute("SELECT max(seq) FROM entries").fetchone())
        return int(rows[0] or 0)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=1.0, check_same_thread=False, isolation_level=None
            )
            return _prepare(connection)
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error

    def _select(self, query: str, values: Sequence[str | int]) -> list[Entry]:
        rows = self._do(lambda connection: connection.execute(query, values).fetchall())
        return [_entry(*row) for row in rows]

    def _do(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with self._lock:
            try:
                return _transaction(self._connection, work)
            except sqlite3.Error as error:
                raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> LedgerUnavailable:
        if "locked" in str(error):
            return LedgerInUse(f"ledger {self._path}: another process is using it")
        return LedgerUnavailable(f"ledger {self._path}: {error}")


def _prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    # Exclusive mode holds the file for one process: two monitors would fire alerts twice.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, SCHEMA_VERSION):
        raise sqlite3.DatabaseError(f"schema version {version}, expected {SCHEMA_VERSION}")
    connection.executescript(f"BEGIN EXCLUSIVE; {_SCHEMA} COMMIT;")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    return connection


def _transaction(
    connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Answer]
) -> Answer:
    connection.execute("BEGIN")
    try:
        answer = work(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return answer


def _insert(connection: sqlite3.Connection, draft: Draft) -> Entry:
    text = orjson.dumps(draft.payload).decode()
    row = (draft.run, draft.t_ms, draft.kind, draft.subject, text)
    seq = connection.execute(_INSERT, row).lastrowid
    if seq is None:
        raise sqlite3.DatabaseError("no row was inserted")
    connection.execute(_HEAD, (draft.run, draft.kind, draft.subject, seq, seq))
    return Entry(seq, draft.run, draft.t_ms, draft.kind, draft.subject, orjson.loads(text))


def _entry(
    seq: int, run: str, t_ms: int, kind: str, subject: str, text: str, first: int | None
) -> Entry:
    return Entry(seq, run, t_ms, kind, subject, orjson.loads(text), first)


def _filters(where: Mapping[str, Sequence[str | int]]) -> tuple[str, list[str | int]]:
    clauses = [
        f"AND json_extract(e.payload, '$.{path}') IN ({_marks(values)})"
        for path, values in where.items()
    ]
    return " ".join(clauses), [value for values in where.values() for value in values]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))

"""One DuckDB file: who may open it, one writer at a time, readers beside it."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from sensors.store.base import StoreInUse, StoreUnavailable
from twin.arrays import Array

# Design choice: the whole of `hengfu up` has 1 GB, so the store gets a quarter of it.
SETTINGS: dict[str, str | int] = {"memory_limit": "256MB", "threads": 2}

Columns = dict[str, Array]

# What trying again can cure; other DuckDB errors are mistakes of this program and pass through.
_PASSING = (
    duckdb.OperationalError,
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.ConnectionException,
)


class DuckFile:
    """The open file. Safe to use from several threads."""

    def __init__(self, path: Path, setup: str) -> None:
        self.path = path
        self._setup = setup
        self._lock = threading.RLock()
        self._database: duckdb.DuckDBPyConnection | None = None
        with self.writing():
            pass

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction, alone: committed and on disk at the end, or not there at all."""
        with self._lock, _translated(self.path):
            connection = self._open().cursor()
            connection.begin()
            try:
                yield connection
                connection.commit()
            except duckdb.FatalException:
                self._database = None  # DuckDB refuses everything until the file is opened again
                raise
            except BaseException:
                connection.rollback()
                raise
            finally:
                connection.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A snapshot for reading that does not wait for the writer."""
        with _translated(self.path):
            with self._lock:
                cursor = self._open().cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def close(self) -> None:
        """Write everything into the one file and release it."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None
            self._setup = ""

    def _open(self) -> duckdb.DuckDBPyConnection:
        if not self._setup:
            raise StoreUnavailable(f"the store {self.path} is closed")
        if self._database is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            database = duckdb.connect(str(self.path), config=dict(SETTINGS))
            database.execute(self._setup)
            self._database = database
        return self._database


def columns(cursor: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any]) -> Columns:
    """The result as one array per column; NULL is NaN in floats and None in texts."""
    found = cursor.execute(sql, dict(values)).fetchnumpy()
    return {name: _plain(column) for name, column in found.items()}


def _plain(column: Array) -> Array:
    if not isinstance(column, np.ma.MaskedArray):
        return column
    plain: Array = np.array(column.data)
    plain[np.ma.getmaskarray(column)] = np.nan if plain.dtype.kind == "f" else None
    return plain


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise StoreInUse(_in_use(path, str(error))) from error
        raise StoreUnavailable(_line(path, error)) from error
    except _PASSING as error:
        raise StoreUnavailable(_line(path, error)) from error
    except OSError as error:
        raise StoreUnavailable(_line(path, error)) from error


def _in_use(path: Path, message: str) -> str:
    holder = re.search(r"PID (\d+)", message)
    who = f" (pid {holder[1]})" if holder else ""
    return f"data folder {path.parent} is in use by another process{who}"


def _line(path: Path, error: Exception) -> str:
    return f"the store {path} cannot be used: {str(error).splitlines()[0]}"


def probe(path: Path) -> None:
    """Open the file to read and close it again; StoreInUse or StoreUnavailable when that fails."""
    with _translated(path):
        duckdb.connect(str(path), read_only=True).close()

"""What is particular to the embedded store: one process, one file, plain columns."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from sensors.network import Network, SeriesTable
from sensors.reading import ReadingBatch
from sensors.store.base import StoreInUse, StoreUnavailable
from sensors.store.columns import Newest, last_of_each, state_codes
from sensors.store.duck import DuckStore

HOLD = (
    "import sys; from pathlib import Path; from sensors.store.duck import DuckStore;"
    "held = DuckStore(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
)


def network_of(sensors: int) -> Network:
    """As much of a network as a store looks at: its series."""
    names = tuple(f"link-{row}:noise_laeq:1:laeq" for row in range(sensors))
    rows = np.arange(sensors, dtype=np.int32)
    zone = np.zeros(sensors, np.int32)
    series = SeriesTable(rows, zone, names, zone, {}, ("z-01-01",))
    return cast(Network, SimpleNamespace(series=series))


def test_a_file_held_by_another_process_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "data" / "twin.duckdb"
    command = [sys.executable, "-c", HOLD, str(file)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == b"open\n"
        expected = rf"^data folder {file.parent} is in use by another process \(pid {holder.pid}\)$"
        with pytest.raises(StoreInUse, match=expected):
            DuckStore(file)
    finally:
        holder.stdin.close()
        holder.wait(10)
        holder.stdout.close()
    DuckStore(file).close()


def test_a_closed_store_is_unavailable(tmp_path: Path) -> None:
    store = DuckStore(tmp_path / "twin.duckdb")
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        store.runs()


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "twin.duckdb"
    file.write_text("this is not a database, " * 1000)
    with pytest.raises(StoreUnavailable, match=r"^the store .*twin.duckdb cannot be used: [^\n]+$"):
        DuckStore(file)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        DuckStore(tmp_path / "file" / "twin.duckdb")


def test_a_scan_of_more_than_one_slice_is_whole_and_in_order(tmp_path: Path) -> None:
    sensors, ticks = 1000, 450
    network = network_of(sensors)
    store = DuckStore(tmp_path / "twin.duckdb")
    series = np.tile(np.arange(sensors, dtype=np.int32), ticks)
    t_ms = np.repeat(np.arange(ticks, dtype=np.int64) * 60_000, sensors)
    store.write("r", ReadingBatch(series, t_ms, series + t_ms / 1e9), network)
    batches = list(store.scan("r", network, None, 0, 1 << 42))
    found = ReadingBatch.concat(batches)
    assert len(batches) >= 2
    assert np.array_equal(found.t_ms, t_ms)
    assert np.array_equal(found.value, found.series + found.t_ms / 1e9)
    store.close()


def test_a_reader_sees_whole_batches_only(tmp_path: Path) -> None:
    """A scan that began before a write does not see it."""
    network = network_of(1)
    store = DuckStore(tmp_path / "twin.duckdb")
    one = ReadingBatch(np.zeros(1, np.int32), np.array([60_000]), np.array([1.0]))
    store.write("r", one, network)
    scan = store.scan("r", network, None, 0, 1 << 42)
    first = next(scan)
    store.write("r", ReadingBatch(one.series, one.t_ms + 1, one.value), network)
    assert len(first) + sum(len(batch) for batch in scan) == 1
    store.close()


def test_of_equal_keys_the_last_row_stays() -> None:
    t_ms, series = np.array([1, 2, 1, 1]), np.array([7, 7, 7, 8])
    assert last_of_each(t_ms, series).tolist() == [False, True, True, True]
    assert last_of_each(np.empty(0, np.int64)).tolist() == []


def test_states_become_codes_and_none_is_minus_one() -> None:
    states = np.array(["b", None, "a", "b"], object)
    batch = ReadingBatch(np.zeros(4, np.int32), np.zeros(4, np.int64), np.zeros(4), states)
    codes, names = state_codes(batch)
    assert (codes.tolist(), names) == ([1, -1, 0, 1], ["a", "b"])


def test_late_is_what_is_not_newer_than_its_own_series() -> None:
    newest = Newest(np.array([2]), np.array([100]))
    series, t_ms = np.array([2, 2, 0, 5], np.int32), np.array([100, 101, 1, 1])
    assert newest.is_late(series, t_ms).tolist() == [True, False, False, False]
    newest.advance(series, t_ms)
    assert newest.is_late(series, t_ms).tolist() == [True, True, True, True]

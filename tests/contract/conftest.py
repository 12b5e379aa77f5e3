"""The stores that pass through the contract, and a small network to write with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sensors.store.base import Store
from sensors.store.duck import DuckStore

OpenStore = Callable[[], Store]


def open_duck(folder: Path) -> Store:
    return DuckStore(folder / "twin.duckdb")


STORES: dict[str, Callable[[Path], Store]] = {"duck": open_duck}


@pytest.fixture(params=sorted(STORES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> OpenStore:
    """Opens the same store anew each time it is called."""
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
def store(open_store: OpenStore) -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()

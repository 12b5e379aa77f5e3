"""The data folder, the store's file and the configuration."""

from pathlib import Path

import pytest
from support.doctor import make_asked

from api.doctor.datafolder import check_config, check_data, room
from api.doctor.finding import Result
from api.doctor.store import check_store
from sensors.store.duck import DuckStore
from twin.config import ConfigError


@pytest.mark.parametrize(
    ("free_bytes", "result"),
    [(10**11, Result.OK), (10**9, Result.WARN), (10**7, Result.FAIL)],
)
def test_little_room_is_warned_of_and_none_fails(free_bytes: int, result: Result) -> None:
    assert room(Path("data"), free_bytes).result is result


def test_a_folder_that_is_not_there_yet_is_fine_and_not_made(tmp_path: Path) -> None:
    asked = make_asked(tmp_path, data=tmp_path / "a" / "b")
    assert check_data(asked).result is not Result.FAIL
    assert check_store(asked).result is Result.OK
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_fails(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    found = check_data(make_asked(tmp_path))
    assert found.result is Result.FAIL
    assert "--data" in found.do


def test_a_mistake_in_the_configuration_is_one_line(tmp_path: Path) -> None:
    def read() -> str:
        raise ConfigError("city.toml", "crowd", "7", "expected less")

    found = check_config(make_asked(tmp_path, read_config=read))
    assert found.result is Result.FAIL
    assert "city.toml" in found.says
    assert check_config(make_asked(tmp_path)).says == "in order"


def test_a_store_that_opens_is_fine_and_one_that_is_none_fails(tmp_path: Path) -> None:
    asked = make_asked(tmp_path)
    DuckStore(asked.data / "twin.duckdb").close()
    assert check_store(asked).result is Result.OK
    (asked.data / "twin.duckdb").write_bytes(b"no database at all" * 1000)
    assert check_store(asked).result is Result.FAIL


def test_without_settings_influxdb_names_the_variable(tmp_path: Path) -> None:
    found = check_store(make_asked(tmp_path, store="influx"))
    assert found.result is Result.FAIL
    assert "HENGFU_INFLUX_URL" in found.says

"""The command line says what it can do, and one line when it cannot."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from api.cli.options import new_run_id, parse_speed, parse_start
from sensors.topics import clock_topic, parse
from twin.clock import parse_time
from twin.config import default_config_dir


def hengfu(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments], capture_output=True, text=True, timeout=120
    )


def complaint(*arguments: str) -> str:
    """The single line on stderr of a command that must fail without a traceback."""
    ended = hengfu(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_the_shipped_configuration_is_in_order() -> None:
    ended = hengfu("check-config")
    assert ended.returncode == 0, ended.stderr
    neurons = next(line for line in ended.stdout.splitlines() if "neurons" in line)
    assert int(neurons.split()[1].replace(",", "")) >= 2_000


def test_a_config_folder_without_files_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in complaint("check-config", "--config", str(tmp_path))


def test_a_bad_limit_of_realism_is_named(tmp_path: Path) -> None:
    """File, key and value, before anything is compared."""
    folder = tmp_path / "config"
    shutil.copytree(default_config_dir(), folder)
    settings = folder / "realism.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("folds = 5 ", "folds = 1 "), encoding="utf-8")
    said = complaint("check-config", "--config", str(folder))
    assert "realism.toml" in said
    assert "classifier.folds" in said
    assert "1" in said.partition("classifier.folds")[2]


def test_a_service_that_is_away_is_one_line() -> None:
    url = "http://127.0.0.1:9"
    for command in (["watch"], ["inject", "crowd_surge"], ["runs", "list"]):
        assert "is `hengfu up` running?" in complaint(*command, "--url", url)


def test_generate_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    assert "is not empty" in complaint("generate", "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "command", [("up", "--port", "65431", "--data"), ("generate", "--days", "0.01", "--out")]
)
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    assert str(taken) in complaint(*command, str(taken))


def test_generate_reports_what_it_wrote(tmp_path: Path) -> None:
    ended = hengfu("generate", "--out", str(tmp_path / "new"), "--days", "0.02")
    assert ended.returncode == 0, ended.stderr
    assert "readings" in ended.stdout
    assert (tmp_path / "new" / "manifest.json").exists()


def test_a_broker_address_never_shows_its_password() -> None:
    said = complaint("simulate", "--broker", "http://me:hush@127.0.0.1:1883")
    assert "hush" not in said
    assert "expected mqtt://" in said


@pytest.mark.parametrize(("text", "speed"), [("1", 1.0), ("60", 60.0), ("max", None)])
def test_speed_is_a_number_or_max(text: str, speed: float | None) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["1960-01-01", "2200-01-01", "9999-12-31", "0001-01-01", "noon"])
def test_a_start_that_no_reading_could_bear_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_start(text)


def test_a_run_id_fits_into_a_topic() -> None:
    run = new_run_id(parse_time("2026-05-01T09:30"))
    assert run == "r20260501-093000"
    assert parse(clock_topic(run)).run == run

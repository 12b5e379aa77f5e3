"""`hengfu calibrate` writes a parameter file whole, or says in one line why it cannot."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.realseries import weather, write_shanghai
from typer.testing import CliRunner, Result

from api.calibration import FITTERS
from api.calibration.soundness import unsound
from api.cli.calibrate import target_of
from api.cli.errors import UsageError, one_line
from api.cli.main import app
from api.cli.partfiles import part_files
from api.realism.series import Series
from twin.config import SHIPPED

DAYS = 90


@pytest.fixture(scope="module")
def months() -> Series:
    return weather(DAYS, seed=6)


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """A quarter of clean hours at the US post, told by a monitor with a noise of 3 ug/m3."""
    rng = np.random.default_rng(3)
    times = np.datetime64("2020-01-01T00") + np.arange(24 * DAYS) * np.timedelta64(1, "h")
    values = np.round(15 + 3 * rng.standard_normal(len(times)))
    rows = [f"{time}:00,{value:g},Valid" for time, value in zip(times, values, strict=True)]
    path = tmp_path / "post.csv"
    path.write_text("\n".join(["time_local_start,pm25_raw,qc", *rows]) + "\n", encoding="utf-8")
    return path


def calibrate(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["calibrate", *map(str, arguments)])


def complaint(*arguments: object) -> str:
    """The line that a fit ends with that must fail; anything unforeseen has none."""
    line = one_line(calibrate(*arguments).exception)
    assert line is not None
    assert "\n" not in line
    return line


def test_the_list_names_every_dataset() -> None:
    ended = calibrate("list")
    assert ended.exit_code == 0
    assert all(name in ended.output for name in FITTERS)


def test_a_fit_is_written_with_its_source_and_folders_are_made(post: Path) -> None:
    target = post.parent / "new" / "deep" / "monitor.toml"
    ended = calibrate("air-monitor", post, "--out", target)
    assert ended.exit_code == 0, ended.output
    text = target.read_text(encoding="utf-8")
    assert tomllib.loads(text)["haze_monitor"]["noise_ug_m3"] == pytest.approx(3, rel=0.15)
    assert "a file of the user" in text
    assert [path.name for path in target.parent.iterdir()] == ["monitor.toml"]


def test_a_folder_of_configuration_takes_the_file_in_its_place(post: Path) -> None:
    ended = calibrate("air-monitor", post, "--config", post.parent / "mine")
    assert ended.exit_code == 0, ended.output
    assert (post.parent / "mine" / FITTERS["air-monitor"].out).is_file()


Change = Callable[[list[str]], None]


def cells(rows: list[str], number: int, **changes: str) -> None:
    """Put texts into the cells of a row."""
    names, row = rows[0].split(","), rows[number].split(",")
    for name, text in changes.items():
        row[names.index(name)] = text
    rows[number] = ",".join(row)


def in_inches(rows: list[str]) -> None:
    place = rows[0].split(",").index("precipitation")
    for number in range(1, len(rows)):
        rain = float(rows[number].split(",")[place])
        cells(rows, number, precipitation=f"{rain / 25.4:.3f}")


def swapped(rows: list[str]) -> None:
    rows[0] = rows[0].replace("DEWP", "?").replace("TEMP", "DEWP").replace("?", "TEMP")


BAD: dict[str, tuple[Change, str]] = {
    "infinite": (lambda rows: cells(rows, 9, TEMP="inf"), "'TEMP' row 10: 'inf' is no finite"),
    "text": (lambda rows: cells(rows, 9, PRES="high"), "'PRES' row 10: 'high' is no number"),
    "month": (lambda rows: cells(rows, 9, month="13"), "'month' row 10: '13'"),
    "year": (lambda rows: cells(rows, 9, year="NA"), "'year' row 10: 'NA'"),
    "inches": (in_inches, "wrong unit?"),
    "swapped": (swapped, "columns swapped?"),
    "ragged": (lambda rows: rows.insert(5, "1,2"), "row 6 has 2 cells, not 17"),
    "empty": (lambda rows: rows.clear(), "expected a header and rows"),
    "column": (lambda rows: rows.__setitem__(0, rows[0].replace("Iws", "I")), "'Iws' is missing"),
    "short": (lambda rows: rows.__delitem__(slice(500, None)), "too short: 20.8 days"),
    "few": (lambda rows: None, "at least 8000 are needed"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_bad_file_is_one_line_and_nothing_is_written(
    mistake: str, months: Series, tmp_path: Path
) -> None:
    change, said = BAD[mistake]
    file = write_shanghai(tmp_path / "months.csv", months)
    rows = file.read_text(encoding="utf-8").splitlines()
    change(rows)
    file.write_text("\n".join(rows), encoding="utf-8")
    assert said in complaint("weather", file, "--out", tmp_path / "new" / "weather.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["months.csv"]


def test_the_line_stands_alone_on_stderr_and_the_exit_code_is_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "calibrate", "air", str(tmp_path / "nowhere.csv")]
    out = ["--out", str(tmp_path / "x.toml")]
    ended = subprocess.run(
        [*command, *out], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == f"error: {tmp_path / 'nowhere.csv'}: there is no such file\n"


def test_times_of_utc_are_one_line_and_the_old_file_stays(post: Path) -> None:
    text = post.read_text(encoding="utf-8").replace(":00,", ":00Z,")
    post.write_text(text, encoding="utf-8")
    target = post.parent / "monitor.toml"
    target.write_text("old", encoding="utf-8")
    assert "own clock, UTC+08:00" in complaint("air-monitor", post, "--out", target)
    assert target.read_text(encoding="utf-8") == "old"
    assert {path.name for path in post.parent.iterdir()} == {"post.csv", "monitor.toml"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snow", "post.csv"), "unknown dataset 'snow': expected list or one of air,"),
        (("air",), "a file is needed"),
        (("air", "post.csv", "post.csv"), "takes one file, 2 were given"),
        (("air", "nowhere.csv"), "there is no such file"),
        (("air", "."), "is a folder, expected a file"),
        (("air", "post.csv", "--fit", "soon"), "'soon': expected years"),
        (("sound", "post.csv"), "holds air, expected one-minute sound levels"),
        (("air-monitor", "post.csv", "--fit", "2015"), "has no hours in years 2015 to 2015"),
        (("air-monitor", "post.csv", "--out", "/"), "cannot write /"),
        (("air-monitor", "post.csv", "--out", "/proc/nothing/x.toml"), "cannot write /proc/"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line(
    post: Path, arguments: tuple[str, ...], said: str
) -> None:
    placed = [str(post.parent / word) if word.endswith(".csv") else word for word in arguments]
    out = [] if "--out" in placed else ["--out", post.parent / "x.toml"]
    assert said in complaint(*placed, *out)
    assert [path.name for path in post.parent.iterdir()] == ["post.csv"]


def test_the_target_is_tried_before_the_work(tmp_path: Path) -> None:
    """The file is not even read: it holds no table."""
    file = tmp_path / "no-table.csv"
    file.write_text("", encoding="utf-8")
    assert f"cannot write {tmp_path}" in complaint("air", file, "--out", tmp_path)


def test_the_installed_configuration_is_never_the_target_by_default() -> None:
    fitter = FITTERS["roads"]
    with pytest.raises(UsageError, match="--out FILE"):
        target_of(fitter, None, SHIPPED)
    assert target_of(fitter, None, Path("config")) == Path("config/calibrated/roads.toml")
    assert target_of(fitter, SHIPPED, SHIPPED) == SHIPPED / fitter.out


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('[laws.wind]\ninner = [\n  "1 2",\n  "3 nan",\n]\n', ["laws.wind.inner"]),
        ("[a]\nx = nan\ny = [1.0, -inf]\nz = 3\n", ["a.x", "a.y"]),
        ('[a]\nname = "Queen Street"\nrow = "1e-3 -2"\nn = 1\n', []),
    ],
)
def test_numbers_that_are_none_are_named_by_their_keys(text: str, keys: list[str]) -> None:
    assert unsound(text) == keys


def interrupted(*targets: Path) -> None:
    with part_files(*targets) as parts:
        parts[0].write_text("half")
        raise KeyboardInterrupt


def test_parts_are_gone_when_the_work_is_interrupted(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(kept, tmp_path / "new" / "b.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
    assert kept.read_text() == "old"

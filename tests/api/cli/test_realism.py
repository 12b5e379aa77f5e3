"""`hengfu realism` writes a page, figures and a series, or says in one line why it cannot."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.realseries import weather, write_shanghai
from typer.testing import CliRunner, Result

from api.cli.errors import one_line
from api.cli.main import app
from twin.config import default_config_dir

HALF_DAYS = 82  # the first has no wind in its first hour: enough whole days are left
QUICK = {"folds": 2, "rounds": 10, "repeats": 1}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shanghai(
        tmp_path_factory.mktemp("real") / "months.csv", weather(2 * HALF_DAYS, seed=4)
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["realism", *arguments])


@pytest.fixture(scope="module")
def quick_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped configuration with a classifier of few trees."""
    folder = tmp_path_factory.mktemp("settings") / "config"
    shutil.copytree(default_config_dir(), folder)
    settings = folder / "realism.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in QUICK.items():
        text = re.sub(rf"^{key} = \d+", f"{key} = {value}", text, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def written(file: Path, quick_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    ended = run(
        f"--against={file}",
        f"--out={folder}",
        f"--export={folder / 'made.csv'}",
        f"--config={quick_config}",
    )
    assert ended.exit_code == 0, ended.output
    return folder


def test_the_figures_say_what_was_compared_and_how_it_went(written: Path) -> None:
    figures = json.loads((written / "realism.json").read_text(encoding="utf-8"))
    assert (figures["format"], figures["kind"]) == ("hengfu-realism/1", "weather_air")
    assert (figures["fit"], figures["check"]) == ("first half", "second half")
    assert figures["lines_passed"] == sum(line["passed"] for line in figures["lines"])
    for trial in figures["classifier"]:
        assert trial["random_walk_auc"] > 0.9


def test_a_line_that_failed_has_a_reason_and_one_that_passed_has_none(written: Path) -> None:
    lines = json.loads((written / "realism.json").read_text(encoding="utf-8"))["lines"]
    assert {bool(line["reason"]) == line["passed"] for line in lines} == {False}


def test_the_page_fetches_nothing_from_elsewhere(written: Path) -> None:
    text = (written / "realism.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert text.count("<svg") > 30


def test_the_series_has_a_row_per_hour_and_blanks_where_the_file_has_gaps(written: Path) -> None:
    rows = (written / "made.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("time_local,temp_c,")
    assert len(rows) == 1 + HALF_DAYS * 24
    assert rows[1].startswith("2012-01-01T00:00,")


def test_a_file_that_is_too_short_writes_nothing(tmp_path: Path) -> None:
    short = write_shanghai(tmp_path / "short.csv", weather(10, seed=4))
    ended = run(f"--against={short}", f"--out={tmp_path / 'report'}")
    assert "too short: 10.0 days" in str(one_line(ended.exception))
    assert not (tmp_path / "report").exists()


def test_years_that_the_file_has_not_are_refused(file: Path, tmp_path: Path) -> None:
    ended = run(f"--against={file}", f"--out={tmp_path / 'report'}", "--fit=1999", "--check=2013")
    assert "no hours in 1999" in str(one_line(ended.exception))
    ended = run(f"--against={file}", f"--out={tmp_path / 'report'}", "--fit=2013", "--check=2012")
    assert "must end before" in str(one_line(ended.exception))
    assert not (tmp_path / "report").exists()


def test_without_scikit_learn_one_line_says_what_to_install(file: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None; from api.cli.main import main; "
        f"sys.argv = ['hengfu', 'realism', '--against', {str(file)!r}, "
        f"'--out', {str(tmp_path / 'report')!r}]; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "pip install 'hengfu-twin[realism]'" in ended.stderr
    assert not (tmp_path / "report").exists()


def test_an_export_into_a_folder_that_is_not_there_is_refused_at_once(
    file: Path, tmp_path: Path
) -> None:
    ended = run(f"--against={file}", f"--export={tmp_path / 'nowhere' / 'made.csv'}")
    assert "in a folder that exists" in str(one_line(ended.exception))


@pytest.mark.parametrize(
    ("out", "export"), [("/proc/nothing", None), ("report", "/proc/made.csv"), ("report", "kept")]
)
def test_what_cannot_be_written_is_told_before_the_work_and_nothing_is_left(
    tmp_path: Path, out: str, export: str | None
) -> None:
    """The file of measurements is not even read: it holds no table."""
    file = tmp_path / "no-table.csv"
    file.write_text("", encoding="utf-8")
    (tmp_path / "kept").mkdir()
    more = [f"--export={tmp_path / export}"] if export else []
    said = str(one_line(run(f"--against={file}", f"--out={tmp_path / out}", *more).exception))
    assert said.startswith(("cannot write /proc/", "--export"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "no-table.csv"]


def test_counts_of_people_are_compared_kind_by_kind(tmp_path: Path) -> None:
    """A made-up station street: two peaks on working days, hardly anyone at weekends."""
    first = np.datetime64("2026-01-05T00:00", "h")
    hour = np.arange(24 * 7 * 24)
    peaks = sum(np.exp(-(((hour % 24 - peak) / 1.2) ** 2)) for peak in (8, 17))
    luck = np.exp(0.05 * np.random.default_rng(1).standard_normal(len(hour)))
    count = np.round((2000 * peaks + 40) * np.where(hour // 24 % 7 >= 5, 0.1, 1.0) * luck)
    rows = [f"{first + np.timedelta64(int(n), 'h')}:00,{count[n]:g}" for n in hour]
    file = tmp_path / "counts.csv"
    file.write_text("\n".join(["time_local,Station", *rows]) + "\n", encoding="utf-8")
    ended = run(f"--against={file}", f"--out={tmp_path / 'report'}")
    assert ended.exit_code == 0, ended.output
    figures = json.loads((tmp_path / "report" / "realism.json").read_text(encoding="utf-8"))
    assert [line["id"] for line in figures["lines"]] == ["commuter.week", "commuter.days"]
    assert figures["lines"][0]["yardstick"] < 0.001

"""Removing the files of a run."""

from pathlib import Path

import pytest

from api.runfolder import remove_folder


def made(data: Path, *names: str) -> None:
    for name in names:
        (data / "runs" / name).mkdir(parents=True)
        (data / "runs" / name / "labels.jsonl").write_text("{}\n")


def test_one_run_goes_and_the_other_stays(tmp_path: Path) -> None:
    made(tmp_path, "r-a", "r-b")
    assert remove_folder(tmp_path, "r-a")
    assert [folder.name for folder in (tmp_path / "runs").iterdir()] == ["r-b"]
    assert (tmp_path / "runs" / "r-b" / "labels.jsonl").exists()
    assert not remove_folder(tmp_path, "r-a")


@pytest.mark.parametrize("run", ["..", ".", "", "../other", "r-a/..", "/etc", "r-a/deeper"])
def test_a_name_that_leads_elsewhere_removes_nothing(tmp_path: Path, run: str) -> None:
    made(tmp_path, "r-a", "r-a/deeper")
    (tmp_path / "other").mkdir()
    assert not remove_folder(tmp_path, run)
    assert (tmp_path / "other").is_dir()
    assert (tmp_path / "runs" / "r-a" / "deeper").is_dir()

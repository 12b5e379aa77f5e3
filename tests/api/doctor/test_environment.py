"""What the doctor says of .env and of the secrets in the shell."""

import re
from pathlib import Path

import pytest
from compose.checkout import checkout_text
from support.doctor import make_asked

from api.doctor.environment import COMPOSE_FILE, NEEDED, check_env_file, check_secrets
from api.doctor.finding import Result


def good() -> dict[str, str]:
    return {name: f"{place}f0c2b7d51e84a63b0aa" for place, name in enumerate(NEEDED)}


def said(folder: Path, held: dict[str, str], mode: int = 0o600) -> tuple[Result, str]:
    file = folder / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in held.items()))
    file.chmod(mode)
    found = check_env_file(make_asked(folder))
    return found.result, f"{found.says} {found.do}"


@pytest.mark.checkout
def test_it_needs_what_compose_has_no_default_for() -> None:
    demanded = set(re.findall(r"\$\{(\w+):\?", checkout_text("docker-compose.yml")))
    assert demanded == set(NEEDED)


def test_a_whole_private_file_is_in_order(tmp_path: Path) -> None:
    assert said(tmp_path, good())[0] is Result.OK


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"HENGFU_RUN": ""}, "HENGFU_RUN is missing"),
        ({"HENGFU_INFLUX_TOKEN": "changeme-changeme"}, "HENGFU_INFLUX_TOKEN is a placeholder"),
        ({"HENGFU_CITY_PASSWORD": "0123"}, "HENGFU_CITY_PASSWORD is shorter than 12"),
        (
            {"HENGFU_VIEWER_PASSWORD": good()["HENGFU_CITY_PASSWORD"]},
            "HENGFU_CITY_PASSWORD is the same as HENGFU_VIEWER_PASSWORD",
        ),
    ],
)
def test_a_secret_that_will_not_do_is_named_without_its_value(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    result, line = said(tmp_path, {**good(), **change})
    assert result is Result.FAIL
    assert words in line
    assert "make env" in line
    assert [value for value in change.values() if value and value in line] == []


def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    result, line = said(tmp_path, good(), 0o644)
    assert result is Result.WARN
    assert f"chmod 600 {tmp_path / '.env'}" in line


def test_a_missing_file_matters_beside_docker_compose_only(tmp_path: Path) -> None:
    assert check_env_file(make_asked(tmp_path)).result is Result.OK
    (tmp_path / COMPOSE_FILE).touch()
    found = check_env_file(make_asked(tmp_path))
    assert (found.result, found.do) == (Result.WARN, "run make env")


def test_weak_secrets_of_the_shell_are_named_without_their_value(tmp_path: Path) -> None:
    weak = make_asked(
        tmp_path, environment={"HENGFU_INFLUX_TOKEN": "tiny"}, broker="mqtt://me:hush@h"
    )
    found = check_secrets(weak)
    assert found.result is Result.WARN
    assert "HENGFU_BROKER is shorter" in found.says
    assert "HENGFU_INFLUX_TOKEN is shorter" in found.says
    assert [word for word in ("tiny", "hush") if word in found.says] == []
    assert check_secrets(make_asked(tmp_path)).result is Result.OK

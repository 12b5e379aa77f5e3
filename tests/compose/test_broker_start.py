"""The broker's configuration file, and what its start script refuses."""

import subprocess
from pathlib import Path

import pytest
from compose.mosquitto import SHIPPED, make_mosquitto

SETTINGS = dict(
    line.split(" ", 1)
    for line in (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith(("#", "log_type"))
)


def test_the_broker_demands_a_login_and_rights_and_keeps_its_state() -> None:
    assert SETTINGS["allow_anonymous"] == "false"
    assert {"password_file", "acl_file"} <= set(SETTINGS)
    assert SETTINGS["persistence"] == "true"


def test_no_rule_stands_before_the_first_user() -> None:
    """Such a rule would be for clients without a name."""
    lines = (SHIPPED / "acl").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0].startswith("user ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"HENGFU_CITY_PASSWORD": ""}, "HENGFU_CITY_PASSWORD: is not set"),
        ({"HENGFU_VIEWER_PASSWORD": "short"}, "password of viewer: expected at least 12"),
        ({"HENGFU_INGEST_PASSWORD": "0123456789:abcdef"}, "password of ingest: expected only"),
        ({"HENGFU_GATEWAYS": "city:0123456789abcdef"}, "HENGFU_GATEWAYS: expected zones like"),
        ({"HENGFU_GATEWAYS": "z-01-01"}, "HENGFU_GATEWAYS: expected zones like"),
        ({"HENGFU_GATEWAYS": "z-01_01:0123456789abcdef"}, "user z-01_01: expected only"),
    ],
)
def test_a_bad_password_stops_the_start_and_is_named_but_not_shown(
    change: dict[str, str], said: str, tmp_path: Path
) -> None:
    broker = make_mosquitto(tmp_path)
    places = {"MOSQUITTO_PRIVATE": str(tmp_path / "private"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["sh", str(SHIPPED / "start.sh")],
        env={**places, **broker.environment, **change},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert [value for value in change.values() if value and value in done.stderr] == []

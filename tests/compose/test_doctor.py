"""The doctor at the shipped broker and a real InfluxDB: what it says of good and bad settings."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from compose.mosquitto import USERS, Mosquitto, free_port, password
from support.doctor import make_asked
from support.influxserver import InfluxServer, influx_for_tests

from api.doctor.broker import check_broker
from api.doctor.clock import check_city, check_machine
from api.doctor.finding import Result
from api.doctor.store import check_store
from sensors.bus import Bus
from sensors.clockmessage import ClockMessage, encode_clock
from sensors.store import influxsettings as names
from sensors.topics import clock_topic

pytestmark = pytest.mark.stack
RUN = "r-doctor"


@pytest.mark.parametrize("role", USERS)
def test_each_role_with_its_own_login_is_fine(
    mosquitto: Mosquitto, tmp_path: Path, role: str
) -> None:
    found = check_broker(
        make_asked(tmp_path, broker=mosquitto.url(role, password(role)), role=role)
    )
    assert found.result is Result.OK, found
    assert f"{role} (user {role})" in found.says


@pytest.mark.parametrize(
    ("user", "role"), [("viewer", "ingest"), ("city", "monitor"), ("viewer", "city")]
)
def test_a_login_without_the_rights_of_the_role_fails(
    mosquitto: Mosquitto, tmp_path: Path, user: str, role: str
) -> None:
    url = mosquitto.url(user, password(user))
    asked = make_asked(tmp_path, broker=url, role=role, answer_s=3.0)
    found = check_broker(asked)
    assert found.result is Result.FAIL
    assert f"does not let {role} (user {user})" in found.says


def test_a_wrong_password_names_the_setting_and_not_the_password(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    found = check_broker(make_asked(tmp_path, broker=mosquitto.url("city", "wrong-secret-1")))
    assert found.result is Result.FAIL
    assert "look at user and password in HENGFU_BROKER" in found.says
    assert "wrong-secret" not in found.says


def test_a_clock_that_ticks_is_a_living_city(mosquitto: Mosquitto, tmp_path: Path) -> None:
    url, done = mosquitto.url("city", password("city")), threading.Event()
    city = Bus(url, "test-doctor-city", persistent=False)
    assert city.wait_connected(10)

    def tick() -> None:
        t_ms = 1_777_600_000_000
        while not done.wait(0.05):
            t_ms += 1000
            clock = ClockMessage(run=RUN, t_ms=t_ms, speed=60)
            city.publish(clock_topic(RUN), encode_clock(clock), 1, True)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        found = check_city(make_asked(tmp_path, broker=url, listen_s=20))
    finally:
        done.set()
        thread.join()
        city.close()
    assert found.result is Result.OK
    assert f"run {RUN}" in found.says


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


def test_influxdb_is_looked_at_and_its_clock_compared(influx: InfluxServer, tmp_path: Path) -> None:
    with influx.bucket() as settings:
        environment = {
            names.URL: settings.url,
            names.TOKEN: influx.shim.token,
            names.ORG: settings.org,
            names.BUCKET: settings.bucket,
        }
        good = make_asked(tmp_path, store="influx", environment=environment)
        assert check_store(good).result is Result.OK
        assert "InfluxDB at" in check_machine(good).says
        for name, value in ((names.TOKEN, "wrong-token-word"), (names.BUCKET, "nowhere")):
            bad = make_asked(tmp_path, store="influx", environment={**environment, name: value})
            found = check_store(bad)
            assert found.result is Result.FAIL
            assert name in found.says
            assert "wrong-token-word" not in found.says


def test_the_command_prints_json_ends_with_1_and_tells_no_secret(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    environment = {
        "HENGFU_BROKER": mosquitto.url("monitor", "not-the-password"),
        "HENGFU_URL": f"http://127.0.0.1:{free_port()}",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "api.cli", "doctor", "--json", "--listen", "1"],
        env={**os.environ, **environment},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "")
    told = json.loads(ended.stdout)
    failed = [one["check"] for one in told["checks"] if one["result"] == "fail"]
    assert (told["ok"], failed) == (False, ["broker"])
    assert "not-the-password" not in ended.stdout
    assert list(tmp_path.iterdir()) == []

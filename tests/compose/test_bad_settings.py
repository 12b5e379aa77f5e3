"""What a wrong setting says: one line that names it, and never a secret.

Elsewhere: organisation, retention, versions and a vanished bucket in tests/stack/test_influx.py;
certificates of the broker in test_broker_tls.py, of HTTP in tests/api/cli/test_http.py; the
broker's own start in test_broker_start.py; clocks in tests/api/doctor/test_clock.py; readings with
wrong times in tests/stack/test_ingest_bad_input.py.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from compose.checkout import ROOT, checkout_text
from compose.mosquitto import Mosquitto, free_port, password
from compose.stackfile import filled, parsed
from compose.test_broker_tls import Encrypted, encrypted
from support.certificates import Authority, make_authority
from support.doctor import make_asked
from support.influxserver import InfluxServer, influx_for_tests

from api.cli.errors import one_line
from api.doctor.clock import check_machine
from api.doctor.environment import check_env_file
from api.service import find_run, open_store
from sensors.store import influxsettings as names
from twin.clock import HOUR_MS, wall_ms

pytestmark = [
    pytest.mark.stack,
    # paho leaves the socket of a failed handshake to the garbage collector
    pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket"),
]
SECRET = "not-the-secret-9"


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture(scope="module")
def secured(mosquitto: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    """A broker whose authority nobody knows."""
    authority: Authority = make_authority(tmp_path_factory.mktemp("authority"))
    folder = tmp_path_factory.mktemp("secured")
    with encrypted(folder, authority, authority.issue("broker")) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Place:
    """What there is to be asked, rightly or wrongly."""

    mosquitto: Mosquitto
    secured: Encrypted
    influx: InfluxServer
    right: Mapping[str, str]
    folder: Path

    def open(self, **wrong: str) -> None:
        """Open the store with some settings changed."""
        changed = {
            **self.right,
            **{f"HENGFU_INFLUX_{name}": value for name, value in wrong.items()},
        }
        with pytest.MonkeyPatch.context() as patch:
            for name, value in changed.items():
                patch.setenv(name, value)
            open_store("influx", self.folder)

    def find(self, url: str) -> None:
        """Look for the live run at a broker."""
        find_run(url, None, within_s=0.1, connect_within_s=2.0)


@pytest.fixture
def place(
    mosquitto: Mosquitto, secured: Encrypted, influx: InfluxServer, tmp_path: Path
) -> Iterator[Place]:
    with influx.bucket() as settings:
        right = {
            names.URL: settings.url,
            names.TOKEN: influx.shim.token,
            names.ORG: settings.org,
            names.BUCKET: settings.bucket,
        }
        yield Place(mosquitto, secured, influx, right, tmp_path)


BAD: Mapping[str, tuple[Callable[[Place], None], str]] = {
    "wrong token": (lambda p: p.open(TOKEN=SECRET), "HENGFU_INFLUX_TOKEN is not accepted"),
    "missing token": (lambda p: p.open(TOKEN=""), "HENGFU_INFLUX_TOKEN"),
    "wrong bucket": (lambda p: p.open(BUCKET="nowhere"), "HENGFU_INFLUX_BUCKET=nowhere does not"),
    "too old": (
        lambda p: p.open(URL=f"http://127.0.0.1:{p.influx.port}"),
        "HENGFU_INFLUX_URL: http",
    ),
    "no InfluxDB": (
        lambda p: p.open(URL=f"http://127.0.0.1:{free_port()}"),
        "HENGFU_INFLUX_URL=http",
    ),
    "CA file that is none": (lambda p: p.open(CA_FILE="/nowhere.crt"), "HENGFU_INFLUX_CA_FILE"),
    "broker refuses": (
        lambda p: p.find(p.mosquitto.url("city", SECRET)),
        "refuses the connection: look at user and password in HENGFU_BROKER",
    ),
    "unknown authority": (
        lambda p: p.find(p.secured.url("viewer")),
        "set HENGFU_BROKER_CA_FILE to its authority",
    ),
    "TLS where there is none": (
        lambda p: p.find(f"mqtts://city:{SECRET}@127.0.0.1:{p.mosquitto.port}"),
        "no TLS is spoken at this port: mqtt:// in HENGFU_BROKER",
    ),
    "no TLS where there is": (
        lambda p: p.find(p.secured.url("city", secret=SECRET).replace("mqtts", "mqtt")),
        "no MQTT is spoken at this port: mqtts:// in HENGFU_BROKER",
    ),
    "no broker": (
        lambda p: p.find(f"mqtt://city:{SECRET}@127.0.0.1:{free_port()}"),
        "cannot be reached (Connection refused)",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_one_line_that_names_the_setting(place: Place, name: str) -> None:
    act, said = BAD[name]
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which class is not the point
        act(place)
    line = one_line(caught.value)
    assert line is not None, caught.value
    assert said in line
    assert "\n" not in line
    secrets = (SECRET, place.influx.shim.token, password("viewer"))
    assert [secret for secret in secrets if secret in line] == []


def test_a_clock_that_is_off_is_said_with_what_to_set(place: Place) -> None:
    asked = make_asked(
        place.folder,
        store="influx",
        environment=place.right,
        wall=lambda: wall_ms() - 2 * HOUR_MS,
    )
    found = check_machine(asked)
    assert "behind that of InfluxDB" in found.says
    assert "set this machine's clock" in found.do


def test_without_env_file_compose_and_the_doctor_say_what_to_run(tmp_path: Path) -> None:
    checkout_text("docker-compose.yml")
    with pytest.raises(KeyError, match="HENGFU_"):
        filled(parsed()["services"], {})
    demanded = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert demanded.count(":?") == demanded.count(":?is not set, run make env}")
    found = check_env_file(make_asked(tmp_path, env_file=ROOT / ".env.nowhere"))
    assert found.do == "run make env"

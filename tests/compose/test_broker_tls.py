"""The shipped broker with a certificate: who is trusted, and what a wrong setting is called."""

import contextlib
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import httpx
import pytest
from compose.mosquitto import SHIPPED, Mosquitto, free_port, make_mosquitto, password
from structlog.testing import capture_logs
from support.certificates import Authority, Pair, make_authority
from support.influxserver import InfluxServer, influx_for_tests

from api.bench.influxshim import Shim
from api.keyring import KeyRing
from api.ledger import LEDGER_FILE, Ledger
from api.roles import Role
from sensors import brokertls as names
from sensors.broker import HOST
from sensors.brokerurl import PRIVATE
from sensors.bus import Bus, BusError, Message
from sensors.store import influxsettings as influxnames
from sensors.topics import parse

pytestmark = [
    pytest.mark.stack,
    # paho leaves the socket of a failed handshake to the garbage collector
    pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket"),
]
RUN = "r-tls"


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A broker that listens with TLS too, and who signed its certificate."""

    broker: Mosquitto
    port: int
    authority: Authority

    def url(self, user: str = "viewer", host: str = HOST, secret: str | None = None) -> str:
        return f"mqtts://{user}:{secret or password(user)}@{host}:{self.port}"


@contextlib.contextmanager
def encrypted(
    folder: Path, authority: Authority, pair: Pair, clients: Path | None = None
) -> Iterator[Encrypted]:
    tls, port = folder / "tls", free_port()
    tls.mkdir(parents=True)
    shutil.copy(pair.cert, tls / "broker.crt")
    shutil.copy(pair.key, tls / "broker.key")
    if clients is not None:
        shutil.copy(clients, tls / "clients-ca.crt")
    plain = make_mosquitto(folder)
    places = {"MOSQUITTO_TLS": str(tls), "MOSQUITTO_TLS_LISTENER": f"{port} {HOST}"}
    broker = Mosquitto(folder, plain.port, {**plain.environment, **places})
    broker.prepare()
    broker.start()
    try:
        yield Encrypted(broker, port, authority)
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def good(
    mosquitto: Mosquitto, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Encrypted]:
    with encrypted(tmp_path_factory.mktemp("good"), authority, authority.issue("good")) as found:
        yield found


def complaint(url: str) -> str:
    """What the bus says when it cannot connect, in one line."""
    with capture_logs() as said:
        bus = Bus(url, "test-tls", persistent=False)
        assert not bus.wait_connected(1.0)
        bus.close()
    assert len(said) == 1, said
    return f"{said[0]['event']}: {said[0]['reason']}"


def test_with_the_authority_in_the_ca_file_it_connects(
    good: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(names.CA_FILE, str(good.authority.pair.cert))
    bus = Bus(good.url(), "test-tls", persistent=False)
    assert bus.wait_connected(10)
    bus.close()


def test_an_unknown_authority_is_named_with_the_variable(
    good: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(names.CA_FILE, raising=False)
    said = complaint(good.url())
    assert "cannot be trusted" in said
    assert f"set {names.CA_FILE}" in said


def test_a_wrong_password_is_named_with_the_variable(
    good: Encrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(names.CA_FILE, str(good.authority.pair.cert))
    said = complaint(good.url(secret="wrong-secret-123"))
    assert "HENGFU_BROKER" in said
    assert "wrong-secret" not in said


@pytest.mark.parametrize(
    ("hosts", "expired", "said"),
    [
        ("DNS:elsewhere.example", False, "names another address than the certificate"),
        ("IP:127.0.0.1", True, "expired: renew it, or set this machine's clock right"),
    ],
    ids=["other host", "expired"],
)
def test_a_certificate_that_does_not_fit_is_refused_and_explained(
    mosquitto: Mosquitto,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hosts: str,
    expired: bool,
    said: str,
) -> None:
    monkeypatch.setenv(names.CA_FILE, str(authority.pair.cert))
    pair = authority.issue("unfit", hosts, expired)
    with encrypted(tmp_path, authority, pair) as found:
        assert said in complaint(found.url())


def test_where_clients_need_a_certificate_only_those_with_one_connect(
    mosquitto: Mosquitto, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, ca = authority.issue("client"), authority.pair.cert
    monkeypatch.setenv(names.CA_FILE, str(ca))
    with encrypted(tmp_path, authority, authority.issue("strict"), clients=ca) as found:
        assert complaint(found.url())
        monkeypatch.setenv(names.CERT_FILE, str(own.cert))
        monkeypatch.setenv(names.KEY_FILE, str(own.key))
        bus = Bus(found.url(), "test-tls", persistent=False)
        assert bus.wait_connected(10), found.broker.log()
        bus.close()


def test_wrong_files_are_one_error_that_names_the_variable(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = authority.issue("one"), authority.issue("other")
    for variables in (
        {names.CA_FILE: str(tmp_path / "missing")},
        {names.CA_FILE: str(one.key)},
        {names.CERT_FILE: str(one.cert), names.KEY_FILE: str(other.key)},
        {names.KEY_FILE: str(one.key)},
    ):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            with pytest.raises(BusError, match=next(iter(variables))):
                Bus("mqtts://127.0.0.1:1", "test-tls")


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("mqtt://me:secret-word@192.0.2.1", True),
        ("mqtts://me:secret-word@192.0.2.1", False),
        ("mqtt://me:secret-word@127.0.0.1", False),
        ("mqtt://192.0.2.1", False),
    ],
)
def test_a_password_in_the_clear_beyond_loopback_is_warned_of(url: str, warned: bool) -> None:
    with capture_logs() as said:
        Bus(url, "test-tls").close()
    assert ["in the clear" in str(one["event"]) for one in said] == [True] * warned
    assert "secret-word" not in str(said)


def test_on_a_network_that_is_nobody_elses_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRIVATE, "1")
    with capture_logs() as said:
        Bus("mqtt://me:secret-word@192.0.2.1", "test-tls").close()
    assert said == []


def test_a_certificate_without_its_key_stops_the_broker_with_one_line(
    authority: Authority, tmp_path: Path
) -> None:
    shutil.copy(authority.pair.cert, tmp_path / "broker.crt")
    plain = make_mosquitto(tmp_path / "broker")
    places = {"MOSQUITTO_PRIVATE": str(tmp_path / "private"), "MOSQUITTO_TLS": str(tmp_path)}
    path = {"PATH": os.environ["PATH"], "MOSQUITTO_CONFIG": str(SHIPPED)}
    done = subprocess.run(
        ["sh", str(SHIPPED / "start.sh")],
        env={**plain.environment, **path, **places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "TLS: broker.key is missing" in done.stderr


def spawn(words: list[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as target:
        return subprocess.Popen(
            [sys.executable, "-m", "api.cli", *words],
            env={**os.environ, **environment},
            stdout=target,
            stderr=target,
        )


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture
def store(influx: InfluxServer, authority: Authority) -> Iterator[dict[str, str]]:
    """The environment of an InfluxDB behind TLS."""
    pair = authority.issue("influxdb")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    with influx.bucket() as settings:
        shim = Shim(influx.shim.engine, influx.shim.token, context)
        yield {
            influxnames.URL: shim.url,
            influxnames.TOKEN: shim.token,
            influxnames.ORG: settings.org,
            influxnames.BUCKET: settings.bucket,
            influxnames.CA_FILE: str(authority.pair.cert),
        }
        shim.stop()


def key_of(data: Path) -> str:
    """A key of a service that keeps its ledger in this folder."""
    with contextlib.closing(Ledger(data / LEDGER_FILE)) as ledger:
        return KeyRing(ledger).create("test", Role.VIEWER)[1]


def test_the_whole_chain_runs_encrypted_and_tells_no_secret(
    good: Encrypted, store: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """City, ingest, InfluxDB and service by TLS, keys demanded; no secret is in any log."""
    ca, web, port = str(good.authority.pair.cert), good.authority.issue("web"), free_port()
    monkeypatch.setenv(names.CA_FILE, ca)
    overheard: Queue[Message] = Queue()
    bus = Bus(good.url(), "test-overhear", persistent=False)
    bus.subscribe("hengfu/v1/#", overheard.put)
    assert bus.wait_subscribed(10)
    (tmp_path / "monitor").mkdir()
    key = key_of(tmp_path / "monitor")
    tls = ["--port", str(port), "--tls-cert", str(web.cert), "--tls-key", str(web.key)]
    roles = {
        "ingest": ["ingest", "--store", "influx"],
        "monitor": ["serve", "--no-ingest", "--store", "influx", "--require-keys", *tls],
        "city": ["simulate"],
    }
    with contextlib.ExitStack() as ends:
        ends.callback(bus.close)
        for user, words in roles.items():
            common = ["--run", RUN, "--area", "core", "--data", str(tmp_path / user)]
            environment = {**store, "HENGFU_BROKER": good.url(user)}
            process = spawn([*words, *common], environment, tmp_path / f"{user}.log")
            ends.callback(process.wait, 20)
            ends.callback(process.terminate)
        missing = {"readings", "confirmed", "vitals"}
        while missing:
            missing.discard(parse(overheard.get(timeout=120).topic).channel)
        trusted, url = ssl.create_default_context(cafile=ca), f"https://{HOST}:{port}"
        for token, status in ((key, 200), (f"{key}x", 401)):
            answer = httpx.get(
                f"{url}/api/v1/vitals", verify=trusted, timeout=30, headers={"X-API-Key": token}
            )
            assert answer.status_code == status
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            httpx.get(f"{url}/healthz", timeout=30)
    written = good.broker.log() + "".join(
        (tmp_path / f"{user}.log").read_text(encoding="utf-8") for user in roles
    )
    assert "Traceback" not in written
    secrets = [key, store[influxnames.TOKEN], *(password(user) for user in roles)]
    assert [secret for secret in secrets if secret in written] == []

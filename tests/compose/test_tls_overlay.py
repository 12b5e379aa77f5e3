"""TLS between all services: the overlay names what exists, and its certificates are accepted."""

import json
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from compose.checkout import ROOT, checkout_text
from compose.mosquitto import Mosquitto, free_port, make_mosquitto, password
from compose.stackfile import Service, filled, parsed
from compose.test_compose import USER_OF, compose_program, run_config
from compose.test_env import make_env

from api.routes import health
from sensors.broker import HOST
from sensors.brokerurl import parse_url, uses_tls
from twin.config import default_config_dir

pytestmark = pytest.mark.checkout

SCRIPT = default_config_dir() / "tls" / "certificates.sh"
OVERLAY = "config/tls/compose.yml"
SERVERS = ("broker", "influxdb", "api")


@pytest.fixture(scope="module")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the shipped script makes them, for one more name and one more address."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("overlay") / "certs"
    make(folder, "twin.example", "192.0.2.7")
    return folder


def make(folder: Path, *names: str) -> None:
    subprocess.run(["sh", str(SCRIPT), str(folder), *names], check=True, capture_output=True)


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    found: dict[str, Any] = yaml.safe_load(checkout_text(OVERLAY))
    return found


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    checkout_text(".env.example")
    return make_env(tmp_path_factory.mktemp("overlay-env") / "env")


@pytest.fixture(scope="module")
def services(raw: dict[str, Any], env: dict[str, str]) -> dict[str, Service]:
    found: dict[str, Service] = filled(raw["services"], env)
    return found


@pytest.fixture(scope="module")
def base(env: dict[str, str]) -> dict[str, Service]:
    found: dict[str, Service] = filled(parsed()["services"], env)
    return found


def test_each_certificate_is_by_the_authority_and_names_its_service(certs: Path) -> None:
    for service in SERVERS:
        cert, key = certs / service / f"{service}.crt", certs / service / f"{service}.key"
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
        asked = ["openssl", "verify", "-CAfile", str(certs / "ca.crt")]
        hosts = [["-verify_hostname", host] for host in (service, "localhost", "twin.example")]
        for name in (*hosts, ["-verify_ip", "192.0.2.7"]):
            done = subprocess.run([*asked, *name, str(cert)], capture_output=True, text=True)
            assert done.returncode == 0, (service, name, done.stderr)


def test_only_the_owner_enters_the_folder_and_the_containers_read_their_part(certs: Path) -> None:
    assert certs.stat().st_mode & 0o777 == 0o700
    assert (certs / "authority" / "ca.key").stat().st_mode & 0o077 == 0
    for service in SERVERS:
        assert (certs / service / f"{service}.key").stat().st_mode & 0o777 == 0o644


def test_a_second_time_keeps_what_is_there(certs: Path) -> None:
    before = {file: file.read_bytes() for file in certs.rglob("*") if file.is_file()}
    make(certs)
    assert {file: file.read_bytes() for file in certs.rglob("*") if file.is_file()} == before


def test_it_is_valid_by_the_schema_of_the_compose_specification(raw: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [(list(e.absolute_path), e.message) for e in validator.iter_errors(raw)] == []


def test_docker_compose_reads_both_files(tmp_path: Path) -> None:
    checkout_text(OVERLAY)
    program = compose_program()
    make_env(tmp_path / "env")
    files = ["--file", "docker-compose.yml", "--file", OVERLAY, "--profile", "*"]
    done = run_config(program, tmp_path / "env", *files)
    assert done.returncode == 0, done.stderr


def test_it_covers_every_service_of_the_base(
    services: dict[str, Service], base: dict[str, Service]
) -> None:
    assert set(services) == set(base)


def test_every_variable_is_read_by_the_code(services: dict[str, Service]) -> None:
    files = [file for part in ("api", "sensors", "twin") for file in (ROOT / part).rglob("*.py")]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    given = {name for one in services.values() for name in one.get("environment", {})}
    ours = {name for name in given if name.startswith("HENGFU_")}
    assert {name for name in ours if f'"{name}"' not in code} == set()
    assert given - ours == {"INFLUXD_TLS_CERT", "INFLUXD_TLS_KEY"}


def test_every_file_that_is_named_is_made_by_the_script_and_mounted_there(
    services: dict[str, Service], certs: Path
) -> None:
    for name, one in services.items():
        mounts = dict(volume.split(":")[:2] for volume in one.get("volumes", []))
        here = {inside: certs / out.removeprefix("./certs/") for out, inside in mounts.items()}
        assert [path for path in here.values() if not path.exists()] == [], name
        told = [*one.get("environment", {}).values(), *one.get("healthcheck", {}).get("test", [])]
        told += one.get("command", [])
        for word in re.findall(r"/certs/[\w./]+", " ".join(told)):
            found = [
                place / word.removeprefix(inside).lstrip("/") if place.is_dir() else place
                for inside, place in here.items()
                if word == inside or word.startswith(f"{inside}/")
            ]
            assert [path for path in found if path.is_file()], (name, word)


def test_everybody_connects_with_tls_as_before(
    services: dict[str, Service], base: dict[str, Service]
) -> None:
    for name, one in services.items():
        given, before = one.get("environment", {}), base[name].get("environment", {})
        if "HENGFU_BROKER" in before:
            assert uses_tls(given["HENGFU_BROKER"])
            host, port, user, secret = parse_url(given["HENGFU_BROKER"])
            old = parse_url(before["HENGFU_BROKER"])
            assert (host, port, user, secret) == (old[0], 8883, old[2], old[3])
            assert user == USER_OF[base[name]["command"][0]]
        for key in ("HENGFU_URL", "HENGFU_INFLUX_URL"):
            if key in before:
                assert given[key] == before[key].replace("http://", "https://")


def test_health_is_asked_over_tls(services: dict[str, Service]) -> None:
    asked = services["api"]["healthcheck"]["test"]
    compile(asked[3], "healthcheck", "exec")
    assert re.findall(r"https://localhost:(\d+)(/\w+)", asked[3]) == [("8000", "/readyz")]
    assert "/readyz" in {route.path for route in health.router.routes}
    assert "https://localhost:8086" in services["influxdb"]["healthcheck"]["test"]


@pytest.fixture(scope="module")
def broker(
    certs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Mosquitto, int]]:
    """The shipped broker with the folder that the overlay mounts, and its port with TLS."""
    folder, port = tmp_path_factory.mktemp("overlay-broker"), free_port()
    plain = make_mosquitto(folder)
    places = {"MOSQUITTO_TLS": str(certs / "broker"), "MOSQUITTO_TLS_LISTENER": f"{port} {HOST}"}
    made = Mosquitto(folder, plain.port, {**plain.environment, **places})
    made.prepare()
    made.start()
    yield made, port
    made.stop()


@pytest.mark.stack
@pytest.mark.parametrize(("user_password", "healthy"), [(password("viewer"), True), ("no", False)])
def test_the_brokers_health_check_works_over_tls(
    mosquitto: Mosquitto,
    broker: tuple[Mosquitto, int],
    services: dict[str, Service],
    certs: Path,
    user_password: str,
    healthy: bool,
) -> None:
    kind, command = services["broker"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    here = command.replace("-p 8883", f"-p {broker[1]}").replace("/certs/ca.crt", f"{certs}/ca.crt")
    if shutil.which("mosquitto_sub") is None:
        pytest.skip("mosquitto_sub is not installed")
    done = subprocess.run(
        ["sh", "-c", here], env={"PATH": "/usr/bin:/bin", "HENGFU_VIEWER_PASSWORD": user_password},
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (done.returncode == 0) is healthy, done.stderr

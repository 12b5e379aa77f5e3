"""Everything that docker-compose.yml names exists, and nothing in it is open or secret."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
from compose.checkout import ROOT, checkout_text
from compose.mosquitto import SHIPPED
from compose.stackfile import VARIABLE, Service, filled, parsed, strings
from compose.test_env import make_env, variables

from api.cli import app
from api.routes import health
from api.service import open_store
from sensors.brokerurl import parse_url
from twin.config import ConfigError

pytestmark = pytest.mark.checkout

OURS = "hengfu-twin:local"
USER_OF = {"simulate": "city", "ingest": "ingest", "serve": "monitor"}


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    return parsed()


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    checkout_text(".env.example")
    return make_env(tmp_path_factory.mktemp("compose") / "env")


@pytest.fixture(scope="module")
def services(raw: dict[str, Any], env: dict[str, str]) -> dict[str, Service]:
    found: dict[str, Service] = filled(raw["services"], env)
    return found


@pytest.fixture(scope="module")
def lasting(services: dict[str, Service]) -> dict[str, Service]:
    """Without the tools, which come and go."""
    return {name: one for name, one in services.items() if one.get("profiles") != ["tools"]}


@pytest.fixture(scope="module")
def ours(services: dict[str, Service]) -> dict[str, Service]:
    """The services that run a `hengfu` command."""
    return {name: one for name, one in services.items() if one["image"] == OURS}


def test_it_is_valid_by_the_schema_of_the_compose_specification(
    raw: dict[str, Any],
) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [(list(e.absolute_path), e.message) for e in validator.iter_errors(raw)] == []


def test_docker_compose_reads_it_and_says_what_to_do_without_secrets(
    tmp_path: Path,
) -> None:
    checkout_text("docker-compose.yml")
    program = compose_program()
    make_env(tmp_path / "env")
    good = run_config(program, tmp_path / "env", "--profile", "*")
    assert good.returncode == 0, good.stderr
    (tmp_path / "empty").touch()
    bad = run_config(program, tmp_path / "empty")
    assert bad.returncode != 0
    assert "run make env" in bad.stderr


def test_the_example_names_exactly_the_variables_that_are_used(
    raw: dict[str, Any],
) -> None:
    used = {match["name"] for text in strings(raw) for match in VARIABLE.finditer(text)} - {None}
    known = set(variables(checkout_text(".env.example")))
    assert used | {"COMPOSE_PROFILES"} == known


def test_secrets_come_from_the_environment_alone(raw: dict[str, Any]) -> None:
    """Without a default, so that a missing one is an error."""
    pattern = re.compile(r"\$\{\w+_(PASSWORD|TOKEN):\?[^}]+\}")
    held = [
        (name, value)
        for one in raw["services"].values()
        for name, value in one.get("environment", {}).items()
    ]
    secret = [value for name, value in held if name.endswith(("_PASSWORD", "_TOKEN"))]
    assert [value for value in secret if not pattern.fullmatch(value)] == []
    brokers = [value for name, value in held if name == "HENGFU_BROKER"]
    assert [url for url in brokers if not re.search(rf"//\w+:{pattern.pattern}@", url)] == []


def test_every_command_is_understood(ours: dict[str, Service]) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for one in ours.values():
        if "command" in one:
            name, *options = one["command"]
            commands[name].make_context(name, options)


def test_the_store_that_is_named_can_be_opened_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: dict[str, Service]
) -> None:
    """Without its settings the complaint is about them, not about the name."""
    named = {
        word.removeprefix("--store=")
        for one in ours.values()
        for word in one.get("command", [])
        if word.startswith("--store=")
    }
    monkeypatch.delenv("HENGFU_INFLUX_URL", raising=False)
    for store in named:
        with pytest.raises(ConfigError, match="HENGFU_INFLUX_URL"):
            open_store(store, tmp_path)


def test_every_variable_given_to_our_commands_is_read_by_the_code(
    ours: dict[str, Service],
) -> None:
    files = [file for part in ("api", "sensors", "twin") for file in (ROOT / part).rglob("*.py")]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    given = {name for one in ours.values() for name in one.get("environment", {})}
    assert {name for name in given if f'"{name}"' not in code} == set()


def test_every_variable_given_to_the_broker_is_read_by_its_start_script(
    services: dict[str, Service],
) -> None:
    script = (SHIPPED / "start.sh").read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{(HENGFU_\w+)", script))
    assert set(services["broker"]["environment"]) == read


def test_every_service_logs_in_as_the_broker_user_of_its_role(
    ours: dict[str, Service],
) -> None:
    acl = (SHIPPED / "acl").read_text(encoding="utf-8")
    for one in ours.values():
        if "command" in one:
            host, port, user, _ = parse_url(one["environment"]["HENGFU_BROKER"])
            assert (host, port, user) == ("broker", 1883, USER_OF[one["command"][0]])
            assert f"\nuser {user}\n" in acl


def test_ports_are_published_on_loopback_and_somebody_listens_there(
    services: dict[str, Service],
) -> None:
    published = {name: one["ports"] for name, one in services.items() if "ports" in one}
    inside = {}
    for name, ports in published.items():
        for port in ports:
            host, _, inner = port.split(":")
            assert host == "127.0.0.1"
            inside.setdefault(name, inner)
    assert "MOSQUITTO_TLS_LISTENER:-8883}" in (SHIPPED / "start.sh").read_text(encoding="utf-8")
    assert services["broker"]["ports"][1].endswith(":8883")
    conf = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
    assert f"\nlistener {inside['broker']}\n" in conf
    assert f"--port={inside['api']}" in services["api"]["command"]
    influx = urlsplit(services["api"]["environment"]["HENGFU_INFLUX_URL"])
    assert (influx.hostname, str(influx.port)) == ("influxdb", inside["influxdb"])


def test_influxdb_is_set_up_with_what_the_others_use(
    services: dict[str, Service],
) -> None:
    made, used = services["influxdb"]["environment"], services["api"]["environment"]
    for theirs, mine in {
        "ORG": "ORG",
        "BUCKET": "BUCKET",
        "ADMIN_TOKEN": "TOKEN",
    }.items():
        assert made[f"DOCKER_INFLUXDB_INIT_{theirs}"] == used[f"HENGFU_INFLUX_{mine}"]


def test_the_broker_finds_its_files_and_keeps_its_state(
    services: dict[str, Service],
) -> None:
    broker = services["broker"]
    mounts = dict(volume.split(":")[:2] for volume in broker["volumes"])
    assert (ROOT / "config" / "mosquitto").samefile(ROOT / "./config/mosquitto")
    assert mounts["./config/mosquitto"] == "/mosquitto/config"
    folder, script = broker["command"][1].rsplit("/", 1)
    assert folder == "/mosquitto/config"
    assert (SHIPPED / script).is_file()
    conf = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
    assert f"persistence_location {mounts['broker-data']}/\n" in conf


def test_our_data_is_on_volumes(raw: dict[str, Any], services: dict[str, Service]) -> None:
    named = set()
    for one in services.values():
        for volume in one.get("volumes", []):
            source, target = volume.split(":")[:2]
            named |= set() if source.startswith(".") else {source}
            if one["image"] == OURS:
                assert f"--data={target}" in one["command"]
    assert named == set(raw["volumes"])


def test_nothing_but_influxdb_may_be_root_or_write_outside_its_volumes(
    services: dict[str, Service],
) -> None:
    for name, one in services.items():
        assert one["security_opt"] == ["no-new-privileges:true"], name
        if name != "influxdb":
            assert one["read_only"], name
            assert one["cap_drop"] == ["ALL"], name
            assert one["image"] == OURS or one["user"].split(":")[0] not in (
                "0",
                "root",
            ), name


def test_images_are_pinned(services: dict[str, Service]) -> None:
    images = {one["image"] for one in services.values()} - {OURS}
    assert images == {"eclipse-mosquitto:2.1.2-alpine", "influxdb:2.9.1"}


def test_every_service_has_limits_and_every_lasting_one_health_and_restarts(
    services: dict[str, Service], lasting: dict[str, Service]
) -> None:
    for name, one in services.items():
        assert {"cpus", "memory", "pids"} == set(one["deploy"]["resources"]["limits"]), name
    for name, one in lasting.items():
        assert one["healthcheck"]["test"], name
        assert one["restart"] == "unless-stopped", name


def test_waits_are_for_services_that_can_be_healthy(
    services: dict[str, Service],
) -> None:
    for one in services.values():
        for name, wait in one.get("depends_on", {}).items():
            assert wait["condition"] == "service_healthy"
            assert "profiles" not in services[name]
            assert "healthcheck" in services[name]


def test_health_is_asked_where_it_is_answered(services: dict[str, Service]) -> None:
    asked = " ".join(services["api"]["healthcheck"]["test"])
    paths = {route.path for route in health.router.routes}
    assert re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)", asked) == [("8000", "/readyz")]
    assert "/readyz" in paths
    for one in services.values():
        beat = one.get("environment", {}).get("HENGFU_HEARTBEAT")
        assert beat is None or beat in " ".join(one["healthcheck"]["test"])
    broker = " ".join(services["broker"]["healthcheck"]["test"])
    assert "-u viewer" in broker


def test_python_of_the_health_checks_compiles(ours: dict[str, Service]) -> None:
    for one in ours.values():
        check = one["healthcheck"].get("test", ["CMD", "python", "-c", ""])
        assert check[:3] == ["CMD", "python", "-c"]
        compile(check[3], "healthcheck", "exec")


def test_the_page_names_services_and_volumes_that_exist(
    raw: dict[str, Any], services: dict[str, Service]
) -> None:
    page = checkout_text("docs/compose.md")
    word = r"docker compose (?:logs --follow|restart|run --rm(?: --no-deps)?(?: -T)?) (\w+)"
    assert set(re.findall(word, page)) <= set(services)
    for loop in re.findall(r"for volume in ([\w -]+); do", page):
        assert set(loop.split()) == set(raw["volumes"])


def test_either_one_ingest_takes_all_zones_or_several_share_them(
    services: dict[str, Service], env: dict[str, str]
) -> None:
    parts: dict[str, list[str]] = {"single": [], "scale": []}
    for one in services.values():
        if one.get("command", [""])[0] == "ingest":
            (profile,) = one["profiles"]
            parts[profile] += [word for word in one["command"] if word.startswith("--part=")] or [
                ""
            ]
    assert parts["single"] == [""]
    count = len(parts["scale"])
    assert parts["scale"] == [f"--part={number}/{count}" for number in range(1, count + 1)]
    assert env["COMPOSE_PROFILES"] == "single"


def compose_program() -> list[str]:
    """`docker compose`, or a skip with the reason; it needs no engine for what we ask."""
    docker = shutil.which("docker")
    if docker is None:
        pytest.skip("the docker client is not installed")
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if asked.returncode != 0:
        pytest.skip("the docker client has no compose plugin")
    return [docker, "compose"]


def run_config(program: list[str], env: Path, *options: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HENGFU_")}
    return subprocess.run(
        [*program, "--env-file", str(env), *options, "config", "--quiet"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )

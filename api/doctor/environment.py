"""The environment: .env for Docker Compose, and the secrets of this shell."""

import os
import stat

from api.doctor.asked import Asked
from api.doctor.finding import Finding, fail, ok, warn
from api.doctor.secrets import password_of, read_env_file, secrets_in, weakness

COMPOSE_FILE = "docker-compose.yml"
NEEDED = (  # docker-compose.yml does without defaults for these
    "HENGFU_RUN",
    "HENGFU_CITY_PASSWORD",
    "HENGFU_INGEST_PASSWORD",
    "HENGFU_MONITOR_PASSWORD",
    "HENGFU_VIEWER_PASSWORD",
    "HENGFU_INFLUX_PASSWORD",
    "HENGFU_INFLUX_TOKEN",
)
OPTIONAL = ("HENGFU_API_KEY",)
MAKE = "make env adds what is missing and keeps the rest"


def check_env_file(asked: Asked) -> Finding:
    file = asked.env_file
    if not file.exists():
        if not file.with_name(COMPOSE_FILE).exists():
            return ok(f"{file} is not there; only docker compose needs it")
        return warn(f"{file} is missing, docker compose will not start", "run make env")
    try:
        held, mode = read_env_file(file), stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        return fail(f"{file}: {error.strerror}", f"make it readable for user {os.geteuid()}")
    wrong = mistakes(held)
    if wrong:
        return fail(f"{file}: {'; '.join(wrong)}", MAKE)
    if mode & 0o077:
        return warn(f"{file} can be read by others (mode {mode:o})", f"chmod 600 {file}")
    return ok(f"{file} has every secret and only its owner reads it")


def mistakes(held: dict[str, str]) -> list[str]:
    """Per setting what is wrong, without its value."""
    found = [f"{name} is missing" for name in NEEDED if not held.get(name)]
    secrets = {name: value for name, value in secrets_in(held).items() if value}
    found += [f"{name} {weakness(value)}" for name, value in secrets.items() if weakness(value)]
    names = sorted(secrets)
    found += [
        f"{name} is the same as {other}"
        for place, name in enumerate(names)
        for other in names[place + 1 :]
        if secrets[name] == secrets[other]
    ]
    return found


def check_secrets(asked: Asked) -> Finding:
    """Those of this shell's environment and of the broker's address."""
    held = {name: value for name, value in asked.environment.items() if name.startswith("HENGFU_")}
    secrets = secrets_in(held)
    given = password_of(asked.broker)
    secrets |= {"HENGFU_BROKER": given} if given else {}
    weak = [f"{name} {weakness(value)}" for name, value in secrets.items() if weakness(value)]
    if weak:
        return warn("; ".join(weak), "take long random values, as make env makes them")
    named = ", ".join(sorted(secrets)) or "none is set"
    return ok(f"secrets of this shell: {named}")

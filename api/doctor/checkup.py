"""All checks, in the order in which one would put things right."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from api.doctor.asked import Asked
from api.doctor.broker import check_broker
from api.doctor.clock import check_city, check_machine
from api.doctor.datafolder import check_config, check_data
from api.doctor.environment import check_env_file, check_secrets
from api.doctor.finding import Finding
from api.doctor.secrets import hide, password_of, read_env_file, secrets_in
from api.doctor.service import check_devices, check_http
from api.doctor.store import check_store

CHECKS: Mapping[str, Callable[[Asked], Finding]] = {
    "config": check_config,
    "env file": check_env_file,
    "secrets": check_secrets,
    "data": check_data,
    "store": check_store,
    "broker": check_broker,
    "city": check_city,
    "http": check_http,
    "clock": check_machine,
    "devices": check_devices,
}


def checkup(
    asked: Asked, checks: Mapping[str, Callable[[Asked], Finding]] = CHECKS
) -> Iterator[tuple[str, Finding]]:
    """Name and finding of each check, one by one, without any secret in them."""
    secrets = _secrets(asked)
    for name, check in checks.items():
        found = check(asked)
        says, do = (" ".join(text.split()) for text in (found.says, found.do))
        yield name, replace(found, says=hide(says, secrets), do=hide(do, secrets))


def _secrets(asked: Asked) -> set[str]:
    try:
        held = read_env_file(asked.env_file)
    except OSError:
        held = {}
    known = {*secrets_in(held).values(), *secrets_in(asked.environment).values()}
    return known | {password_of(asked.broker)}

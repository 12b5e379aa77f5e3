"""The broker: does it answer, does it take the login, does it let the role through."""

import secrets
import threading
import time

from api.doctor.asked import Asked
from api.doctor.finding import Finding, fail, ok, warn
from sensors import topics
from sensors.brokerurl import in_the_clear, parse_url, uses_tls
from sensors.bus import Bus, BusError

HEARS = {  # role -> what it must be allowed to hear, by channel and what follows it
    "city": ("confirmed/+/+", "commands/city", "clock"),
    "ingest": ("readings/+/+", "clock"),
    "monitor": ("readings/+/+", "acks/+", "progress/+", "reports/+", "clock"),
    "viewer": ("readings/+/+", "vitals/+/+", "alerts/+", "clock"),
}
ECHO = {  # what the role may both say and hear: the way to see that its rights are the right ones
    "city": "clock",
    "ingest": "confirmed/z-00-00/doctor",
    "monitor": "warnings",
}
LOGIN = (
    "log in as the user of this role (HENGFU_BROKER, --broker, --role); see config/mosquitto/acl"
)


def check_broker(asked: Asked) -> Finding:
    """Says one word on a topic of a run that does not exist; nobody keeps it."""
    try:
        bus = Bus(asked.broker, "hengfu-doctor", persistent=False)
    except BusError as error:
        return fail(str(error), "correct HENGFU_BROKER or --broker")
    try:
        if not connects(bus, asked.answer_s):
            return _away(bus)
        return _rights(bus, asked) or _fine(bus, asked)
    finally:
        bus.close()


def connects(bus: Bus, within_s: float) -> bool:
    """False as soon as the reason is known."""
    end = time.monotonic() + within_s
    while time.monotonic() < end and bus.trouble is None:
        if bus.wait_connected(0.1):
            return True
    return bus.connected


def _away(bus: Bus) -> Finding:
    says = f"{bus.address} {bus.trouble or 'does not answer'}"
    do = "hengfu up starts a broker of its own; else start one, or name it by HENGFU_BROKER"
    known = "HENGFU_BROKER" in says  # then the line says itself what to look at
    return fail(says, "see docs/security.md" if known else do)


def _rights(bus: Bus, asked: Asked) -> Finding | None:
    """What the role misses, None when nothing."""
    run, heard = f"doctor-{secrets.token_hex(4)}", threading.Event()
    for rest in HEARS[asked.role]:
        bus.subscribe(f"{topics.PREFIX}/{run}/{rest}", lambda _message: None, qos=0)
    echo = ECHO.get(asked.role)
    if echo is not None:
        bus.subscribe(f"{topics.PREFIX}/{run}/{echo}", lambda _message: heard.set(), qos=0)
    if not bus.wait_subscribed(asked.answer_s) or bus.refusals:
        return fail(f"{bus.address} refuses to let {_who(asked)} hear what it needs", LOGIN)
    if echo is None:
        return None
    bus.publish(f"{topics.PREFIX}/{run}/{echo}", b"doctor", qos=0)
    if heard.wait(asked.answer_s):
        return None
    return fail(f"{bus.address} does not let {_who(asked)} say or hear {echo.split('/')[0]}", LOGIN)


def _fine(bus: Bus, asked: Asked) -> Finding:
    how = "with TLS" if uses_tls(asked.broker) else "without TLS"
    says = f"{bus.address} answers {how} and lets {_who(asked)} do its work"
    if in_the_clear(asked.broker, asked.environment):
        return warn(f"{says}, but the password goes in the clear", "use mqtts://, docs/security.md")
    return ok(says)


def _who(asked: Asked) -> str:
    user = parse_url(asked.broker)[2]
    return f"{asked.role} (no login)" if user is None else f"{asked.role} (user {user})"

"""The names of all MQTT topics: hengfu/v1/{run}/{channel}/..., fixed depth, no spaces."""

from dataclasses import dataclass

PREFIX = "hengfu/v1"
ANY = "+"  # stands for every value of one level in a subscription
CHANNELS = {  # channel -> levels after it
    "readings": 2,
    "confirmed": 2,
    "status": 1,
    "clock": 0,
    "vitals": 2,
    "alerts": 1,
    "warnings": 0,
    "commands": 1,
    "acks": 1,
    "progress": 1,
    "reports": 1,
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart: `names` are the levels after the channel."""

    run: str
    channel: str
    names: tuple[str, ...]


def readings_topic(run: str, zone: str, gateway: str) -> str:
    """SenML packs of one gateway."""
    return _topic(run, "readings", zone, gateway)


def confirmed_topic(run: str, zone: str, gateway: str) -> str:
    """High-water mark of one gateway, written by the ingest; retained."""
    return _topic(run, "confirmed", zone, gateway)


def status_topic(run: str, service: str) -> str:
    """Birth and last will of a service; retained."""
    return _topic(run, "status", service)


def clock_topic(run: str) -> str:
    """Event time, speed and state of the run; retained."""
    return _topic(run, "clock")


def vitals_topic(run: str, level: str, entity: str) -> str:
    """Current vital signs of one entity; retained."""
    return _topic(run, "vitals", level, entity)


def alert_topic(run: str, alert: str) -> str:
    """One alert; retained while open."""
    return _topic(run, "alerts", alert)


def warnings_topic(run: str) -> str:
    """Colours that vital signs are expected to reach, one list; retained."""
    return _topic(run, "warnings")


def command_topic(run: str, target: str) -> str:
    """Commands to a target, for instance `city`."""
    return _topic(run, "commands", target)


def ack_topic(run: str, command: str) -> str:
    """The answer to one command."""
    return _topic(run, "acks", command)


def progress_topic(run: str, order: str) -> str:
    """What comes back about one work order."""
    return _topic(run, "progress", order)


def report_topic(run: str, channel: str) -> str:
    """Citizens' reports of one channel, for instance `12345`."""
    return _topic(run, "reports", channel)


def parse(topic: str) -> Topic:
    """The parts of a topic of ours; ValueError with the topic when it is not one."""
    levels = topic.split("/")
    if "/".join(levels[:2]) != PREFIX or len(levels) < 4 or "" in levels:
        raise ValueError(f"{topic!r} is not a topic under {PREFIX}/")
    run, channel, *names = levels[2:]
    if CHANNELS.get(channel) != len(names):
        raise ValueError(f"{topic!r} is not a topic under {PREFIX}/")
    return Topic(run, channel, tuple(names))


def _topic(*levels: str) -> str:
    for level in levels:
        if level != ANY and (not level or set(level) & set("/+# \0")):
            raise ValueError(f"{level!r} cannot be one level of a topic")
    return "/".join((PREFIX, *levels))

"""Clocks: this machine's against a server's, and the city's at the broker."""

import time
from email.utils import parsedate_to_datetime

import httpx

from api.doctor.asked import Asked
from api.doctor.broker import connects
from api.doctor.finding import Finding, fail, ok, warn
from api.trust import trust
from sensors import topics
from sensors.bus import Bus, BusError
from sensors.clockmessage import RUNNING, STOPPED, ClockMessage, parse_clock
from sensors.horizon import AHEAD_MS
from sensors.store.influxsettings import CA_FILE, URL
from twin.clock import SECOND_MS, iso
from twin.config import ConfigError

SLACK_MS = 5 * SECOND_MS  # the header counts whole seconds, and answers take their time
NOBODY = "start a service, or give its address by --url, to compare this machine's clock"
SET = "set this machine's clock (timedatectl set-ntp true)"


def check_machine(asked: Asked) -> Finding:
    """Against the Date header of InfluxDB, else of the API."""
    for name, address, ca_variable in (
        ("InfluxDB", asked.environment.get(URL, "") if asked.store == "influx" else "", CA_FILE),
        ("the API", asked.url, "HENGFU_CA_FILE"),
    ):
        theirs_ms = date_of(address, asked.environment.get(ca_variable, "")) if address else None
        if theirs_ms is not None:
            return machine(asked.wall(), theirs_ms, f"{name} at {address}")
    return warn("nobody answers with whom this machine's clock could be compared", NOBODY)


def date_of(address: str, ca_file: str) -> int | None:
    """The Date header in ms UTC, None when there is none; works without a login."""
    try:
        verify = trust({"HENGFU_CA_FILE": ca_file})
        answer = httpx.get(f"{address.rstrip('/')}/ping", timeout=3.0, verify=verify)
        return round(parsedate_to_datetime(answer.headers["Date"]).timestamp() * 1000)
    except (httpx.HTTPError, httpx.InvalidURL, ConfigError, KeyError, ValueError):
        return None


def machine(ours_ms: int, theirs_ms: int, who: str) -> Finding:
    """What the difference of two wall clocks means."""
    off_ms = ours_ms - theirs_ms
    if abs(off_ms) <= SLACK_MS:
        return ok(f"this machine's clock and that of {who} agree")
    ahead = "ahead of" if off_ms > 0 else "behind"
    says = f"this machine's clock is {abs(off_ms) / 1000:.0f} s {ahead} that of {who}"
    return fail(says, SET) if abs(off_ms) > AHEAD_MS else warn(says, SET)


def check_city(asked: Asked) -> Finding:
    """The clock of the run at the broker."""
    try:
        bus = Bus(asked.broker, "hengfu-doctor", persistent=False)
    except BusError:
        return warn("cannot be heard: see broker", "put the broker right first")
    heard: dict[str, list[ClockMessage]] = {}

    def hear(payload: bytes) -> None:
        clock = parse_clock(payload)
        if clock is not None:
            heard.setdefault(clock.run, []).append(clock)

    try:
        bus.subscribe(topics.clock_topic(asked.run or topics.ANY), lambda m: hear(m.payload), qos=0)
        if not connects(bus, asked.answer_s):
            return warn("cannot be heard: see broker", "put the broker right first")
        _listen(heard, asked.listen_s)
    finally:
        bus.close()
    return city(list(heard.values()), asked.wall())


def _listen(heard: dict[str, list[ClockMessage]], within_s: float) -> None:
    """Until one clock was seen to move, or for that long."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if any(one[-1].t_ms > one[0].t_ms for one in list(heard.values())):
            return
        time.sleep(0.1)


def city(heard: list[list[ClockMessage]], wall_ms: int) -> Finding:
    """What the clocks of the runs mean; each list is one run, oldest first."""
    moving = [one for one in heard if one[-1].t_ms > one[0].t_ms]
    going = moving or [one for one in heard if one[-1].state != STOPPED]
    if not going:
        return warn("no city is heard at the broker", "start hengfu up or hengfu simulate")
    clock = max(going, key=lambda one: one[-1].run)[-1]
    says = f"run {clock.run} is at {iso(clock.t_ms)}"
    if not moving and clock.state == RUNNING:
        return fail(f"{says} and silent", "is hengfu simulate running? see its log, restart it")
    if clock.state != RUNNING:
        return ok(f"{says}, {clock.state}")
    return _against_wall(clock, wall_ms, says)


def _against_wall(clock: ClockMessage, wall_ms: int, says: str) -> Finding:
    """Real gateways send the wall's time: at the city's own pace 1 the two must agree."""
    speed = "as fast as it can" if clock.speed is None else f"at {clock.speed:g} times real time"
    off_ms = clock.t_ms - wall_ms
    if clock.speed == 1 and abs(off_ms) > AHEAD_MS:
        ahead = "ahead of" if off_ms > 0 else "behind"
        return warn(
            f"{says} at real time, {abs(off_ms) / 1000:.0f} s {ahead} this machine's clock",
            "readings of real gateways would not fit: start the city at the present time, "
            "or set the clock that is wrong",
        )
    return ok(f"{says}, running {speed}")

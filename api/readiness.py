"""What must be true before the service can be relied on, dependency by dependency."""

from collections.abc import Callable

from api.ledger import LedgerUnavailable
from api.names import QUARTER
from api.service import Services
from api.vitals.sign import Status
from sensors.store import StoreUnavailable

SILENT_AFTER_S = 30.0  # wall seconds without the clock of a city that is not paused
OK = "ok"


def checks(services: Services) -> dict[str, str]:
    """Per dependency "ok" or what is wrong, without addresses or paths."""
    found = {
        "broker": OK if services.bus.connected else "not connected",
        "store": _answers(lambda: services.store.marks(services.run)),
        "ledger": _answers(services.ledger.last_seq),
        "clock": _clock(services),
        "monitor": _monitor(services),
        "vitals": _vitals(services),
    }
    if services.ingest is not None:
        found["ingest"] = OK if services.ingest.health()["ok"] else "not working"
    return found


def _answers(ask: Callable[[], object]) -> str:
    try:
        ask()
    except (StoreUnavailable, LedgerUnavailable):
        return "does not answer"
    return OK


def _clock(services: Services) -> str:
    clock, age_s = services.clock.latest, services.clock.age_s()
    if clock is None or age_s is None:
        return "the city has not been heard"
    if age_s > SILENT_AFTER_S and clock.state == "running":
        return f"the city has been silent for {age_s:.0f} s"
    return OK


def _monitor(services: Services) -> str:
    if not services.monitor.alive:
        return "not running"
    if services.desk.outage.reason is not None:
        return "cannot keep alerts"
    return OK if services.monitor.past.known else "recalling what the store holds"


def _vitals(services: Services) -> str:
    """Complete means that there was enough data for the composite of the quarter."""
    frame = services.monitor.frame
    if frame is None:
        return "none yet"
    sign = frame.sign(services.names.composite, "quarter", QUARTER)
    return OK if sign.status is Status.OK else sign.reason

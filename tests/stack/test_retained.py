"""What a real broker retains of two runs: deleting one leaves the other as it was."""

import threading

import pytest

from api.retained import clear_retained
from sensors.broker import Broker
from sensors.bus import Bus, Message

pytestmark = pytest.mark.stack

TOPICS = (
    "clock",
    "status/city",
    "confirmed/z-01-01/g",
    "vitals/quarter/quarter",
    "alerts/a-1",
)


def retained(broker: Broker) -> set[str]:
    """All retained topics; complete when the last message of a probe has come."""
    found: set[str] = set()
    last = threading.Event()

    def hear(message: Message) -> None:
        if message.retain:
            found.add(message.topic)

    bus = Bus(broker.url, "looks")
    bus.subscribe("hengfu/v1/#", hear)
    bus.subscribe("probe/#", lambda _: last.set())
    bus.wait_subscribed(10)
    bus.publish("probe/end", b"x", qos=1)
    assert last.wait(10)
    bus.close()
    return found


def test_deleting_a_run_clears_its_retained_topics_and_no_others(broker: Broker) -> None:
    bus = Bus(broker.url, "writes")
    wanted = {run: {f"hengfu/v1/{run}/{end}" for end in TOPICS} for run in ("r-a", "r-ab")}
    for topic in sorted(wanted["r-a"] | wanted["r-ab"]):
        bus.publish(topic, b"{}", qos=1, retain=True)
    bus.flush(10)
    bus.close()
    assert retained(broker) == wanted["r-a"] | wanted["r-ab"]
    assert clear_retained(broker.url, "r-a") == len(TOPICS)
    assert retained(broker) == wanted["r-ab"]

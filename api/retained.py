"""Clearing what the broker retains of a run that is over."""

import threading

from sensors.bus import Bus, Message
from sensors.topics import PREFIX

COLLECT_S = 1.0
CONNECT_WITHIN_S = 5.0
FLUSH_S = 10.0


def clear_retained(broker_url: str, run: str) -> int:
    """Empty every retained topic of the run; how many there were."""
    found: set[str] = set()
    quiet = threading.Event()

    def hear(message: Message) -> None:
        if message.retain and message.payload:
            found.add(message.topic)

    bus = Bus(broker_url, f"hengfu-cleaner-{run}")
    try:
        bus.subscribe(f"{PREFIX}/{run}/#", hear, qos=0)  # nothing is to wait for us afterwards
        if bus.wait_connected(CONNECT_WITHIN_S):
            quiet.wait(COLLECT_S)
        for topic in sorted(found):
            bus.publish(topic, b"", qos=1, retain=True)
        bus.flush(FLUSH_S)
    finally:
        bus.close()
    return len(found)

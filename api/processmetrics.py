"""What every process of ours says to Prometheus about itself, and the door for those without HTTP.

hengfu serve has /metrics; hengfu ingest and hengfu simulate open a port of loopback when asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sensors.ingest import Ingest

LOOPBACK = "127.0.0.1"  # nothing asks for a key here
_DEAD = "dead_"
_WAITING = "gaps"  # the one number of an ingest that falls again

Families = Callable[[], Iterator[Metric]]


class Asked(Collector):
    """Families made when they are asked for."""

    def __init__(self, families: Families) -> None:
        self._families = families

    def describe(self) -> Iterable[Metric]:
        """Nothing to announce: registering must not ask the services."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._families()


def process_registry(families: Families) -> CollectorRegistry:
    """A registry of its own with memory, processor time, files and the version of Python."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    GCCollector(registry=made)
    made.register(Asked(families))
    return made


@contextmanager
def metrics_door(port: int | None, families: Families) -> Iterator[None]:
    """Serves them on this port of loopback meanwhile; without a port it does nothing."""
    if port is None:
        yield
        return
    server, thread = start_http_server(port, LOOPBACK, process_registry(families))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ingest_families(ingest: Ingest) -> Iterator[Metric]:
    """The work of an ingest."""
    health, counters = ingest.health(), ingest.counters()
    letters = CounterMetricFamily(
        "hengfu_ingest_dead_letters", "Readings and packs refused", labels=["reason"]
    )
    for name, count in counters.items():
        if name.startswith(_DEAD):
            letters.add_metric([name.removeprefix(_DEAD)], count)
        elif name != _WAITING:
            yield CounterMetricFamily(f"hengfu_ingest_{name}", f"Stored: {name}", value=count)
    yield letters
    numbers = {
        "gap_packs": (counters[_WAITING], "Stored packs that wait behind a missing one"),
        "waiting_packs": (int(str(health["waiting"])), "Packs not yet looked at"),
        "store_up": (int(bool(health["store"])), "1 while the store takes what is written"),
        "broker_connected": (int(bool(health["broker"])), "1 while connected"),
    }
    for name, (value, text) in numbers.items():
        yield GaugeMetricFamily(f"hengfu_ingest_{name}", text, value=value)


def city_families(numbers: Mapping[str, float]) -> Iterator[Metric]:
    """The state of a city, from `Runner.numbers`."""
    texts = {
        "time_seconds": "City time, Unix seconds",
        "unconfirmed_packs": "Packs that the ingest has not confirmed",
        "paused": "1 while paused",
        "broker_connected": "1 while connected",
    }
    for name, text in texts.items():
        yield GaugeMetricFamily(f"hengfu_city_{name}", text, value=numbers[name])

"""Numbers for Prometheus, read from the services when they are asked for."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client import Counter as HttpCounter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.processmetrics import ingest_families, process_registry
from api.service import Services


def registry(services: Services) -> CollectorRegistry:
    """A registry of its own for each app."""
    return process_registry(_Numbers(services).collect)


def request_counter(metrics: CollectorRegistry) -> HttpCounter:
    return HttpCounter(
        "hengfu_http_requests", "Requests by route and status", ["method", "route", "status"],
        registry=metrics,
    )  # fmt: skip


def request_seconds(metrics: CollectorRegistry) -> Histogram:
    """Until the answer begins: a feed goes on for hours."""
    return Histogram(
        "hengfu_http_request_duration_seconds", "From the request to the start of its answer",
        ["method", "route"], registry=metrics,
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    )  # fmt: skip


def key_failures(metrics: CollectorRegistry) -> HttpCounter:
    return HttpCounter(
        "hengfu_http_key_failures", "Requests without a valid API key", ["reason"],
        registry=metrics,
    )  # fmt: skip


class _Numbers:
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        yield from self._counters()
        yield from self._gauges()
        yield self._alerts()
        yield self._scores()
        yield self._neurons()

    def _counters(self) -> Iterator[Metric]:
        monitor = self._services.monitor
        intake = monitor.intake
        numbers = {
            "monitor_readings": (intake.readings, "Readings taken into the windows"),
            "monitor_packs": (intake.packs, "Packs taken in"),
            "monitor_duplicate_packs": (intake.duplicates, "Packs that came before"),
            "monitor_refused_packs": (intake.refused, "Malformed packs"),
            "monitor_overflowed_packs": (monitor.overflowed, "Packs that found no room"),
            "monitor_mends": (monitor.past.mended, "Holes filled from the store"),
            "monitor_evaluations": (monitor.evaluations, "Evaluations of the vital signs"),
            "monitor_skipped": (monitor.skipped, "Evaluations skipped to catch up"),
            "monitor_errors": (monitor.errors, "Steps of the monitor that failed"),
        }
        for name, (value, text) in numbers.items():
            yield CounterMetricFamily(f"hengfu_{name}", text, value=value)
        if self._services.ingest is not None:
            yield from ingest_families(self._services.ingest)

    def _gauges(self) -> Iterator[Metric]:
        services = self._services
        numbers = {
            "broker_connected": (int(services.bus.connected), "1 while connected"),
            "city_time_seconds": (services.clock.now_ms() / 1000, "City time, Unix seconds"),
            "alert_feed_clients": (len(services.alert_bell), "Clients of the alert feed"),
            "vitals_feed_clients": (len(services.monitor.bell), "Clients of the vitals feed"),
        }
        for name, (value, text) in numbers.items():
            yield GaugeMetricFamily(f"hengfu_{name}", text, value=value)

    def _alerts(self) -> Metric:
        family = GaugeMetricFamily(
            "hengfu_alerts_open", "Open alerts", labels=["state", "severity"]
        )
        counts = Counter(
            (alert.state.value, alert.severity.name_en) for alert in self._services.desk.open()
        )
        for labels, count in sorted(counts.items()):
            family.add_metric(list(labels), count)
        return family

    def _neurons(self) -> Metric:
        text = "Neurons by what speaks against them"
        family = GaugeMetricFamily("hengfu_neurons_doubted", text, labels=["reason"])
        frame = self._services.monitor.frame
        if frame is not None and frame.trusted is not None:
            for reason, count in frame.trusted.counts().items():
                family.add_metric([reason], count)
        return family

    def _scores(self) -> Metric:
        family = GaugeMetricFamily("hengfu_vital_score", "Score, quarter", labels=["indicator"])
        frame = self._services.monitor.frame
        for (indicator, level), block in (frame.blocks if frame else {}).items():
            if level == "quarter" and len(block.score) and block.score[0] == block.score[0]:
                family.add_metric([indicator], float(block.score[0]))
        return family

"""Numbers for Prometheus: conventional names, and what they count."""

from typing import Any

import pytest
from support.promtool import check_metrics


@pytest.fixture
def text(quarter: Any, client: Any) -> str:
    quarter.surge(minutes=1)
    for path in ("/api/v1/vitals", "/api/v1/nothing", "/healthz"):
        client.get(path)
    return str(client.get("/metrics").text)


def test_names_units_and_help_are_conventional(text: str) -> None:
    check_metrics(text)


def test_a_name_against_the_conventions_is_found() -> None:
    """Guards the check itself."""
    bad = "# HELP hengfu_things Things\n# TYPE hengfu_things counter\nhengfu_things 1\n"
    with pytest.raises(AssertionError, match="_total"):
        check_metrics(bad)


def test_requests_are_timed_by_route_and_the_process_tells_about_itself(text: str) -> None:
    count = 'hengfu_http_request_duration_seconds_count{method="GET",route="/api/v1/vitals"} 1.0'
    assert count in text, [line for line in text.splitlines() if "duration_seconds_count" in line]
    assert 'hengfu_http_request_duration_seconds_bucket{le="0.5"' in text
    assert "process_resident_memory_bytes " in text
    assert "process_cpu_seconds_total " in text
    assert 'python_info{implementation="CPython"' in text

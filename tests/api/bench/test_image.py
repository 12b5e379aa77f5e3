"""The image is small: what its wheels unpack to, and the base beneath them."""

from api.bench.image import TARGET_MB, installed_mb, own_mb, rows


def test_the_image_is_within_its_bar() -> None:
    (row,) = rows()
    assert row.figure <= TARGET_MB, sorted(installed_mb().items(), key=lambda one: -one[1])[:8]


def test_all_that_is_needed_is_counted_and_nothing_of_the_developers() -> None:
    sizes = installed_mb()
    assert {"numpy", "duckdb", "starlette", "pydantic-core", "influxdb-client"} <= sizes.keys()
    assert {"pytest", "mypy", "ruff"}.isdisjoint(sizes)
    assert sizes["duckdb"] > 10
    assert own_mb() > 1

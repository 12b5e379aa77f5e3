"""Questions in InfluxQL: bounded in time, and nobody's name becomes part of the language."""

import pytest

from sensors.store import influxql as ql
from sensors.store.influxanswers import slices


def test_a_condition_names_its_tags_and_both_times() -> None:
    found = ql.where(5, 9, run="r", sensor="a:k:1", quantity=None)
    assert found == "\"run\" = 'r' AND \"sensor\" = 'a:k:1' AND time >= 5ms AND time < 9ms"


def test_times_that_influxdb_cannot_count_are_cut() -> None:
    assert ql.where(-(1 << 80), 1 << 80).count("9223372036854ms") == 2


@pytest.mark.parametrize("name", ["x' OR 'a'='a", 'k"; DROP DATABASE twin; --', "a\\", "x\ny"])
def test_a_name_cannot_end_its_own_quotation(name: str) -> None:
    statements = [
        ql.readings(ql.where(0, 1, run=name, sensor=name), name, 1),
        ql.points("value", ql.where(0, 1, run=name), [name, name]),
        ql.marks(name),
        ql.delete(name),
        ql.runs("last", "known", name),
    ]
    for statement in statements:
        outside = statement.split("'")[::2]
        assert all("OR" not in part.split() and ";" not in part for part in outside)
        assert "DROP DATABASE" not in statement
        assert "\\" not in statement
        assert "\n" not in statement


def test_slices_cover_the_span_once_with_about_equal_rows() -> None:
    spans = list(slices(1_000_000, 100, 1_100))
    assert [start for start, _ in spans] == [100, 300, 500, 700, 900]
    assert [end for _, end in spans] == [300, 500, 700, 900, 1_100]
    assert list(slices(0, 100, 1_100)) == []
    assert list(slices(10, 100, 103)) == [(100, 103)]

"""A file's origin is told by its values, never by the names of its columns."""

from pathlib import Path

import numpy as np
import pytest

from api.calibration import Span
from api.calibration.origins import KNOWN, USERS, Origin, digest, origin_of
from api.realism.readers.table import TextTable

COLUMNS = ("North", "South")


def table(**changes: list[str]) -> TextTable:
    """Two years of three hours at two sites."""
    times = [f"{year}-01-01T{hour:02}:00" for year in (2020, 2021) for hour in range(3)]
    columns = {"time_local": times, "North": list("123456"), "South": list("654321"), **changes}
    return TextTable(Path("made.csv"), columns)


@pytest.fixture
def known() -> Origin:
    rows = np.array([time.startswith("2020") for time in table().columns["time_local"]])
    return Origin("the city", "time_local", COLUMNS, {"2020": digest(table(), COLUMNS, rows)})


def test_the_years_to_fit_must_all_be_known(known: Origin) -> None:
    assert known.holds(table(), Span.parse("2020"), COLUMNS)
    assert not known.holds(table(), Span.parse("2020:2021"), COLUMNS)
    assert not known.holds(table(), Span.parse("2019"), COLUMNS)


def test_another_way_of_writing_the_same_numbers_is_the_same_file(known: Origin) -> None:
    written = table(North=["1.0", "2.00", "3e0", "4", "5", "6"])
    assert known.holds(written, Span.parse("2020"), COLUMNS)


def test_one_other_value_makes_it_another_file(known: Origin) -> None:
    assert not known.holds(table(North=["1", "2", "NA", "4", "5", "6"]), Span.parse("2020"), ())


def test_a_site_that_the_known_file_has_not_makes_it_another_file(known: Origin) -> None:
    more = table(Mine=list("777777"))
    assert known.holds(more, Span.parse("2020"), ("South",))
    assert not known.holds(more, Span.parse("2020"), ("South", "Mine"))


@pytest.mark.parametrize("one", KNOWN, ids=lambda one: one.columns[0])
def test_columns_named_like_those_of_a_known_file_tell_nothing(one: Origin, tmp_path: Path) -> None:
    year = next(iter(one.years))
    rows = [[f"{year}-01-01", *"1" * len(one.columns)] for _ in range(3)]
    text = "\n".join(",".join(row) for row in [[one.time, *one.columns], *rows])
    file = tmp_path / "hourly.csv"
    file.write_text(text, encoding="utf-8")
    assert origin_of(file, Span()) == USERS

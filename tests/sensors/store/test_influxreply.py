"""Answers of InfluxDB are decoded from any pieces, and complaints are found wherever they are."""

import msgspec
import pytest

from sensors.store.influxreply import answer_of, lines_of, words_of


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_lines_are_whole_however_the_body_is_cut(size: int) -> None:
    body = b'{"a":1}\n{"b":2}\n\n{"c":3}'
    parts = (body[start : start + size] for start in range(0, len(body), size))
    assert list(filter(None, lines_of(parts))) == [b'{"a":1}', b'{"b":2}', b'{"c":3}']


@pytest.mark.parametrize("text", [b'{"error":"no"}', b'{"results":[{},{"error":"no"}]}'])
def test_a_complaint_inside_an_answer_is_found(text: bytes) -> None:
    assert answer_of(text).complaint() == "no"


def test_series_come_in_order_with_columns_by_name() -> None:
    text = (
        b'{"results":[{"series":[{"name":"k","columns":["time","v"],"values":[[1,2],[3,null]]}]}]}'
    )
    (series,) = answer_of(text).series()
    assert (series.name, series.tags) == ("k", {})
    assert series.column("v") == [2, None]


@pytest.mark.parametrize("text", [b"<html>", b"[]", b'{"results":[{"series":[{"name":1}]}]}'])
def test_what_is_no_answer_is_an_error(text: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        answer_of(text)


def test_the_words_of_a_refusal_come_without_the_json_around_them() -> None:
    assert words_of(b'{"code":"invalid","message":"two"}') == "two"
    assert words_of(b'{"error":"one"}') == "one"
    assert words_of(b"bad gateway") == "bad gateway"

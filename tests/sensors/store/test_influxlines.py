"""Line protocol: what is written for readings, marks, vital signs and dead letters."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from sensors.deadletter import DeadLetter
from sensors.network import Network, SeriesTable
from sensors.reading import ReadingBatch
from sensors.store import influxlines as lines
from sensors.store.base import Mark, VitalRows

NASTY = ["a b", "a,b", "a=b", "a'b", 'a"b', "a\\", "a\nb", "武康大楼", "100%", "a;b", "%41", "../x"]


def network_of(*names: str) -> Network:
    rows = np.arange(len(names), dtype=np.int32)
    zone = np.zeros(len(names), np.int32)
    series = SeriesTable(rows, zone, names, zone, {}, ("z-01-01",))
    return cast(Network, SimpleNamespace(series=series))


def batch(*rows: tuple[int, int, float, str | None]) -> ReadingBatch:
    """(series, t_ms, value, state) per reading."""
    series, t_ms, value, state = zip(*rows, strict=True)
    return ReadingBatch(
        np.array(series, np.int32), np.array(t_ms), np.array(value), np.array(state, object)
    )


def test_a_number_and_a_state_are_one_line_each() -> None:
    network = network_of("link-1:noise_laeq:1:laeq", "lift-1:lift_state:1:state")
    heads = lines.Heads("run-1", network)
    assert heads.lines(batch((0, 5, 61.5, None), (1, 7, np.nan, "moving"))) == [
        "noise_laeq,quantity=laeq,run=run-1,sensor=link-1:noise_laeq:1,zone=z-01-01 "
        "value=61.5 5000000",
        "lift_state,quantity=state,run=run-1,sensor=lift-1:lift_state:1,zone=z-01-01 "
        'state="moving" 7000000',
    ]


def test_the_last_of_equal_points_is_written_and_what_is_not_finite_is_not() -> None:
    heads = lines.Heads("r", network_of("a:k:1:q"))
    rows = [(0, 1, 1.0, None), (0, 2, np.nan, None), (0, 3, np.inf, None), (0, 1, 2.0, None)]
    (line,) = heads.lines(batch(*rows))
    assert line.endswith(" value=2.0 1000000")


@pytest.mark.parametrize("name", lines.OWN)
def test_a_kind_may_not_take_the_name_of_a_measurement_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match=f"kind '{name}'"):
        lines.Heads("r", network_of(f"a:{name}:1:q"))


@pytest.mark.parametrize("text", NASTY)
def test_a_tag_keeps_any_text_and_has_nothing_that_needs_escaping(text: str) -> None:
    assert lines.untag(lines.tag(text)) == text
    assert not set(lines.tag(text)) & set(" ,='\"\\\n;$()")


def test_names_of_the_city_stay_as_they_are() -> None:
    name = "link-1.noise_laeq.1:node_health:1"
    assert lines.tag(name) == name


def test_the_time_of_a_mark_is_its_number() -> None:
    assert lines.mark_lines("r", [Mark("z", "g 1", 3, 17)]) == [
        "mark,epoch=3,gateway=g%201,run=r,zone=z seq=17i 17000000"
    ]


def test_a_run_is_known_and_spans_its_readings() -> None:
    rows = batch((0, 9, 1.0, None), (0, 4, 1.0, None))
    assert lines.run_lines("r", rows) == [
        "run,run=r known=true 0",
        "run,run=r reading=true 4000000",
        "run,run=r reading=true 9000000",
    ]
    assert lines.run_lines("r", ReadingBatch.empty()) == ["run,run=r known=true 0"]


def test_a_missing_vital_sign_is_flagged_and_has_no_number() -> None:
    texts = [np.array([text] * 2, object) for text in ("noise", "street", "a")]
    value, score = np.array([1.0, np.nan]), np.array([2.0, np.nan])
    rows = VitalRows(np.array([60, 61]), *texts, value, score, np.array([0.5, 0.0]))
    assert lines.vital_lines("r", rows) == [
        "vital,entity=a,indicator=noise,level=street,run=r "
        "has_value=true,has_score=true,value=1.0,score=2.0,confidence=0.5 60000000",
        "vital,entity=a,indicator=noise,level=street,run=r "
        "has_value=false,has_score=false,confidence=0.0 61000000",
    ]


def test_letters_of_one_millisecond_keep_their_order_and_stay_apart() -> None:
    letters = [DeadLetter(5, "t", "r", "d", b"x") for _ in range(500)]
    times = [int(line.rsplit(" ", 1)[1]) for line in lines.letter_lines("r", letters)]
    assert times == sorted(set(times))
    assert {time // 1_000_000 for time in times} == {5}


@pytest.mark.parametrize("text", NASTY)
def test_a_letter_is_one_line_whatever_is_in_it(text: str) -> None:
    (line,) = lines.letter_lines("r", [DeadLetter(5, text, text, text, text.encode())])
    assert "\n" not in line

"""Commands: what is refused, in a sentence."""

import pytest

from twin.clock import HOUR_MS, MINUTE_MS
from twin.command import Command


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"scenario": "godzilla"}, "there is no scenario 'godzilla'"),
        ({}, "there is no scenario None"),
        ({"scenario": "crowd_surge", "target": "atlantis"}, "there is no plaza 'atlantis'"),
        ({"scenario": "crowd_surge", "magnitude": "big"}, "magnitude is 'big'"),
        ({"scenario": "crowd_surge", "magnitude": -1}, "magnitude is -1"),
        ({"scenario": "crowd_surge", "magnitude": True}, "magnitude is True"),
        ({"scenario": "crowd_surge", "duration_s": 0}, "duration_s is 0"),
        ({"scenario": "crowd_surge", "duration_s": float("nan")}, "duration_s is nan"),
        ({"scenario": "crowd_surge", "colour": "red"}, "no argument 'colour'"),
    ],
)
def test_a_bad_injection_is_refused_with_the_reason(arguments, sentence, start) -> None:
    city = start("2026-05-18T10:00")
    answer = city.submit(Command(id="x", action="inject", arguments=arguments))
    assert not answer.accepted
    assert sentence in answer.detail
    assert city.state.incidents == {}


@pytest.mark.parametrize(
    ("action", "arguments", "sentence"),
    [
        ("levitate", {}, "does not know the action 'levitate'"),
        ("stop_incident", {}, "needs the argument incident"),
        ("stop_incident", {"incident": "nope"}, "'nope' is not known"),
    ],
)
def test_an_unknown_order_is_refused_with_the_reason(action, arguments, sentence, start) -> None:
    answer = start("2026-05-18T10:00").submit(Command(id="x", action=action, arguments=arguments))
    assert not answer.accepted
    assert sentence in answer.detail


def test_a_repeated_command_gets_its_first_answer_and_acts_once(start, inject) -> None:
    city = start("2026-05-18T10:00")
    first = inject(city, "crowd_surge", id="again")
    city.run_until(city.now_ms + MINUTE_MS)
    assert inject(city, "crowd_surge", id="again") == first
    assert len(city.labels()) == 1


def test_an_injection_without_target_takes_the_usual_place(start, inject) -> None:
    city = start("2026-05-18T10:00")
    identity = inject(city, "crowd_surge").detail
    assert city.state.incidents[identity].target == "plaza-junction-2"


def test_an_injection_waits_for_its_time(start, inject) -> None:
    city = start("2026-05-18T10:00")
    inject(city, "crowd_surge", at_ms=city.now_ms + HOUR_MS)
    city.run_until(city.now_ms + HOUR_MS)
    assert city.labels() == []
    city.run_until(city.now_ms + 1)
    assert len(city.labels()) == 1


def test_a_late_injection_begins_now(start, inject) -> None:
    city = start("2026-05-18T10:00")
    identity = inject(city, "crowd_surge", at_ms=city.now_ms - HOUR_MS).detail
    assert city.state.incidents[identity].start_ms == city.now_ms

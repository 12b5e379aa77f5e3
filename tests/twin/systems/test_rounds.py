"""Crews on their rounds."""

import numpy as np
import pytest
from pydantic import ValidationError

from twin.clock import MINUTE_MS, SECOND_MS
from twin.systems import rounds
from twin.tick import Tick


@pytest.fixture
def bins(config) -> rounds.RoundParams:
    return config.rounds.bins


def walk(state, params: rounds.RoundParams, until_ms: int) -> list[int]:
    """Do what is due up to until_ms; gives the moments."""
    moments = []
    while (due_ms := rounds.due_ms(state, "bins")) <= until_ms:
        rounds.act(state, Tick(due_ms, 0.0, 7), "bins", params)
        moments.append(due_ms)
    return moments


def test_a_round_empties_every_bin_one_after_another(state, bins, at) -> None:
    state["bin.fill_frac"] = 0.8
    rounds.begin(state, at("2026-05-18T10:00"), "bins", bins)
    assert rounds.due_ms(state, "bins") == at("2026-05-18T11:00").t_ms
    walk(state, bins, at("2026-05-18T11:10").t_ms)
    done = int((state["bin.fill_frac"] < 0.8).sum())
    assert 0 < done < len(state["bin.fill_frac"])
    moments = walk(state, bins, at("2026-05-18T14:00").t_ms)
    assert np.all(state["bin.fill_frac"] == bins.leaves)
    assert set(np.diff(moments)) == {round(bins.stop_s * SECOND_MS)}
    assert rounds.due_ms(state, "bins") == at("2026-05-18T14:30").t_ms


def test_what_a_shift_leaves_goes_on_with_the_next_shift(state, bins, at) -> None:
    short = bins.model_copy(update={"shifts": ((10.5, 11.25), (13, 15))})
    state["bin.fill_frac"] = 0.8
    rounds.begin(state, at("2026-05-18T10:40"), "bins", short)
    walk(state, short, at("2026-05-18T12:59").t_ms)
    left = int((state["bin.fill_frac"] == 0.8).sum())
    assert 0 < left < len(state["bin.fill_frac"])
    assert rounds.due_ms(state, "bins") == at("2026-05-18T13:00").t_ms
    walk(state, short, at("2026-05-18T14:29").t_ms)
    assert np.all(state["bin.fill_frac"] == bins.leaves)


def test_what_the_last_shift_leaves_waits_for_the_morning(state, bins, at) -> None:
    slow = bins.model_copy(update={"stop_s": 120.0})
    rounds.begin(state, at("2026-05-18T20:59"), "bins", slow)
    walk(state, slow, at("2026-05-19T05:59").t_ms)
    assert rounds.due_ms(state, "bins") == at("2026-05-19T06:00").t_ms
    assert state["rounds.bins_stop"][0] > 0


def test_an_emptier_place_is_left_as_it_is(state, bins, at) -> None:
    state["bin.fill_frac"] = 0.01
    rounds.begin(state, at("2026-05-18T10:00"), "bins", bins)
    walk(state, bins, at("2026-05-18T14:00").t_ms)
    assert np.all(state["bin.fill_frac"] == 0.01)


def test_a_place_with_nothing_to_do_keeps_to_its_hours(state, bins, at) -> None:
    state.arrays["bin.fill_frac"] = np.zeros(0)
    rounds.begin(state, at("2026-05-18T10:00"), "bins", bins)
    assert len(walk(state, bins, at("2026-05-18T21:00").t_ms)) == 4


def test_a_round_outside_every_shift_is_refused(bins) -> None:
    with pytest.raises(ValidationError, match="23"):
        rounds.RoundParams(**bins.model_dump() | {"hours": (6.0, 23.0)})


def test_the_running_city_has_toilets_cleaned_and_bins_emptied(start) -> None:
    city = start("2026-05-18T10:50")
    city.state["toilet.nh3_ppm"] = 9.0
    city.state["bin.fill_frac"] = 0.9
    city.run_until(city.now_ms + 3 * 60 * MINUTE_MS)
    assert city.state["toilet.nh3_ppm"].max() < 4.0
    assert np.median(city.state["bin.fill_frac"]) < 0.3

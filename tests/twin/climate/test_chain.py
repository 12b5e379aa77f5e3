"""The chain of laws: bounds, couplings, memory."""

from dataclasses import fields

import numpy as np
import pytest

from twin.climate.chain import CHANCES, HAZE_OFFSET, Chain, HazeLaws, haze_terms, network_terms
from twin.climate.days import Day
from twin.climate.laws import RANKS, ValueLaw, value
from twin.climate.memory import Memory
from twin.climate.row import Row
from twin.climate.spin import hour_of, next_hour, settle
from twin.climate.terms import base, fill, names, values
from twin.clock import parse_time

HOUR = hour_of(parse_time("2026-01-20T12:00"))


@pytest.fixture(scope="module")
def chain(config) -> Chain:
    return Chain.of(config.weather_laws, config.haze_laws)


@pytest.fixture(scope="module")
def settled(chain) -> Memory:
    memory = Memory.fresh()
    settle(chain, memory, 7, HOUR)
    return memory


def copy(memory: Memory) -> Memory:
    return Memory(*(getattr(memory, field.name).copy() for field in fields(memory)))


def haze_after(chain: Chain, memory: Memory, hours: int, **forced: float) -> float:
    """Mean ln haze over some hours in which the reported row is changed, with the same chances."""
    memory, found = copy(memory), []
    for number in range(hours):
        next_hour(chain, memory, 7, HOUR + number)
        for name, value_now in forced.items():
            memory.rows[0, Row._fields.index(name)] = value_now
            if name == "wind":
                memory.means[[4, 5]] = value_now  # its running means
        found.append(memory.rows[0, Row._fields.index("haze")])
    return float(np.mean(found))


def mean_over_starts(chain: Chain, hours: int, **forced: float) -> float:
    found = []
    for day in range(8):
        memory = Memory.fresh()
        settle(chain, memory, 100 + day, HOUR)
        found.append(haze_after(chain, memory, hours, **forced))
    return float(np.mean(found))


def test_a_windy_day_is_cleaner_than_a_still_one_with_the_same_chances(chain) -> None:
    assert mean_over_starts(chain, 12, wind=9.0) < mean_over_starts(chain, 12, wind=1.0)


def test_a_rainy_day_is_cleaner_than_a_dry_one_with_the_same_chances(chain) -> None:
    assert mean_over_starts(chain, 18, rain=3.0) < mean_over_starts(chain, 18, rain=0.0)


def test_extreme_chances_stay_within_what_the_station_has_seen(chain, settled) -> None:
    laws = chain.weather
    for chance in (0.0, 1.0 - 1e-12):
        memory = copy(settled)
        for number in range(48):
            exact = chain.next_hour(memory, 20.0, float(number % 24), np.full(CHANCES, chance))
            assert laws.temp_bounds_c[0] <= exact.temp <= laws.temp_bounds_c[1]
            assert exact.dew <= exact.temp
            assert 0 <= exact.wind <= laws.wind_max_m_s
            assert 0 <= exact.rain <= laws.rain_max_mm
            assert np.exp(exact.haze) >= HAZE_OFFSET - 1e-9


def test_the_memory_is_what_a_station_would_report(chain, settled) -> None:
    memory = copy(settled)
    exact = next_hour(chain, memory, 7, HOUR)
    newest = Row(*memory.rows[0].tolist())
    assert (newest.temp, newest.pressure, newest.wind) == (
        round(exact.temp),
        round(exact.pressure),
        round(exact.wind),
    )
    assert newest.dew <= newest.temp
    assert newest.rain == exact.rain


def test_filling_gives_the_same_terms_as_listing(settled) -> None:
    parts = base(settled.past(), 100.25, 6.0)
    x = np.empty(len(names(parts)))
    assert fill(x, 0, parts) == len(x)
    assert x == pytest.approx(values(parts))


def law(**changes: object) -> ValueLaw:
    quantiles = tuple(float(rank - 0.5) for rank in RANKS)
    plain = {"step": 0, "limits": (-9.0, 9.0), "spread": 1.0, "quantiles": quantiles}
    return ValueLaw.model_validate({**plain, "terms": {"one": (2.0, 0.0)}, **changes})


def test_a_law_draws_around_its_location() -> None:
    fitted = value(law(), ["one"])
    assert fitted.at(np.ones(1), 0.5) == pytest.approx(2.0)
    assert fitted.at(np.ones(1), 0.95) > fitted.at(np.ones(1), 0.05)


def test_a_ceiling_leaves_what_is_below_it_and_no_heap_at_it() -> None:
    fitted = value(law(), ["one"])
    drawn = np.array([fitted.at(np.ones(1), rank, 2.1) for rank in np.linspace(0.001, 0.999, 400)])
    assert drawn.max() <= 2.1 + 1e-9
    assert np.mean(drawn > 2.09) < 0.1


def test_a_term_that_the_haze_cannot_know_is_refused(config) -> None:
    bad = law(terms={"one": (0.0, 0.0), "tomorrow": (0.1, 0.0)})
    haze = HazeLaws.model_validate({"haze_max_ug_m3": 500, "haze": bad})
    with pytest.raises(KeyError, match="tomorrow"):
        Chain.of(config.weather_laws, haze)
    assert "now_wind" in haze_terms()


def test_a_law_of_another_size_is_refused(config) -> None:
    """The network of the wind does not know how wet the hour is."""
    laws = config.weather_laws
    with pytest.raises(ValueError, match="terms"):
        Chain.of(laws.model_copy(update={"wind": laws.dew}), config.haze_laws)
    assert network_terms()["wind"] < network_terms()["dew"]


def test_today_is_near_what_was_foreseen_for_it(chain) -> None:
    """The hours of a day make up its mean, but for the blur of the forecast."""
    memory, apart = Memory.fresh(), []
    start = HOUR - HOUR % 24 - 8  # local midnight
    settle(chain, memory, 7, start)
    for _ in range(12):
        temps = []
        for _ in range(24):
            temps.append(next_hour(chain, memory, 7, start).temp)
            start += 1
        apart.append(np.mean(temps) - memory.days[1][Day._fields.index("temp")])
    assert np.abs(apart).mean() < 1.0

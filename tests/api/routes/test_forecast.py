"""Forecasts and early warnings over HTTP and on the bus."""

import json
from typing import Any

import pytest
from support.madeuppast import MadeUpPast

from api.forecast.settings import load_forecast_settings
from api.forecastdesk import ForecastDesk
from twin.clock import DAY_MS, HOUR_MS, parse_time
from twin.config import default_config_dir

NOW_MS = parse_time("2026-05-18T08:00")
VITALS = "/api/v1/vitals"
WARNINGS = "/api/v1/forecast/warnings"
CROWD = "P1", "street"


@pytest.fixture
def foreseen(quarter: Any, world: Any) -> Any:
    """A quarter whose streets fill up to yellow every noon."""
    services = quarter.services
    rosters = services.forecasts._rosters
    past = MadeUpPast(*CROWD, rosters[CROWD].entities, NOW_MS - 11 * DAY_MS - 8 * HOUR_MS, 1.25)
    whole = load_forecast_settings(default_config_dir(), world.rulebook)
    settings = whole.model_copy(update={"leads_min": (60, 240), "judged_min": (60,)})
    services.forecasts = ForecastDesk(
        services.run, past, rosters, world.rulebook, settings, services.forecasts._tell
    )
    services.forecasts.saved(NOW_MS)
    services.forecasts.step()
    return quarter


@pytest.fixture
def street(foreseen: Any) -> str:
    entities: tuple[str, ...] = foreseen.services.forecasts.entities(CROWD)
    return entities[0]


def test_a_forecast_has_quantiles_chances_and_its_record_by_lead(
    foreseen: Any, client: Any, street: str
) -> None:
    found = client.get(f"{VITALS}/P1/forecast", params={"level": "street", "entity": street}).json()
    assert (found["indicator"], found["of"], found["unit"]) == ("P1", "value", "ped/m2")
    assert found["issued"] == "2026-05-18T08:00:00.000+08:00"
    assert found["learnt_until"] == "2026-05-18T00:00:00.000+08:00"
    assert found["method"]
    assert [lead["lead_min"] for lead in found["leads"]] == [60, 240]
    noon = found["leads"][1]
    assert noon["t"] == "2026-05-18T12:00:00.000+08:00"
    quantiles = list(noon["quantiles"].values())
    assert quantiles == sorted(quantiles)
    assert quantiles[2] == pytest.approx(1.25, abs=0.15)
    chances = list(noon["chance"].values())
    assert chances == sorted(chances, reverse=True)
    assert noon["chance"]["yellow"] > 0.9
    assert noon["skill"]["gain"] > 0.1
    assert noon["skill"]["crps"] < noon["skill"]["crps_persistence"]


def test_one_lead_can_be_asked_for_of_those_there_are(
    foreseen: Any, client: Any, street: str
) -> None:
    params = {"level": "street", "entity": street, "lead": 60}
    leads = client.get(f"{VITALS}/P1/forecast", params=params).json()["leads"]
    assert [lead["lead_min"] for lead in leads] == [60]
    answer = client.get(f"{VITALS}/P1/forecast", params={**params, "lead": 61})
    assert answer.status_code == 422
    assert "60, 240" in answer.text


def test_without_a_forecast_the_answer_says_why(foreseen: Any, client: Any) -> None:
    found = client.get(f"{VITALS}/M1/forecast").json()
    assert found["leads"] == []
    assert found["reason_en"] == "0.0 days of history, at least 6 needed"
    assert found["reason_zh"]
    map_only = client.get(f"{VITALS}/S1/forecast").json()
    assert "map" in map_only["reason_en"]


def test_before_the_first_outlook_forecasts_are_being_prepared(client: Any) -> None:
    found = client.get(f"{VITALS}/H/forecast").json()
    assert (found["leads"], found["issued"]) == ([], None)
    assert found["reason_en"] == "forecasts are being prepared"
    assert client.get(WARNINGS).json()["items"] == []


PROBLEMS: list[tuple[str, dict[str, str], int]] = [
    ("X9", {}, 404),
    ("P1", {"level": "street"}, 422),
    ("P1", {"level": "street", "entity": "nowhere"}, 404),
    ("P4", {"level": "street", "entity": "wukang-road-05"}, 404),
    ("P1", {"level": "galaxy"}, 422),
    ("P1", {"when": "soon"}, 422),
]


def test_what_cannot_be_meant_is_a_problem(client: Any) -> None:
    for path, params, status in PROBLEMS:
        answer = client.get(f"{VITALS}/{path}/forecast", params=params)
        assert (params, answer.status_code) == (params, status)
        assert answer.headers["content-type"] == "application/problem+json"


def test_warnings_are_listed_and_retained_with_a_sentence_in_both_languages(
    foreseen: Any, client: Any, street: str
) -> None:
    found = client.get(WARNINGS).json()
    first = next(one for one in found["items"] if one["entity"] == street)
    assert found["issued"] == first["issued"] == "2026-05-18T08:00:00.000+08:00"
    assert (first["indicator"], first["colour"], first["unit"]) == ("P1", "yellow", "ped/m2")
    clock = first["t"][11:16]
    assert "08:00" < clock < "12:00"
    assert first["text_en"].endswith(
        f"will reach yellow at {clock} with probability {first['probability']:.2f}"
    )
    assert f"预计{clock}达到黄色" in first["text_zh"]
    times = [one["t"] for one in found["items"]]
    assert times == sorted(times)
    assert client.get(WARNINGS, params={"least": "red"}).json()["items"] == []
    assert client.get(WARNINGS, params={"level": "zone"}).json()["items"] == []
    assert client.get(WARNINGS, params={"level": "street"}).json()["items"]
    (topic,) = [one for one in foreseen.bus.retained if one.endswith("/warnings")]
    message = json.loads(foreseen.bus.retained[topic])
    assert (message["v"], message["items"]) == (1, found["items"])


def test_what_the_monitor_saves_reaches_the_forecasts(quarter: Any, client: Any) -> None:
    quarter.surge(minutes=2)
    quarter.services.forecasts.step()
    found = client.get(f"{VITALS}/H/forecast").json()
    assert found["issued"] == "2026-05-01T15:00:00.000+08:00"
    assert found["reason_en"] == "0.0 days of history, at least 6 needed"

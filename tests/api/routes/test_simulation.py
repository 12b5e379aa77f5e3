"""Making things happen: validated here, carried out by the city, answered in time."""

from typing import Any

import msgspec
import pytest

from api.routes import simulation
from twin.command import Acknowledgement, Command

SIMULATION = "/api/v1/simulation"
START_MS = 1_777_618_800_000


class City:
    """Answers commands on the bus and remembers them."""

    def __init__(self, quarter: Any, accepted: bool = True, detail: str = "crowd_surge-1") -> None:
        self.heard: list[Command] = []
        self.accepted, self.detail, self.deaf = accepted, detail, 0
        self._quarter = quarter
        quarter.bus.subscribe(f"hengfu/v1/{quarter.services.run}/commands/city", self._hear)

    def _hear(self, message: Any) -> None:
        command = msgspec.json.decode(message.payload, type=Command)
        self.heard.append(command)
        if len(self.heard) > self.deaf:
            answer = Acknowledgement(command=command.id, accepted=self.accepted, detail=self.detail)
            topic = f"hengfu/v1/{self._quarter.services.run}/acks/{command.id}"
            self._quarter.bus.deliver(topic, msgspec.json.encode(answer))


def test_an_injection_reaches_the_city_and_names_the_incident(quarter: Any, client: Any) -> None:
    city = City(quarter)
    quarter.clock(START_MS)
    target = quarter.world.geography["plaza"].ids[0]
    body = {
        "scenario": "crowd_surge",
        "target": target,
        "start": "2026-05-01T15:30:00+08:00",
        "duration_s": 1800,
        "magnitude": 1.5,
    }
    answer = client.post(f"{SIMULATION}/incidents", json=body)
    assert answer.status_code == 202
    assert answer.json()["incident"] == "crowd_surge-1"
    (command,) = city.heard
    assert command.action == "inject"
    assert command.effective_at_ms == START_MS + 1_800_000
    assert command.arguments == {
        "scenario": "crowd_surge",
        "target": target,
        "duration_s": 1800.0,
        "magnitude": 1.5,
    }


def test_the_city_decides_what_was_left_open(quarter: Any, client: Any) -> None:
    city = City(quarter)
    client.post(f"{SIMULATION}/incidents", json={"scenario": "crowd_surge"})
    (command,) = city.heard
    assert command.arguments == {"scenario": "crowd_surge"}
    assert command.effective_at_ms is None


def test_the_same_key_is_the_same_command(quarter: Any, client: Any) -> None:
    city = City(quarter)
    for _ in range(2):
        client.post(
            f"{SIMULATION}/incidents",
            json={"scenario": "crowd_surge"},
            headers={"Idempotency-Key": "drill-0001"},
        )
    assert {command.id for command in city.heard} == {"drill-0001"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"scenario": "alien_landing"},
        {"scenario": "crowd_surge", "target": "nowhere"},
        {"scenario": "crowd_surge", "magnitude": 0},
        {"scenario": "crowd_surge", "magnitude": 1e9},
        {"scenario": "crowd_surge", "duration_s": 1},
        {"scenario": "crowd_surge", "duration_s": "long"},
        {"scenario": "crowd_surge", "start": "tomorrow"},
        {"scenario": "crowd_surge", "start": "2020-01-01T00:00:00+08:00"},
        {"scenario": "crowd_surge", "where": "here"},
        [],
    ],
)
def test_what_cannot_be_meant_never_reaches_the_city(quarter: Any, client: Any, body: Any) -> None:
    city = City(quarter)
    quarter.clock(START_MS)
    answer = client.post(f"{SIMULATION}/incidents", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert city.heard == []


def test_a_body_that_is_no_json_is_422(client: Any) -> None:
    answer = client.post(
        f"{SIMULATION}/incidents", content=b"{", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_refusal_of_the_city_is_409_with_its_reason(quarter: Any, client: Any) -> None:
    City(quarter, accepted=False, detail="too many incidents at once")
    answer = client.post(f"{SIMULATION}/incidents", json={"scenario": "crowd_surge"})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "too many incidents at once"


def test_a_city_that_stays_silent_is_503(quarter: Any, client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(simulation, "ANSWER_WITHIN_S", 0.02)
    quarter.services.commands._repeat_s = 0.01
    answer = client.post(f"{SIMULATION}/incidents", json={"scenario": "crowd_surge"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json()["type"] == "urn:hengfu:problem:city-silent"


def test_a_command_is_repeated_until_it_is_answered(quarter: Any, client: Any) -> None:
    city = City(quarter)
    city.deaf = 2
    quarter.services.commands._repeat_s = 0.01
    answer = client.post(f"{SIMULATION}/pause")
    assert answer.status_code == 202
    assert len(city.heard) == 3
    assert len({command.id for command in city.heard}) == 1


def test_an_unknown_fault_is_422(client: Any) -> None:
    answer = client.post(f"{SIMULATION}/faults", json={"fault": "tired", "target": "a:pm25:1"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "action", "arguments"),
    [
        ("speed", {"speed": 60}, "speed", {"speed": 60.0}),
        ("speed", {"speed": None}, "speed", {"speed": None}),
        ("pause", None, "pause", {}),
        ("resume", None, "resume", {}),
        (
            "faults",
            {"fault": "stuck", "target": "a:pm25:1", "size": 2},
            "inject_fault",
            {"fault": "stuck", "target": "a:pm25:1", "duration_s": 3600.0, "size": 2.0},
        ),
        ("incidents/crowd_surge-1/stop", None, "stop_incident", {"incident": "crowd_surge-1"}),
    ],
)
def test_controls_become_commands(
    quarter: Any, client: Any, path: str, body: Any, action: str, arguments: dict[str, Any]
) -> None:
    city = City(quarter)
    answer = client.post(f"{SIMULATION}/{path}", **({} if body is None else {"json": body}))
    assert answer.status_code == 202
    assert (city.heard[0].action, city.heard[0].arguments) == (action, arguments)


@pytest.mark.parametrize("speed", [0, -1, 1e6, "fast"])
def test_a_speed_out_of_range_is_422(quarter: Any, client: Any, speed: Any) -> None:
    answer = client.post(f"{SIMULATION}/speed", json={"speed": speed})
    assert answer.status_code == 422


def test_commands_and_answers_are_in_the_ledger(quarter: Any, client: Any) -> None:
    City(quarter)
    client.post(f"{SIMULATION}/pause")
    entries = quarter.services.ledger.since(0, quarter.services.run, ["command"])
    assert [entry.payload["what"] for entry in entries] == ["sent", "answered"]


def test_the_state_tells_clock_and_scenarios(quarter: Any, client: Any) -> None:
    before = client.get(SIMULATION).json()
    assert (before["state"], before["t"]) == ("unknown", None)
    quarter.clock(START_MS, state="paused")
    after = client.get(SIMULATION).json()
    assert (after["state"], after["speed"], after["seed"]) == ("paused", 60.0, 42)
    assert after["t"] == "2026-05-01T15:00:00.000+08:00"
    surge = next(one for one in after["scenarios"] if one["id"] == "crowd_surge")
    assert surge["name_zh"]

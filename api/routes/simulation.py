"""The running city: its clock, and things that can be made to happen in it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Response

from api.deps import Service, conflict, to_ms
from api.problems import invalid
from api.roles import Door, behind
from api.schemas.simulation import (
    CommandOut,
    FaultIn,
    IncidentIn,
    IncidentOut,
    ScenarioOut,
    SimulationOut,
    SpeedIn,
)
from api.service import Services
from twin.clock import iso
from twin.command import Acknowledgement, Command
from twin.scenarios import Scenario

ANSWER_WITHIN_S = 8.0
STEER = behind(Door.STEER)
router = APIRouter(prefix="/simulation", tags=["simulation"])
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="The same key again does not make a second incident.",
    ),
]


@router.get("", summary="State, clock and scenarios")
def read_simulation(service: Service) -> SimulationOut:
    clock = service.clock.latest
    return SimulationOut(
        run=service.run,
        state="unknown" if clock is None else clock.state,
        t=None if clock is None else iso(clock.t_ms),
        speed=None if clock is None else clock.speed,
        area=service.area,
        seed=None if clock is None else clock.seed,
        clock_age_s=service.clock.age_s(),
        scenarios=[_scenario(scenario) for scenario in service.scenarios.values()],
    )


@router.post("/incidents", status_code=202, summary="Make something happen", openapi_extra=STEER)
def inject(
    wanted: IncidentIn, service: Service, response: Response, key: Key = None
) -> IncidentOut:
    """The city takes it on and answers with the incident's id; its label joins the truth."""
    start_ms = _checked(service, wanted)
    arguments = wanted.model_dump(exclude={"start"}, exclude_none=True)
    command = Command(
        id=key or uuid.uuid4().hex, action="inject", arguments=arguments, effective_at_ms=start_ms
    )
    answer = _sent(service, command)
    return IncidentOut(incident=answer.detail, command=command.id, scenario=wanted.scenario)


@router.post("/faults", status_code=202, summary="Break a sensor", openapi_extra=STEER)
def break_sensor(wanted: FaultIn, service: Service, key: Key = None) -> CommandOut:
    """Neurons or gateways fail for a while; the label joins the truth of device faults."""
    start_ms = None if wanted.start is None else _start(service, wanted.start)
    arguments = wanted.model_dump(mode="json", exclude={"start"}, exclude_none=True)
    command = Command(
        id=key or uuid.uuid4().hex,
        action="inject_fault",
        arguments=arguments,
        effective_at_ms=start_ms,
    )
    return CommandOut(command=command.id, detail=_sent(service, command).detail)


@router.post(
    "/incidents/{incident}/stop",
    status_code=202,
    summary="End an incident early",
    openapi_extra=STEER,
)
def stop_incident(incident: str, service: Service) -> CommandOut:
    return _obeyed(service, "stop_incident", incident=incident)


@router.post(
    "/speed", status_code=202, summary="Change how fast city time runs", openapi_extra=STEER
)
def set_speed(wanted: SpeedIn, service: Service) -> CommandOut:
    return _obeyed(service, "speed", speed=wanted.speed)


@router.post("/pause", status_code=202, summary="Stop city time", openapi_extra=STEER)
def pause(service: Service) -> CommandOut:
    return _obeyed(service, "pause")


@router.post("/resume", status_code=202, summary="Let city time go on", openapi_extra=STEER)
def resume(service: Service) -> CommandOut:
    return _obeyed(service, "resume")


def _obeyed(service: Services, action: str, **arguments: str | float | None) -> CommandOut:
    command = Command(id=uuid.uuid4().hex, action=action, arguments={**arguments})
    return CommandOut(command=command.id, detail=_sent(service, command).detail)


def _sent(service: Services, command: Command) -> Acknowledgement:
    """The city's consent; its refusal is a 409 with its reason."""
    answer = service.commands.send(command, ANSWER_WITHIN_S)
    if not answer.accepted:
        raise conflict("city-refused", answer.detail)
    return answer


def _checked(service: Services, wanted: IncidentIn) -> int | None:
    """The start in ms, or None for now; 422 problems for what cannot be meant."""
    scenario = service.scenarios.get(wanted.scenario)
    if scenario is None:
        raise invalid("scenario", f"expected one of {', '.join(service.scenarios)}")
    _check_target(service, scenario, wanted.target)
    low, high = scenario.magnitude_range
    if wanted.magnitude is not None and not low <= wanted.magnitude <= high:
        raise invalid("magnitude", f"expected {low:g} to {high:g} for {scenario.id}")
    return None if wanted.start is None else _start(service, wanted.start)


def _check_target(service: Services, scenario: Scenario, target: str | None) -> None:
    if target is None:
        return
    try:
        service.geography[scenario.target].index(target)
    except KeyError:
        raise invalid("target", f"there is no {scenario.target} {target!r}") from None


def _start(service: Services, text: str) -> int:
    try:
        start_ms = to_ms(text)
    except ValueError as error:
        raise invalid("start", str(error)) from None
    if start_ms < service.clock.now_ms():
        raise invalid("start", f"{iso(start_ms)} is over: it is {iso(service.clock.now_ms())}")
    return start_ms


def _scenario(scenario: Scenario) -> ScenarioOut:
    return ScenarioOut.model_validate(
        scenario.model_dump(include=set(ScenarioOut.model_fields) - {"severity"})
        | {"severity": scenario.severity}
    )

"""Commands to the city: decided here as pure functions, carried out by the city."""

from collections.abc import Mapping

import numpy as np

from twin.agenda import target_weights, zone_of
from twin.command import Command
from twin.geography import Entities, Geography
from twin.incidents import Incident
from twin.scenarios import Scenario

LONGEST_S = 60 * 86_400
_INJECT = {"scenario", "target", "duration_s", "magnitude"}


class RefusalError(Exception):
    """A command that cannot be followed; its text is the sentence for the sender."""


def starts_ms(command: Command, now_ms: int) -> int:
    """When the command takes effect: at its time, but not before now."""
    return now_ms if command.effective_at_ms is None else max(now_ms, command.effective_at_ms)


def injection(
    command: Command, now_ms: int, geography: Geography, scenarios: Mapping[str, Scenario]
) -> Incident:
    """The incident that an `inject` command asks for.

    Arguments: scenario; target (entity id), duration_s, magnitude are optional.
    Raises RefusalError.
    """
    _known_arguments(command, _INJECT)
    scenario = _scenario(command, scenarios)
    table = geography[scenario.target]
    row = _target(command.arguments.get("target"), scenario, table)
    duration_s = _number(command, "duration_s", scenario.duration_s, 1, LONGEST_S)
    start_ms = starts_ms(command, now_ms)
    return Incident(
        id=f"{scenario.id}-{command.id}",
        scenario=scenario.id,
        kind=scenario.target,
        target=table.ids[row],
        zone=zone_of(table, row, geography),
        start_ms=start_ms,
        end_ms=start_ms + round(duration_s * 1000),
        magnitude=_number(command, "magnitude", scenario.magnitude, *scenario.magnitude_range),
        cause="injected",
    )


def stopped(command: Command) -> str:
    """Id of the incident that a `stop_incident` command names; raises RefusalError."""
    _known_arguments(command, {"incident"})
    incident = command.arguments.get("incident")
    if not isinstance(incident, str):
        raise RefusalError("stop_incident needs the argument incident, the id of an incident")
    return incident


def _known_arguments(command: Command, known: set[str]) -> None:
    unknown = sorted(set(command.arguments) - known)
    if unknown:
        raise RefusalError(
            f"{command.action} has no argument {unknown[0]!r}; it takes {', '.join(sorted(known))}"
        )


def _scenario(command: Command, scenarios: Mapping[str, Scenario]) -> Scenario:
    name = command.arguments.get("scenario")
    if isinstance(name, str) and name in scenarios:
        return scenarios[name]
    raise RefusalError(f"there is no scenario {name!r}; there are {', '.join(sorted(scenarios))}")


def _target(target: object, scenario: Scenario, table: Entities) -> int:
    if len(table) == 0:
        raise RefusalError(f"this area has no {table.kind}, the target of {scenario.id}")
    if target is None:
        return _usual(scenario, table)
    try:
        return table.index(str(target))
    except KeyError:
        raise RefusalError(
            f"there is no {table.kind} {target!r} in this area; "
            f"{scenario.id} takes a {table.kind} such as {table.ids[0]!r}"
        ) from None


def _usual(scenario: Scenario, table: Entities) -> int:
    if scenario.default_target in table.ids:
        return table.ids.index(scenario.default_target)
    return int(np.argmax(target_weights(scenario, table)))


def _number(command: Command, key: str, default: float, low: float, high: float) -> float:
    value = command.arguments.get(key)
    if value is None:
        return float(default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RefusalError(f"{key} is {value!r}; expected a number from {low:g} to {high:g}")
    return float(value)

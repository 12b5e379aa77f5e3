"""Faults on demand: what an `inject_fault` command asks for, decided as a pure function."""

import math

import numpy as np

from sensors.catalogue import DEVICE
from sensors.faults.label import Fault
from sensors.faults.line import Injected
from sensors.faults.profile import Profile
from sensors.faults.table import FAULTS
from sensors.network import Network
from twin.clock import DAY_MS, HOUR_MS, SECOND_MS
from twin.command import Command

ACTION = "inject_fault"
_KNOWN = {"fault", "target", "duration_s", "size"}
_SHORTEST_S, _LONGEST_S = 10.0, 30 * 86_400.0


class FaultRefusedError(Exception):
    """A fault that cannot be injected; its text is the sentence for the sender."""


def demanded(command: Command, now_ms: int, network: Network, profile: Profile) -> Injected:
    """The fault that the command asks for.

    Arguments: `fault`; `target`, a neuron, a gateway `{zone}/{gateway}` or several, separated by
    commas; `duration_s` (an hour when not given); `size` in the unit of config/faults.toml.
    Raises FaultRefusedError.
    """
    arguments = command.arguments
    unknown = sorted(set(arguments) - _KNOWN)
    if unknown:
        known = ", ".join(sorted(_KNOWN))
        raise FaultRefusedError(f"{ACTION} has no argument {unknown[0]!r}; it takes {known}")
    fault = _fault(arguments.get("fault"))
    names = [name.strip() for name in str(arguments.get("target") or "").split(",")]
    duration_s = _number(arguments.get("duration_s"), "duration_s", HOUR_MS / SECOND_MS)
    if not _SHORTEST_S <= duration_s <= _LONGEST_S:
        raise FaultRefusedError(f"duration_s is {duration_s:g}; expected 10 s to 30 days")
    start_ms = max(now_ms, command.effective_at_ms or now_ms)
    if start_ms > now_ms + 30 * DAY_MS:
        raise FaultRefusedError("a fault begins within 30 days")
    low, high = profile.injected[fault]
    return Injected(
        fault=fault,
        targets=sorted({row for name in names for row in _rows(fault, name, network)}),
        start_ms=start_ms,
        end_ms=start_ms + round(duration_s * SECOND_MS),
        size=_number(arguments.get("size"), "size", math.sqrt(low * high)),
        id=command.id,
    )


def _fault(name: object) -> Fault:
    try:
        return Fault(str(name))
    except ValueError:
        known = ", ".join(Fault)
        raise FaultRefusedError(f"there is no fault {name!r}; there are {known}") from None


def _rows(fault: Fault, name: str, network: Network) -> list[int]:
    """Rows of neurons, or of gateways for what strikes gateways."""
    gateways = ["/".join(pair) for pair in network.gateways]
    if name in gateways:
        row = gateways.index(name)
        if FAULTS[fault].gateway:
            return [row]
        own = network.gateway[: network.table_rows[DEVICE]]
        return [int(neuron) for neuron in np.flatnonzero(own == row)]
    if FAULTS[fault].gateway:
        raise FaultRefusedError(f"{fault} takes a gateway such as {gateways[0]!r}, not {name!r}")
    return [_neuron(name, network, gateways[0])]


def _neuron(name: str, network: Network, gateway: str) -> int:
    try:
        row = network.index(name)
    except KeyError:
        known = f"one such as {network.sensor_ids[0]!r} or {gateway!r}"
        raise FaultRefusedError(
            f"there is no neuron or gateway {name!r}; expected {known}"
        ) from None
    return int(network.device[row])


def _number(value: object, key: str, default: float) -> float:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e6:
        raise FaultRefusedError(f"{key} is {value!r}; expected a number")
    return float(value)

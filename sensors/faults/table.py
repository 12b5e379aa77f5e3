"""All faults in one table: what each does, at which stage, for whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sensors.faults import messages, values
from sensors.faults.label import Fault
from sensors.faults.tools import Memory, Spell, Tools
from sensors.reading import Messages

Strike = Callable[[Messages, Spell, Tools, Memory], Messages]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row.

    strike: from the readings it strikes to what becomes of them
    message: works on messages; otherwise on what a neuron measures
    gateway: strikes gateways, and with them all their neurons
    radio: does not touch the first message of a neuron, which is repeated until it is heard
    numeric: strikes only what is measured on a scale
    signed: its size goes up or down
    """

    strike: Strike
    message: bool = True
    gateway: bool = False
    radio: bool = False
    numeric: bool = False
    signed: bool = False


FAULTS: Mapping[Fault, Kind] = MappingProxyType(
    {
        Fault.BIAS: Kind(values.bias, message=False, numeric=True, signed=True),
        Fault.DRIFT: Kind(values.drift, message=False, numeric=True, signed=True),
        Fault.DETACHED: Kind(values.detached, message=False, numeric=True),
        Fault.STUCK: Kind(values.stuck, message=False),
        Fault.SPIKE: Kind(values.spike, message=False, numeric=True),
        Fault.DEAD: Kind(messages.lost),
        Fault.BATTERY: Kind(messages.battery),
        Fault.CLOCK_SKEW: Kind(messages.clock_skew, signed=True),
        Fault.CLOCK_JUMP: Kind(messages.clock_jump, signed=True),
        Fault.SPOOFED: Kind(messages.spoofed),
        Fault.POWER_CUT: Kind(messages.lost),
        Fault.DROPOUT: Kind(messages.lost, radio=True),
        Fault.DUPLICATE: Kind(messages.duplicate, radio=True),
        Fault.LATE: Kind(messages.late, radio=True),
        Fault.OUTAGE: Kind(messages.lost, gateway=True, radio=True),
        Fault.BACKFILL: Kind(messages.backfill, gateway=True, radio=True),
    }
)

"""Names of the faults, and the truth about each time one struck."""

from enum import StrEnum

import msgspec


class Fault(StrEnum):
    """What was wrong with a neuron, its clock, its radio or its gateway."""

    BIAS = "bias"
    DRIFT = "drift"
    STUCK = "stuck"
    SPIKE = "spike"
    DETACHED = "detached"
    DEAD = "dead"
    BATTERY = "battery"
    CLOCK_SKEW = "clock_skew"
    CLOCK_JUMP = "clock_jump"
    SPOOFED = "spoofed"
    DROPOUT = "dropout"
    DUPLICATE = "duplicate"
    LATE = "late"
    BACKFILL = "backfill"
    OUTAGE = "gateway_outage"
    POWER_CUT = "power_cut"


class FaultLabel(msgspec.Struct, frozen=True, order=True):
    """One device fault; `target` is a neuron, or `{zone}/{gateway}`.

    Times are ms UTC. A fault of single readings has a label per reading, whose start and end are
    the reading's device time; all others hold from start to before end. `size` is in the unit of
    the fault, see config/faults.toml.
    """

    start_ms: int
    target: str
    fault: Fault
    end_ms: int
    size: float = 0.0

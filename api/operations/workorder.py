"""A work order: one case on its way through the departments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.operations.stage import Side, Stage
from api.vitals.sign import Colour

NO_CASE = frozenset({Side.MERGED, Side.FALSE_ALARM})  # counted elsewhere, or nothing happened


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """Times in ms UTC. `reached` tells when each stage was first reached, `due` when it has to
    be; `sides` when each side state set in. A reopened order has no CLOSED in `reached`.

    `source` names what it came from: alert ids, or the id of a report.
    """

    id: str
    scenario: str
    severity: Colour
    level: str
    entity: str
    reached: Mapping[Stage, int]
    due: Mapping[Stage, int] = field(default_factory=dict)
    sides: Mapping[Side, int] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    department: str = ""

    @property
    def detected_ms(self) -> int:
        """KeyError when it was never detected: every order begins so."""
        return self.reached[Stage.DETECTED]

    def stage(self, t_ms: int) -> Stage:
        """How far it had come at this time."""
        return max(
            (stage for stage, at_ms in self.reached.items() if at_ms <= t_ms),
            key=lambda stage: stage.place,
            default=Stage.DETECTED,
        )

    def reached_by(self, stage: Stage, t_ms: int) -> int | None:
        """When it reached the stage, None when it had not yet at this time."""
        at_ms = self.reached.get(stage)
        return at_ms if at_ms is not None and at_ms <= t_ms else None

    def counts(self, t_ms: int) -> bool:
        """Whether it is a case of its own: neither merged into another nor a false alarm."""
        return not any(side in NO_CASE and at_ms <= t_ms for side, at_ms in self.sides.items())

    def overdue(self, stage: Stage, t_ms: int) -> bool:
        """Whether this stage should have been reached and was not."""
        due_ms = self.due.get(stage)
        return due_ms is not None and t_ms > due_ms and self.reached_by(stage, t_ms) is None

    @property
    def last_ms(self) -> int:
        """The newest time it speaks of."""
        return max((*self.reached.values(), *self.due.values(), *self.sides.values()))

"""An engine that tells someone else what it is given."""

from collections.abc import Callable

from api.monitor import Engine
from api.vitals.sign import VitalFrame
from sensors.reading import ReadingBatch
from sensors.store import VitalRows


class Witnessed:
    """Passes everything on to the engine; `see` gets each batch as well."""

    def __init__(self, engine: Engine, see: Callable[[ReadingBatch], None]) -> None:
        self._engine, self._see = engine, see

    def add(self, batch: ReadingBatch) -> None:
        self._engine.add(batch)
        self._see(batch)

    def expect(self, clock_ms: int) -> None:
        self._engine.expect(clock_ms)

    def advance(self, t_ms: int) -> None:
        self._engine.advance(t_ms)

    def corrections(self) -> list[VitalRows]:
        return self._engine.corrections()

    def state(self) -> bytes:
        return self._engine.state()

    def restore(self, data: bytes) -> int:
        return self._engine.restore(data)

    def refill(self, batch: ReadingBatch) -> None:
        self._engine.refill(batch)
        self._see(batch)

    def evaluate(self, t_ms: int) -> VitalFrame:
        return self._engine.evaluate(t_ms)

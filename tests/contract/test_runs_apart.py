"""Two runs of the same quarter, written turn by turn into one store, never mix."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from contract.test_store import (
    FOREVER,
    LAEQ,
    LIFT,
    NETWORK,
    OTHER,
    T0,
    batch,
    letter,
    of_sensor,
    vital_rows,
)

from sensors.store.base import Mark, Store

RUNS = ("run-a", "run-b")
TURNS = 5
LINK = "link-1:noise_laeq:1"


@dataclass(frozen=True)
class Seen:
    """All that one can ask about a run."""

    readings: Any
    steps: Any
    scanned: Any
    latest: Any
    marks: Any
    vitals: Any
    minutes: Any
    letters: Any
    span: Any


def seen(store: Store, run: str) -> Seen:
    steps = store.steps(run, LINK, None, 0, FOREVER, 60_000)
    scanned = [part for part in store.scan(run, NETWORK, None, 0, FOREVER) if len(part)]
    latest = store.latest(run)
    vitals = store.vitals(run, "noise", "street", "a", 0, FOREVER)
    return Seen(
        readings=of_sensor(store, LINK, run),
        steps=(steps.value.tolist(), steps.count.tolist()),
        scanned=[(p.series.tolist(), np.nan_to_num(p.value).tolist()) for p in scanned],
        latest=(latest.sensor.tolist(), np.nan_to_num(latest.value).tolist(), list(latest.state)),
        marks=store.marks(run),
        vitals=(vitals.value.tolist(), vitals.score.tolist()),
        minutes=sorted(store.minutes(run, 0, FOREVER).value.tolist()),
        letters=store.dead_letters(run, 100),
        span=[span for span in store.runs() if span.run == run],
    )


def write_turn(store: Store, run: str, turn: int) -> None:
    """The same series at the same times; only the values tell the runs apart."""
    offset = 1000.0 * RUNS.index(run)
    store.write(
        run,
        batch(
            (LAEQ, turn, offset + turn), (OTHER, turn, offset - turn), (LIFT, turn, f"{run}-{turn}")
        ),
        NETWORK,
        [Mark("z-01-01", "g", 1, turn + 1 + int(offset))],
        [letter(f"{run}-{turn}", T0 + turn)],
    )
    store.write_vitals(run, vital_rows((60 * turn, "a", offset + turn, 50.0 + turn)))


@pytest.fixture
def alone(open_store: Callable[[], Store]) -> dict[str, Seen]:
    """What each run looks like when nothing else is in the store."""
    found = {}
    for run in RUNS:
        store = open_store()
        for turn in range(TURNS):
            write_turn(store, run, turn)
        found[run] = seen(store, run)
        store.delete(run)
        store.close()
    return found


def test_two_runs_side_by_side_do_not_mix_and_are_deleted_apart(
    alone: dict[str, Seen], store: Store
) -> None:
    for turn in range(TURNS):
        for run in RUNS:
            write_turn(store, run, turn)
    assert [span.run for span in store.runs()] == list(RUNS)
    assert {run: seen(store, run) for run in RUNS} == alone
    assert alone["run-a"] != alone["run-b"]
    nothing = seen(store, "run-c")
    store.delete("run-a")
    assert seen(store, "run-a") == nothing
    assert seen(store, "run-b") == alone["run-b"]
    assert [span.run for span in store.runs()] == ["run-b"]
    write_turn(store, "run-b", TURNS)
    assert store.marks("run-b") == [Mark("z-01-01", "g", 1, TURNS + 1001)]

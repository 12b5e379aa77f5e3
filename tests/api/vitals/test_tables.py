"""Every indicator against values worked out by hand: readings in, value and score out.

One file per indicator in tables/. Times are minutes before the moment of judgement.
"""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.config import Rulebook
from api.operations.deadlines import load_deadlines, order_due, report_due
from api.operations.report import Channel, Report, Request
from api.operations.stage import Side, Stage
from api.operations.workorder import WorkOrder
from api.vitals.sign import Colour
from twin.clock import MINUTE_MS, parse_time
from twin.config import default_config_dir

TABLES = Path(__file__).parent / "tables"
DEADLINES = load_deadlines(default_config_dir())


def cases() -> Iterator[Any]:
    for path in sorted(TABLES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['says']}")


@pytest.mark.parametrize(("indicator", "case"), list(cases()))
def test_value_and_score_are_those_worked_out_by_hand(
    make_town: Callable[..., Any], indicator: str, case: dict[str, Any]
) -> None:
    now_ms = parse_time(case.get("at", "2026-05-01T12:00"))
    town = make_town(indicator, start_ms=now_ms - 60_000)
    for t_ms, name, value in sorted(readings(case, now_ms), key=lambda reading: reading[0]):
        town.read(t_ms, **{name: value})
    for name, value in everyone(town, case.get("everyone")):
        town.read(now_ms, **{name: value})
    for order in case.get("order", ()):
        town.engine.cases.put(work_order(order, now_ms))
    for number, report in enumerate(case.get("report", ())):
        town.engine.cases.put(citizen_report(number, report, now_ms))
    found = town.engine.evaluate(now_ms).sign(indicator, case["level"], case["entity"])
    assert found.status.value == case.get("status", "ok")
    if "value" in case:
        assert found.value == pytest.approx(case["value"], rel=2e-3, abs=1e-6)
        assert found.score == pytest.approx(case["score"], abs=case.get("within", 0.1))
    else:
        assert (found.value, found.score, found.colour) == (None, None, None)


def test_every_indicator_has_a_table(rulebook: Rulebook) -> None:
    tables = {path.stem for path in TABLES.glob("*.toml")}
    assert tables == {one.id for one in rulebook.indicators}


def everyone(town: Any, how: str | None) -> Iterator[tuple[str, float | str]]:
    """Every neuron says something possible ("good"), or something out of its range ("bad")."""
    series = town.network.series
    for row, name in enumerate(series.name) if how else ():
        quantity = town.network.quantities[int(series.quantity[row])]
        bad = "nonsense" if quantity.states else 2 * quantity.high + 1
        good = quantity.states[0] if quantity.states else quantity.low
        yield name, good if how == "good" else bad


def readings(case: dict[str, Any], now_ms: int) -> Iterator[tuple[int, str, float | str]]:
    """Each block: one value or several, every so often, the last one `until` minutes ago."""
    for block in case.get("reading", ()):
        values = block.get("values") or [block["value"]] * block.get("times", 1)
        for place, value in enumerate(reversed(values)):
            ago_min = block.get("until", 0) + place * block.get("every", 1)
            yield now_ms - round(ago_min * MINUTE_MS), block["of"], value


def work_order(block: dict[str, Any], now_ms: int) -> WorkOrder:
    severity = Colour[block["severity"].upper()]
    reached = {
        stage: now_ms - round(block[stage.value] * MINUTE_MS)
        for stage in Stage
        if stage.value in block
    }
    sides = {
        side: now_ms - round(block[side.value] * MINUTE_MS) for side in Side if side.value in block
    }
    due = order_due(DEADLINES, severity, reached[Stage.DETECTED])
    return WorkOrder(block["id"], "crowd_surge", severity, "street", "a", reached, due, sides)


def citizen_report(number: int, block: dict[str, Any], now_ms: int) -> Report:
    def at(name: str) -> int | None:
        return now_ms - round(block[name] * MINUTE_MS) if name in block else None

    received_ms = now_ms - round(block["received"] * MINUTE_MS)
    request = Request(block.get("request", "ordinary"))
    contact_ms, answer_ms = report_due(DEADLINES, request, received_ms)
    return Report(
        f"r-{number}", Channel(block["channel"]), "noise", "z-1", received_ms, request,
        contact_ms, answer_ms, at("contacted"), at("closed"), at("rated"),
        block.get("solved"), block.get("satisfied"), block.get("order"),
    )  # fmt: skip

"""Every rule's behaviour as data: tests/api/rules/*.toml, see the README there."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.alerts.book import AlertBook
from api.config import Rule, Rulebook

CASES = sorted((Path(__file__).parents[1] / "rules").glob("*.toml"))


def rule_of(rulebook: Rulebook, name: str) -> Rule:
    return next(rule for rule in rulebook.rules if rule.id == name)


def value_at(series: list[list[Any]], t_s: int) -> float | str:
    found: float | str = [value for start, value in series if start <= t_s][-1]
    return found


def state(book: AlertBook) -> list[str]:
    return [f"{alert.state.value} {alert.severity.name_en}" for alert in book.active()] or ["none"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rule_case(path: Path, rulebook: Rulebook, make_frame: Callable[..., Any]) -> None:
    case = tomllib.loads(path.read_text())
    rule = rule_of(rulebook, case["rule"])
    book, states, events = AlertBook(rulebook), {}, []
    for t_s in range(0, case["expect"][-1][0] + 1, case["step_s"]):
        values = {"here": value_at(case["series"], t_s)}
        frame = make_frame(t_s, rule.indicator, rulebook.level_of(rule), values)
        events += [
            [t_s, event.what.value] for event in book.step(frame) if event.alert.rule == rule.id
        ]
        states[t_s] = state(book)
    expected = {at: [" ".join(what)] for at, *what in case["expect"]}
    assert {at: states[at] for at in expected} == expected, case["says"]
    assert events == case["events"], case["says"]


@pytest.mark.parametrize("entity", ["one", "two"])
def test_every_rule_fires_on_its_worst_anchor_after_its_hold(
    rulebook: Rulebook, make_frame: Callable[..., Any], entity: str
) -> None:
    """Also the rules that have no case of their own."""
    anchors = {one.id: one.anchors for one in rulebook.indicators}
    for rule in rulebook.rules:
        book, level = AlertBook(rulebook), rulebook.level_of(rule)
        worst = anchors[rule.indicator][-1] if rule.indicator in anchors else 0.0
        for t_s in (0, rule.hold_s):
            book.step(make_frame(t_s, rule.indicator, level, {entity: worst}))
        mine = [alert for alert in book.active() if alert.rule == rule.id]
        assert [(alert.state.value, alert.severity.name_en) for alert in mine] == [
            ("firing", "red")
        ], rule.id
        assert entity in mine[0].message_en
        assert f"名{entity}" in mine[0].message_zh

"""Rules ready for the book: what they watch, how long they wait, what they say."""

from dataclasses import dataclass

from api.alerts.alert import Alert, Timing
from api.config import Rule, Rulebook
from api.vitals.sign import Colour, Key


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule and the block of the frame that it watches."""

    rule: Rule
    key: Key
    unit: str
    timing: Timing
    least: Colour

    def say(self, alert: Alert, name_zh: str, name_en: str) -> tuple[str, str]:
        """The messages in Chinese and English for an entity of these names."""
        facts = {"value": _short(alert.value), "unit": self.unit, "score": _short(alert.score)}
        zh = self.rule.message_zh.format(entity=name_zh, colour=alert.severity.name_zh, **facts)
        en = self.rule.message_en.format(entity=name_en, colour=alert.severity.name_en, **facts)
        return zh, en


@dataclass(frozen=True, slots=True)
class Number:
    """A number that formats like a float, or a dash when there is none."""

    value: float | None

    def __format__(self, spec: str) -> str:
        return "–" if self.value is None else format(self.value, spec or ".3g")


def watches(rulebook: Rulebook) -> list[Watch]:
    """All rules in the order of the file."""
    units = {indicator.id: indicator.unit for indicator in rulebook.indicators}
    return [
        Watch(
            rule,
            (rule.indicator, rulebook.level_of(rule)),
            units.get(rule.indicator, "1"),
            Timing(rule.hold_s * 1000, rule.clear_s * 1000),
            Colour[rule.least.upper()],
        )
        for rule in rulebook.rules
    ]


def _short(value: float | None) -> Number:
    return Number(value)

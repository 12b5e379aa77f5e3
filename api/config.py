"""The rulebook: config/indicators.toml, alerts.toml and quality.toml, checked against each other.

Checking needs the sensor catalogue and opens nothing but these files.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from api.quality import config as quality_config
from api.quality.config import Quality, load_quality
from api.rulechecks import check_indicators, check_rules
from api.ruletables import (
    AlertsFile,
    Colours,
    Composite,
    Dimension,
    Indicator,
    IndicatorsFile,
    Rule,
)
from sensors.catalogue import Catalogue
from twin.config import read_toml

__all__ = ["Colours", "Composite", "Dimension", "Indicator", "Rule", "Rulebook", "load_rulebook"]
INDICATORS_FILE, ALERTS_FILE = "indicators.toml", "alerts.toml"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that turns readings into vital signs and alerts; `version` names the content."""

    composite: Composite
    colours: Colours
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    quality: Quality
    version: str

    def indicator(self, name: str) -> Indicator:
        """KeyError when there is none."""
        return {indicator.id: indicator for indicator in self.indicators}[name]

    def level_of(self, rule: Rule) -> str:
        """The level at which a rule watches."""
        if rule.level is not None:
            return rule.level
        own = {indicator.id: indicator.levels[0] for indicator in self.indicators}
        return own.get(rule.indicator, "quarter")


def load_rulebook(config_dir: Path, catalogue: Catalogue) -> Rulebook:
    """All of them; raises ConfigError for the first mistake."""
    indicators_path, alerts_path = config_dir / INDICATORS_FILE, config_dir / ALERTS_FILE
    book = read_toml(indicators_path, IndicatorsFile)
    alerts = read_toml(alerts_path, AlertsFile)
    check_indicators(indicators_path, book, catalogue)
    check_rules(alerts_path, alerts, book)
    quality = load_quality(config_dir, catalogue)
    paths = (indicators_path, alerts_path, config_dir / quality_config.FILE)
    text = b"".join(path.read_bytes() for path in paths)
    version = hashlib.blake2b(text, digest_size=4).hexdigest()
    return Rulebook(
        book.composite, book.colours, book.dimension, book.indicator, alerts.rule, quality, version
    )

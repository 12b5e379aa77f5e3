"""How long what was is kept, in days of city time: config/history.toml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sensors.store import Horizon
from twin.clock import DAY_MS
from twin.config import ConfigError, Table, read_toml

FILE = "history.toml"
LOOK_BACK_DAYS = 32  # tilt, cracks and settlement look at 31 days of readings
Days = Annotated[int, Field(ge=0, le=36_500)]


class RetentionTable(Table):
    readings_days: Days
    minutes_days: Days
    hours_days: Days


class HistoryFile(Table):
    retention: RetentionTable


@dataclass(frozen=True, slots=True)
class Retention:
    """Days of readings, of vital signs by the minute and by the hour; 0 keeps for ever."""

    readings_days: int = 0
    minutes_days: int = 0
    hours_days: int = 0

    def horizon(self, now_ms: int) -> Horizon:
        """What is older than these times may go."""
        days = self.readings_days, self.minutes_days, self.hours_days
        return Horizon(*(now_ms - one * DAY_MS if one else None for one in days))


FOR_EVER = Retention()


def load_retention(config_dir: Path) -> Retention:
    """Raises ConfigError naming file, key and value."""
    path = config_dir / FILE
    table = read_toml(path, HistoryFile).retention
    if 0 < table.readings_days < LOOK_BACK_DAYS:
        expected = f"expected 0 or at least {LOOK_BACK_DAYS}: vital signs look that far back"
        raise ConfigError(path, "retention.readings_days", table.readings_days, expected)
    if 0 < table.minutes_days < 2:
        expected = "expected 0 or at least 2: hours are made of minutes"
        raise ConfigError(path, "retention.minutes_days", table.minutes_days, expected)
    return Retention(table.readings_days, table.minutes_days, table.hours_days)

"""config/forecast.toml: what is forecast, how far ahead, and what a forecast must show first."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from api.config import Rulebook
from api.forecast.timetable import STEP_MS
from twin.clock import MINUTE_MS
from twin.config import ConfigError, Table, read_toml

FORECAST_FILE = "forecast.toml"
STEP_MIN = STEP_MS // MINUTE_MS
Share = Annotated[float, Field(gt=0, lt=1)]
Lead = Annotated[int, Field(ge=STEP_MIN, le=360, multiple_of=STEP_MIN)]
Name = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$")]


class Subject(Table):
    """Vital signs that are forecast alike: at every level, helped by the drivers."""

    indicators: Annotated[tuple[Name, ...], Field(min_length=1)]
    drivers: tuple[Name, ...] = ()


class Without(Table):
    """Vital signs that are not forecast, and why."""

    indicators: Annotated[tuple[Name, ...], Field(min_length=1)]
    reason_zh: str
    reason_en: str


class Bar(Table):
    """What the trial on the newest `trial_share` of the past must show, lead by lead.

    `gain`: share of the better baseline's CRPS that is saved; `sureness`: mean gain of a day over
    its standard error; `coverage`: share of the values within the 90 % interval, least and most.
    """

    gain: Annotated[float, Field(ge=0, lt=1)]
    sureness: Annotated[float, Field(ge=0)]
    trial_share: Share
    coverage: tuple[Share, Share]


class Warn(Table):
    """Crossings that are announced: at least this likely, into at least this colour."""

    probability: Share
    least: Literal["blue", "yellow", "orange", "red"]


class ForecastSettings(Table):
    """The whole file."""

    leads_min: Annotated[tuple[Lead, ...], Field(min_length=1)]
    judged_min: Annotated[tuple[Lead, ...], Field(min_length=1)]
    history_days: Annotated[int, Field(ge=4, le=366)]
    least_days: Annotated[int, Field(ge=3)]
    bar: Bar
    warn: Warn
    subject: tuple[Subject, ...]
    without: tuple[Without, ...] = ()

    @model_validator(mode="after")
    def _fit_together(self) -> "ForecastSettings":
        if list(self.leads_min) != sorted(set(self.leads_min)):
            raise ValueError("leads_min: expected rising leads")
        if not set(self.judged_min) <= set(self.leads_min):
            raise ValueError("judged_min: expected some of leads_min")
        if self.least_days > self.history_days:
            raise ValueError("least_days: expected at most history_days")
        return self

    @property
    def leads(self) -> tuple[int, ...]:
        """In rows of the grid."""
        return tuple(lead // STEP_MIN for lead in self.leads_min)

    @property
    def judged(self) -> tuple[int, ...]:
        return tuple(lead // STEP_MIN for lead in self.judged_min)


NOTHING = ForecastSettings(
    leads_min=(60,),
    judged_min=(60,),
    history_days=28,
    least_days=4,
    bar=Bar(gain=0.0, sureness=0.0, trial_share=0.5, coverage=(0.01, 0.99)),
    warn=Warn(probability=0.5, least="yellow"),
    subject=(),
)


def load_forecast_settings(config_dir: Path, rulebook: Rulebook) -> ForecastSettings:
    """Raises ConfigError, also for names that the rulebook does not have."""
    path = config_dir / FORECAST_FILE
    settings = read_toml(path, ForecastSettings)
    signs = {one.id for one in rulebook.indicators}
    known = signs | {one.id for one in rulebook.dimensions} | {rulebook.composite.id}
    listed = [
        (f"{table}.{number}.indicators", name)
        for table in ("subject", "without")
        for number, one in enumerate(getattr(settings, table))
        for name in one.indicators
    ]
    _check_listed(path, listed, known)
    for number, subject in enumerate(settings.subject):
        for name in subject.drivers:
            if name not in signs:
                raise ConfigError(path, f"subject.{number}.drivers", name, "expected an indicator")
    return settings


def _check_listed(path: Path, listed: list[tuple[str, str]], known: set[str]) -> None:
    """Every name is known and stands once in the file."""
    seen: set[str] = set()
    for key, name in listed:
        if name not in known:
            raise ConfigError(path, key, name, "expected an indicator, dimension or composite")
        if name in seen:
            raise ConfigError(path, key, name, "expected once in the file")
        seen.add(name)

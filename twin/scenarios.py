"""Scenarios as data: what an incident pushes, how strongly, how long, how often."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twin.config import ConfigError, Table, read_toml
from twin.levers import LEVERS, table_of
from twin.profiles import NotNegative, Positive, Share

Shape = Literal["pulse", "ramp", "exp", "swell", "burst", "bands", "chicago", "storm"]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_TIMED = {
    "ramp": "seconds of rise",
    "exp": "time constant",
    "storm": "time constant",
    "bands": "seconds from band to band",
}


class Effect(Table):
    """One push on one lever.

    value: at full strength; multiplied into (`multiply`) or added to (`add`) the lever; of a
    lever in dB a level, whose energy is added (`sound`).
    shape: course over the effect's window; `time_s` is the rise of a ramp and the time
    constant of exp and storm.
    reach: the target itself, the row attached to it (its street link, zone, feeder …), the row
    nearest to it, all rows of its zone, or all.
    radius_m: how far around that row it is felt, and by which law it `fades` (twin/fading.py).
    window: shares of the incident's duration between which the effect lasts.
    """

    lever: str
    op: Literal["multiply", "add", "sound"] = "add"
    value: float
    shape: Shape = "pulse"
    time_s: Positive | None = None
    reach: Literal["target", "attached", "nearest", "zone", "all"] = "target"
    radius_m: Positive | None = None
    fades: Literal["evenly", "ground", "sound"] = "evenly"
    window: tuple[Share, Share] = (0.0, 1.0)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.lever not in LEVERS:
            raise ValueError(f"unknown lever {self.lever!r}, expected one of {', '.join(LEVERS)}")
        if self.shape in _TIMED and self.time_s is None:
            raise ValueError(f"shape {self.shape!r} needs time_s, its {_TIMED[self.shape]}")
        if self.window[0] >= self.window[1]:
            raise ValueError(f"window {self.window} must end after it starts")
        return self

    @model_validator(mode="after")
    def _sounds(self) -> Self:
        if (self.op == "sound") != self.lever.endswith("_db"):
            raise ValueError(f"op {self.op!r} does not fit {self.lever!r}: op 'sound' is for dB")
        return self

    @model_validator(mode="after")
    def _spreads(self) -> Self:
        if self.radius_m is not None and self.reach in ("zone", "all"):
            raise ValueError(f"radius_m {self.radius_m} does not go with reach {self.reach!r}")
        if self.radius_m is None and self.fades != "evenly":
            raise ValueError(f"fades {self.fades!r} needs radius_m")
        return self


class Season(Table):
    """When background incidents come: months, local hours [from, to), weight of days off."""

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = tuple(range(1, 13))
    hours: tuple[Annotated[float, Field(ge=0, le=24)], Annotated[float, Field(ge=0, le=24)]] = (
        0,
        24,
    )
    day_off_factor: NotNegative = 1.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.months:
            raise ValueError("expected at least one month")
        if self.hours[0] == self.hours[1]:
            raise ValueError("expected hours that differ, such as [22, 2]")
        return self


class Luck(Table):
    """How much larger or smaller than its magnitude a background incident is; most are small
    where `skew` is above 1."""

    low: Positive = 0.6
    high: Positive = 1.2
    skew: Positive = 1.0

    def of(self, chance: float) -> float:
        """The factor at this chance, 0 to 1."""
        return self.low + (self.high - self.low) * float(chance**self.skew)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} must not be above high {self.high}")
        return self


class Driver(Table):
    """Something of the city that makes a scenario come more often: exp(beta excess).

    `by` is a quantity of the city; the excess is how far it is `above` or `below` the threshold,
    and counts up to `at_most`.
    """

    by: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9_]+$")]
    above: float | None = None
    below: float | None = None
    beta: Positive
    at_most: Positive = 1e9

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("expected exactly one of above and below")
        return self


class Scenario(Table):
    """A kind of incident. `rate_per_year` is for the core area, without injections; larger areas
    have more, but not of what pushes the weather of the whole quarter.

    target: the entity table it happens to. target_by: an attribute of that table which weights
    the choice. An injection without a target takes default_target, or where the area has no
    such entity the row with the largest weight.

    driven: what makes it come more often; `driven_per_year` is the rate at the thresholds that
    is multiplied, rate_per_year where it is 0.
    """

    id: Slug
    code: Annotated[str, Field(pattern=r"^SC\d\d$")] | None = None
    name_zh: str
    name_en: str
    department: str
    severity: Literal["blue", "yellow", "orange", "red"]
    target: str
    target_by: str | None = None
    default_target: str | None = None
    duration_s: Positive
    magnitude: Positive = 1.0
    magnitude_range: tuple[Positive, Positive] = (0.1, 5.0)
    rate_per_year: NotNegative = 0.0
    season: Season = Season()
    luck: Luck = Luck()
    driven: tuple[Driver, ...] = ()
    driven_per_year: NotNegative = 0.0
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]

    @property
    def everywhere(self) -> bool:
        """Whether it pushes what the whole quarter has in common."""
        return any(table_of(effect.lever) == "quarter" for effect in self.effects)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        low, high = self.magnitude_range
        if not low <= self.magnitude <= high:
            raise ValueError(f"magnitude {self.magnitude} is outside magnitude_range {low}-{high}")
        for effect in self.effects:
            own = effect.reach == "target" and effect.radius_m is None
            if own and table_of(effect.lever) != self.target:
                raise ValueError(
                    f"effect on {effect.lever!r} needs reach or radius_m: "
                    f"the target is a {self.target}"
                )
        return self


class _File(Table):
    scenario: Annotated[tuple[Scenario, ...], Field(min_length=1)]


def load_scenarios(config_dir: Path) -> Mapping[str, Scenario]:
    """Every block of config/scenarios/*.toml by id, in order of file name and position.

    Raises ConfigError on a bad block, on an id given twice, or when there is no file.
    """
    folder = config_dir / "scenarios"
    found: dict[str, Scenario] = {}
    for path in sorted(folder.glob("*.toml")):
        for position, scenario in enumerate(read_toml(path, _File).scenario):
            if scenario.id in found:
                key = f"scenario.{position}.id"
                raise ConfigError(path, key, scenario.id, "is used by another scenario")
            found[scenario.id] = scenario
    if not found:
        raise ConfigError(folder, "*.toml", "none", "expected at least one scenario file")
    return MappingProxyType(found)

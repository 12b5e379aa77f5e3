"""config/faults.toml, checked and frozen: profiles of faults, radios, what a storm is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sensors.catalogue import Net
from sensors.config import NotNegative, Positive, Share, Slug
from sensors.faults.label import Fault
from twin.config import ConfigError, Table, read_toml

FILE = "faults.toml"
ORDINARY = "ordinary"
LONGEST_H = 30 * 24.0
# Faults that need no rate: they follow the channel or the power.
UNRATED = frozenset({Fault.DROPOUT, Fault.POWER_CUT})
GRADED = frozenset({Fault.SPIKE, Fault.STUCK, Fault.DEAD})  # rates from the neuron's grade
CHANCE = frozenset({Fault.DUPLICATE, Fault.LATE})  # a share of the messages
Range = tuple[NotNegative, NotNegative]
Hours = tuple[NotNegative, Annotated[float, Field(gt=0, le=LONGEST_H)]]


class Radio(Table):
    """One network class: chances per message to turn bad and good, losses, attempts, delay in s."""

    worsens: Share
    recovers: Share
    lost_good: Share
    lost_bad: Share
    attempts: Annotated[int, Field(ge=1)]
    delay_s: Range


class Radios(Table):
    W: Radio
    N: Radio
    L: Radio

    def of(self, net: Net) -> Radio:
        radio: Radio = getattr(self, net)
        return radio


class Storm(Table):
    """From this rain or gust on, bad radio states of the zone last `longer` times as long."""

    rain_mm_h: Positive
    gust_m_s: Positive
    longer: Annotated[float, Field(ge=1)]


class FaultRule(Table):
    """One `[[profile.fault]]` or `[injected.*]`: how often, how long, how strong, for whom."""

    fault: Fault
    factor: NotNegative | None = None
    per_year: NotNegative | None = None
    share: Share | None = None
    hours: Hours = (1.0, 1.0)
    spread: Literal["uniform", "lognormal", "exponential"] = "uniform"
    size: Range = (0.0, 0.0)
    nets: tuple[Net, ...] = ("W", "N", "L")
    kinds: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _rated(self) -> Self:
        rates = {"factor": self.factor, "per_year": self.per_year, "share": self.share}
        given = [name for name, rate in rates.items() if rate is not None]
        wanted = _rate_of(self.fault)
        if given != wanted:
            expected = " ".join(wanted) or "no rate"
            raise ValueError(f"expected {expected} with {self.fault}, found {given or 'none'}")
        if self.hours[0] > self.hours[1] or self.size[0] > self.size[1]:
            raise ValueError("expected hours and size as [low, high]")
        if self.spread == "lognormal" and self.hours[0] <= 0:
            raise ValueError("expected hours above 0 with a lognormal spread")
        return self


def _rate_of(fault: Fault) -> list[str]:
    if fault in UNRATED:
        return []
    if fault in GRADED:
        return ["factor"]
    return ["share"] if fault in CHANCE else ["per_year"]


class ProfileTable(Table):
    """One `[[profile]]`; faults work in the order of the file."""

    id: Slug
    name_zh: str
    name_en: str
    fault: tuple[FaultRule, ...] = ()


class FaultsFile(Table):
    """The whole file; `size` and `hours` of `[injected]` are for faults on demand."""

    radio: Radios
    storm: Storm
    injected: dict[Fault, Range]
    profile: Annotated[list[ProfileTable], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Profile:
    """Which faults there are, in order, and the surroundings they need."""

    id: str
    rules: tuple[FaultRule, ...]
    radio: Radios
    storm: Storm
    injected: Mapping[Fault, tuple[float, float]]


def load_profiles(config_dir: Path) -> Mapping[str, Profile]:
    """All profiles by id; raises ConfigError naming the key that cannot be used."""
    path = config_dir / FILE
    file = read_toml(path, FaultsFile)
    profiles: dict[str, Profile] = {}
    for index, one in enumerate(file.profile):
        _check(path, f"profile.{index}", one, profiles)
        profiles[one.id] = Profile(one.id, one.fault, file.radio, file.storm, file.injected)
    missing = [fault.value for fault in Fault if fault not in file.injected]
    if missing:
        raise ConfigError(path, "injected", missing[0], "expected a size range for every fault")
    return profiles


def load_profile(config_dir: Path, name: str = ORDINARY) -> Profile:
    """The profile of this name; raises ConfigError when there is none."""
    profiles = load_profiles(config_dir)
    if name not in profiles:
        known = ", ".join(profiles)
        raise ConfigError(config_dir / FILE, "profile", name, f"expected one of {known}")
    return profiles[name]


def _check(path: Path, key: str, table: ProfileTable, known: Mapping[str, Profile]) -> None:
    if table.id in known:
        raise ConfigError(path, f"{key}.id", table.id, "expected to be used only once")
    seen: set[Fault] = set()
    for index, rule in enumerate(table.fault):
        if rule.fault in seen:
            place = f"{key}.fault.{index}.fault"
            raise ConfigError(path, place, rule.fault.value, "expected once per profile")
        seen.add(rule.fault)

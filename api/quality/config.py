"""config/quality.toml: what is plausible, per quantity."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from sensors.catalogue import Catalogue
from twin.config import ConfigError, Table, read_toml

FILE = "quality.toml"
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Check(Table):
    """One `[[check]]`: what is plausible for "kind.quantity", in its display unit."""

    of: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    jump: Positive | None = None  # a greater step needs a second sample to be believed
    rate: Positive | None = None  # per second; nothing real changes faster
    stuck: Annotated[int, Field(gt=1)] | None = None  # so many equal samples are no accident
    near: Positive | None = None  # hourly means of neighbours differ by less


class Trust(Table):
    """How findings become trust."""

    least: Share  # below it, readings do not move vital signs
    refused_weight: Positive  # trust lost per share of refused readings
    refused_least: Annotated[int, Field(gt=0)]  # fewer refused in two hours cost nothing
    excess: Annotated[float, Field(gt=1)]  # said so many times as often: two speak under one name
    near_zero: Annotated[float, Field(gt=1)]  # trust is 0 at this multiple of `near`
    neighbours: Annotated[int, Field(gt=0)]  # so many nearest neurons of the kind are asked
    neighbours_least: Annotated[int, Field(gt=0)]


class DriftRule(Table):
    """When a neuron has walked away: the newest day against the median of its days before."""

    share: Positive  # of `near`; less is allowed
    spreads: Positive  # or so many spreads of the days before, where that is more
    least_days: Annotated[int, Field(gt=2)]  # with fewer before it nothing is said


class Quality(Table):
    trust: Trust
    drift: DriftRule
    check: tuple[Check, ...] = ()


def load_quality(config_dir: Path, catalogue: Catalogue) -> Quality:
    """Raises ConfigError for the first mistake."""
    path = config_dir / FILE
    quality = read_toml(path, Quality)
    known = {f"{kind.id}.{one.id}": one.numeric for kind in catalogue for one in kind.quantities}
    seen: set[str] = set()
    for number, check in enumerate(quality.check):
        key = f"check.{number}.of"
        if check.of not in known:
            raise ConfigError(path, key, check.of, "expected kind.quantity of neurons.toml")
        if not known[check.of]:
            raise ConfigError(path, key, check.of, "expected a number, not a state")
        if check.of in seen:
            raise ConfigError(path, key, check.of, "expected each quantity once")
        seen.add(check.of)
    return quality

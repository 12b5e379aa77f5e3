"""config/realism.toml as one frozen model."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from twin.config import Table, default_config_dir, read_toml
from twin.profiles import NotNegative, Positive, Share


class Floors(Table):
    """Distances too small to matter, by family of statistics; *_share ones are relative."""

    temp_c: NotNegative
    dew_point_c: NotNegative
    rh_pct: NotNegative
    wet_share_pct: NotNegative
    pm25_share: NotNegative
    autocorrelation: NotNegative
    cross_correlation: NotNegative
    pressure_hpa: NotNegative
    wind_m_s: NotNegative
    rain_share: NotNegative
    spell_share: NotNegative
    day_to_day_share: NotNegative
    wind_class_pct: NotNegative
    monthly_wet_pct: NotNegative
    profile_share: NotNegative
    level_db: NotNegative
    loud_pct: NotNegative
    step_share: NotNegative


class ClassifierLimits(Table):
    """How the two-sample classifier is run."""

    folds: Annotated[int, Field(ge=2, le=20)]
    rounds: Annotated[int, Field(ge=10, le=1000)]
    repeats: Annotated[int, Field(ge=1, le=20)]


class RealismLimits(Table):
    """What counts as real enough."""

    ratio: Positive
    auc_margin: NotNegative
    profile_correlation: Share
    daily_variance_pct: Positive
    floors: Floors
    classifier: ClassifierLimits


def load_limits(config_dir: Path | None = None) -> RealismLimits:
    """config/realism.toml; raises ConfigError naming file, key and value."""
    return read_toml((config_dir or default_config_dir()) / "realism.toml", RealismLimits)

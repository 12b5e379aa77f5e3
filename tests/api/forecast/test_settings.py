"""config/forecast.toml: what is shipped is consistent, mistakes name file, key and value."""

from pathlib import Path
from typing import Any

import pytest

from api.forecast.grid import Layout
from api.forecast.plan import make_plan
from api.forecast.settings import load_forecast_settings
from twin.config import ConfigError, default_config_dir

SHIPPED = (default_config_dir() / "forecast.toml").read_text(encoding="utf-8")


def load(folder: Path, world: Any, old: str, new: str) -> None:
    assert old in SHIPPED
    (folder / "forecast.toml").write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    load_forecast_settings(folder, world.rulebook)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('["E1"]', '["X9"]', r"subject.\d.indicators = 'X9': expected an indicator"),
        ('["E1"]', '["P1"]', r"subject.\d.indicators = 'P1': expected once"),
        ('drivers = ["E4", "E5"]', 'drivers = ["D1"]', r"subject.0.drivers = 'D1': expected an"),
        ("judged_min = [30,", "judged_min = [31,", "multiple of 15"),
        ("judged_min = [30,", "judged_min = [75,", "expected some of leads_min"),
        ("leads_min = [15, 30", "leads_min = [30, 15", "expected rising leads"),
        ("360]", "375]", "less than or equal to 360"),
        ("least_days = 6 ", "least_days = 60 ", "expected at most history_days"),
        ("gain = 0.02", "gain = 2", "bar.gain = 2"),
        ("[warn]", "wart = 1\n[warn]", "bar.wart"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    tmp_path: Path, world: Any, old: str, new: str, named: str
) -> None:
    with pytest.raises(ConfigError, match=named) as raised:
        load(tmp_path, world, old, new)
    assert "forecast.toml" in str(raised.value)


def test_an_indicator_that_is_not_listed_is_not_forecast(world: Any) -> None:
    settings = load_forecast_settings(default_config_dir(), world.rulebook)
    fewer = settings.model_copy(update={"subject": (), "without": ()})
    layout = Layout((), {}, frozenset(), {}, 0)
    plan = make_plan(fewer, world.rulebook, layout)
    assert plan.targets == ()
    assert plan.reason("P1").en == "no forecast is configured"

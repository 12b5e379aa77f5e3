"""`hengfu backtest` on a made-up history: figures in a table and a file, mistakes in one line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.pastseries import MONDAY_MS, seasonal
from typer.testing import CliRunner

from api.cli.main import app
from api.config import load_rulebook
from api.forecast.grid import Grid, Layout, save_grid
from api.vitals.engine import VitalEngine
from sensors.catalogue import load_catalogue
from sensors.network import build_network
from twin.config import default_config_dir
from twin.geography import load_geography

CROWD = "P1", "street"


@pytest.fixture(scope="module")
def history(tmp_path_factory: Any) -> Path:
    """Eighteen days of crowds on the streets, and nothing else."""
    config = default_config_dir()
    geography, catalogue = load_geography(config, "core"), load_catalogue(config)
    rulebook, network = load_rulebook(config, catalogue), build_network(catalogue, geography)
    layout = Layout.of(VitalEngine(rulebook, geography, network).rosters, rulebook, ("P1",))
    values = np.full((18 * 96, layout.width), np.nan)
    crowd = layout.columns(CROWD)
    values[:, crowd] = seasonal(18, len(layout.entities[CROWD])).values
    file: Path = tmp_path_factory.mktemp("past") / "history.npz"
    save_grid(file, Grid(MONDAY_MS, values), layout)
    return file


def backtest(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["backtest", *map(str, arguments)])


def test_a_back_test_writes_all_leads_and_prints_the_gain(history: Path, tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    answer = backtest(
        "--history", history, "--indicator", "P1", "--train-days", 12, "--refit-days", 3,
        "--out", target,
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    (item,) = json.loads(target.read_text())["items"]
    assert (item["indicator"], item["level"], item["of"]) == ("P1", "street", "value")
    hour = next(lead for lead in item["leads"] if lead["lead_min"] == 60)
    assert hour["crps"] < 0.9 * min(hour["crps_persistence"], hour["crps_seasonal_naive"])
    assert hour["coverage_90"] == pytest.approx(0.9, abs=0.06)
    assert hour["shown_share"] == 1.0
    assert f"{hour['gain']:+.0%} {100 * hour['coverage_90']:.0f} ●" in answer.output


def test_too_few_days_an_unforecast_sign_and_a_damaged_file_are_one_line(
    history: Path, tmp_path: Path
) -> None:
    short = backtest("--history", history, "--train-days", 18)
    assert "18 whole days of history: expected more than 18" in str(short.exception)
    event = backtest("--history", history, "--indicator", "B7")
    assert "'B7' is not forecast: an event that nothing announces" in str(event.exception)
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK\x03\x04 not a history")
    assert "not a history of vital signs" in str(backtest("--history", damaged).exception)

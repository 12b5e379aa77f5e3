"""The list of modules that must not see the truth is complete."""

import pkgutil
import tomllib
from pathlib import Path

import pytest

import api
import sensors

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
# What makes, carries or writes down the truth, and the commands that start both sides.
SEES_TRUTH = {
    "sensors.diary",
    "sensors.fleet",
    "sensors.instruments",
    "sensors.layout",
    "sensors.measure",
    "sensors.quiet",
    "sensors.runfiles",
    "sensors.runner",
    "sensors.simulation",
    "api.bench",
    "api.calibration",
    "api.cli",
    "api.export",
    "api.realism",
    "api.simulatedhistory",
}


@pytest.mark.parametrize("package", [sensors, api])
def test_every_module_either_makes_truth_or_is_kept_from_it(package: object) -> None:
    name, path = package.__name__, package.__path__  # type: ignore[attr-defined]
    modules = {f"{name}.{module.name}" for module in pkgutil.iter_modules(path)}
    contracts = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
    kept = next(c for c in contracts if c["name"] == "Detection never sees truth")
    listed = {m for m in kept["source_modules"] if m.startswith(f"{name}.")}
    assert modules - SEES_TRUTH == listed

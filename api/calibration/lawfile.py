"""Laws as TOML: a header with the source, bounds, and one table of terms per law."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from api.calibration.fitter import Span
from api.calibration.origins import origin_of
from api.calibration.regression import ValueFit
from twin.arrays import Floats
from twin.climate.days import Days
from twin.climate.network import Network

Rows = dict[str, str | list[str]]  # rows of numbers by name
Law = tuple[dict[str, object], dict[str, list[float]]]  # fields, terms
_READ = {
    "weather": "What the rows mean stands in twin/climate/days.py, network.py and sight.py",
    "air": "Terms are named in twin/climate/terms.py and stages.py",
}


def header(name: str, file: Path, span: Span, hours: int) -> str:
    """Where the numbers come from, as comment lines."""
    return (
        f"# Written by `hengfu calibrate {name}`; fit again instead of editing.\n"
        f"# S: every number here is fitted from {hours} hours of {file.name}, {span.text}:\n"
        f"# {origin_of(file, span)}.\n"
        f"# {_READ[name]}.\n"
    )


def value_table(names: list[str], fit: ValueFit, step: float) -> Law:
    """Location and ln variance of each term that either uses."""
    fields: dict[str, object] = {
        "step": step,
        "limits": [_short(limit) for limit in fit.limits],
        "spread": _short(fit.spread),
        "quantiles": [_short(float(q)) for q in fit.quantiles],
    }
    return fields, _terms(names, np.stack([fit.location, fit.scale]))


def network_table(net: Network) -> Rows:
    """Every array of a network as rows of numbers."""
    return {
        "middle": _numbers(net.middle),
        "spread": _numbers(net.spread),
        **{name: _rows(getattr(net, name)) for name in ("straight", "inner", "outer")},
    }


def day_table(days: Days) -> Rows:
    """The laws of days as rows of numbers."""
    return {
        "season": _rows(days.season),
        "quantiles": _rows(days.quantiles.reshape(-1, days.quantiles.shape[-1])),
        "steps": _rows(days.steps.T),
        "shocks": _rows(days.shocks.reshape(-1, days.shocks.shape[-1])),
        "moist": _numbers(days.moist),
    }


def _rows(table: Floats) -> list[str]:
    return [_numbers(row) for row in table]


def _numbers(row: Floats) -> str:
    """Three digits: more says nothing."""
    return " ".join(f"{value:.3g}" for value in row)


def weather_file(
    head: str, bounds: Mapping[str, object], days: Rows, laws: Mapping[str, Rows]
) -> str:
    """The whole file: one section of the city's configuration."""
    at = "weather_laws"
    lines = [head, f"[{at}]", *(f"{name} = {_toml(value)}" for name, value in bounds.items())]
    for name, table in {"days": days, **laws}.items():
        lines += ["", f"[{at}.{name}]", *(f"{key} = {_text(rows)}" for key, rows in table.items())]
    return "\n".join(lines) + "\n"


def _text(rows: str | list[str]) -> str:
    if isinstance(rows, str):
        return f'"{rows}"'
    return "[\n" + "".join(f'  "{row}",\n' for row in rows) + "]"


def _terms(names: list[str], table: Floats) -> dict[str, list[float]]:
    """The constant is always there."""
    return {
        name: [_short(float(value)) for value in column]
        for number, (name, column) in enumerate(zip(names, table.T, strict=True))
        if number == 0 or np.any(column != 0)
    }


def _short(value: float) -> float:
    """Five digits: more says nothing."""
    return float(f"{value:.5g}")


def law_file(head: str, section: str, bounds: Mapping[str, object], laws: Mapping[str, Law]) -> str:
    """The whole file: one section of the city's configuration."""
    lines = [head, f"[{section}]", *(f"{name} = {_toml(value)}" for name, value in bounds.items())]
    for name, (fields, terms) in laws.items():
        at = f"{section}.{name}"
        lines += ["", f"[{at}]", *(f"{key} = {_toml(value)}" for key, value in fields.items())]
        lines += ["", f"[{at}.terms]", *(f'"{term}" = {_toml(v)}' for term, v in terms.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, float):
        return "0" if value == 0 else f"{value:.5g}" if abs(value) < 1e15 else repr(value)
    return str(value)

"""A back-test as plain data, for files and tables."""

from typing import Any

from api.forecast.backtest import Record
from api.forecast.plan import Plan
from api.forecast.tally import Skill


def report(found: list[Record], plan: Plan, leads_min: tuple[int, ...]) -> dict[str, Any]:
    """CRPS in the unit of the indicator (points of score where it is not measured)."""
    measured = {target.key: target.measured for target in plan.targets}
    return {
        "v": 1,
        "items": [
            {
                "indicator": record.key[0],
                "level": record.key[1],
                "of": "value" if measured[record.key] else "score",
                "methods": list(record.methods),
                "leads": [_lead(record, number, lead) for number, lead in enumerate(leads_min)],
            }
            for record in found
        ],
    }


def _lead(record: Record, number: int, lead_min: int) -> dict[str, Any]:
    shown = record.when_shown[number]
    return {
        "lead_min": lead_min,
        **_skill(record.skills[number]),
        "shown_share": round(record.shown[number], 3),
        "when_shown": None if shown is None else _skill(shown),
    }


def _skill(skill: Skill) -> dict[str, Any]:
    return {
        "crps": _rounded(skill.crps),
        "crps_persistence": _rounded(skill.persistence),
        "crps_seasonal_naive": _rounded(skill.seasonal),
        "gain": round(skill.gain, 4),
        "coverage_90": round(skill.coverage, 4) if skill.count else None,
        "forecasts": skill.count,
    }


def _rounded(value: float) -> float | None:
    """Five significant digits; None where nothing was scored."""
    return None if value != value else float(f"{value:.5g}")

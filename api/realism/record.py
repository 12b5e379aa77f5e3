"""The verdict as JSON; docs/realism.md describes the fields."""

import math
from dataclasses import asdict
from typing import Any

from api.realism.verdict import Trial, Verdict

FORMAT = "hengfu-realism/1"


def as_record(verdict: Verdict, about: dict[str, Any]) -> dict[str, Any]:
    """Plain values only; what cannot be measured is null."""
    record = {
        "format": FORMAT,
        **about,
        "kind": verdict.kind,
        "fit": verdict.split.fit_name,
        "check": verdict.split.check_name,
        "passed": verdict.passed,
        "lines_passed": sum(line.passed for line in verdict.lines),
        "control": _control(verdict),
        "lines": [asdict(line) for line in verdict.lines],
        "classifier": [_trial(trial) for trial in verdict.trials],
        "one_column_alone": [asdict(one) for one in verdict.alone],
        "one_feature_alone": [asdict(one) for one in verdict.telling],
    }
    plain: dict[str, Any] = _plain(record)
    return plain


def _control(verdict: Verdict) -> dict[str, Any] | None:
    real, simulated, told = verdict.control
    if not told:
        return None
    years = verdict.split.spare_name
    return {"years": years, "lines": told, "real_passed": real, "simulated_passed": simulated}


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "id": trial.id,
        "name_zh": trial.name_zh,
        "name_en": trial.name_en,
        "columns": trial.columns,
        "simulated_auc": trial.simulated.auc,
        "real_auc": trial.real.auc,
        "random_walk_auc": trial.random_walk_auc,
        "windows": trial.simulated.windows,
        "gives_away": [
            {"block": block, "auc_loss": loss} for block, loss in trial.simulated.gives_away
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value

"""Forecasts and early warnings as the outside sees them, with names, units and sentences."""

import numpy as np

from api.forecast.outlook import EarlyWarning, Forecast, Outlook
from api.forecast.plan import Reason
from api.forecast.tally import Skill
from api.names import Names
from api.schemas.forecast import (
    ChanceOut,
    EarlyWarningOut,
    ForecastLeadOut,
    ForecastOut,
    QuantilesOut,
    SkillOut,
    WarningList,
)
from api.vitals.sign import Key
from twin.arrays import Floats
from twin.clock import MINUTE_MS, iso

NOT_BETTER = Reason(
    "此时效的预报未优于持续性和季节性基线，或其区间不可靠，不予发布",
    "at this lead it has not beaten persistence and seasonal-naive with intervals that hold",
)
NO_VALUE = Reason("当前没有数值", "there is no value now")
UNFAMILIAR = Reason(
    "这类日子（工作日或休息日）的历史不足两天", "fewer than two days of that kind have been seen"
)
NONE = Reason("", "")


class ForecastView:
    """Turns outlooks into records; keeps no state."""

    def __init__(self, run: str, names: Names) -> None:
        self._run, self._names = run, names

    def without(
        self, key: Key, entity: str, reason: Reason, outlook: Outlook | None
    ) -> ForecastOut:
        """Of a vital sign that has no forecast."""
        return ForecastOut.model_validate(
            {
                **self._head(key, entity),
                "of": None,
                "unit": self._names.indicator(key[0]).unit,
                **_issue(outlook),
                "method": None,
                "now": None,
                "reason_zh": reason.zh,
                "reason_en": reason.en,
                "leads": [],
                "warning": None,
            }
        )

    def forecast(
        self, outlook: Outlook, key: Key, row: int, lead_min: int | None = None
    ) -> ForecastOut:
        """Of one entity, by its row; all leads, or one."""
        one = outlook.forecasts[key]
        entity = one.target.entities[row]
        leads = [
            self._lead(outlook, one, row, number)
            for number, lead_ms in enumerate(outlook.leads_ms.tolist())
            if lead_min is None or lead_ms == lead_min * MINUTE_MS
        ]
        warned = [w for w in outlook.warnings if (w.key, w.entity) == (key, entity)]
        return ForecastOut.model_validate(
            {
                **self._head(key, entity),
                "of": "value" if one.target.measured else "score",
                "unit": self._unit(one),
                **_issue(outlook),
                "method": one.chosen.fitted.method.name,
                "now": _number(one.now[row]),
                "reason_zh": "" if one.now[row] == one.now[row] else NO_VALUE.zh,
                "reason_en": "" if one.now[row] == one.now[row] else NO_VALUE.en,
                "leads": leads,
                "warning": self.warning(warned[0], outlook) if warned else None,
            }
        )

    def warnings(
        self, outlook: Outlook | None, least: int = 0, level: str | None = None
    ) -> WarningList:
        """Those of at least this colour, of one level or of all."""
        found = [] if outlook is None else [
            self.warning(one, outlook)
            for one in outlook.warnings
            if one.colour >= least and level in (None, one.key[1])
        ]  # fmt: skip
        issued = None if outlook is None else iso(outlook.t_ms)
        return WarningList(run=self._run, issued=issued, items=found)

    def warning(self, one: EarlyWarning, outlook: Outlook) -> EarlyWarningOut:
        target = outlook.forecasts[one.key].target
        head = self._head(one.key, one.entity)
        head.pop("run")
        clock, share = iso(one.t_ms)[11:16], round(one.probability, 2)
        return EarlyWarningOut.model_validate(
            {
                **head,
                "colour": one.colour.name_en,
                "probability": share,
                "t": iso(one.t_ms),
                "issued": iso(outlook.t_ms),
                "now": _number(one.now),
                "unit": self._names.indicator(one.key[0]).unit if target.measured else "",
                "text_zh": (
                    f"{head['entity_zh']}{head['indicator_zh']}预计{clock}达到"
                    f"{one.colour.name_zh}（概率{share:.0%}）"
                ),
                "text_en": (
                    f"{head['indicator_en']} at {head['entity_en']} will reach "
                    f"{one.colour.name_en} at {clock} with probability {share:.2f}"
                ),
            }
        )

    def _unit(self, one: Forecast) -> str:
        return self._names.indicator(one.target.key[0]).unit if one.target.measured else ""

    def _head(self, key: Key, entity: str) -> dict[str, str]:
        indicator, place = self._names.indicator(key[0]), self._names.place(key[1], entity)
        return {
            "run": self._run,
            "indicator": key[0],
            "indicator_zh": indicator.zh,
            "indicator_en": indicator.en,
            "level": key[1],
            "entity": entity,
            "entity_zh": place.zh,
            "entity_en": place.en,
        }

    def _lead(self, outlook: Outlook, one: Forecast, row: int, number: int) -> ForecastLeadOut:
        quantiles, chance = one.quantiles[number, row], one.chance[number, row]
        shown = not np.isnan(quantiles).any()
        reason = NONE if shown else _reason(one, row, number)
        lead_ms = int(outlook.leads_ms[number])
        return ForecastLeadOut(
            lead_min=lead_ms // MINUTE_MS,
            t=iso(outlook.t_ms + lead_ms),
            quantiles=_quantiles(quantiles) if shown else None,
            chance=_chance(chance) if shown else None,
            reason_zh=reason.zh,
            reason_en=reason.en,
            skill=skill_out(one.chosen.skills[number]),
        )


def skill_out(skill: Skill) -> SkillOut:
    """Five significant digits."""
    return SkillOut(
        crps=_number(skill.crps),
        crps_persistence=_number(skill.persistence),
        crps_seasonal_naive=_number(skill.seasonal),
        gain=round(skill.gain, 4),
        coverage_90=_number(skill.coverage),
        forecasts=skill.count,
    )


def _reason(one: Forecast, row: int, number: int) -> Reason:
    if not one.chosen.shown[number]:
        return NOT_BETTER
    return NO_VALUE if np.isnan(one.now[row]) else UNFAMILIAR


def _issue(outlook: Outlook | None) -> dict[str, str | None]:
    if outlook is None:
        return {"issued": None, "learnt_until": None}
    return {"issued": iso(outlook.t_ms), "learnt_until": iso(outlook.learnt_ms)}


def _quantiles(row: Floats) -> QuantilesOut:
    q05, q25, q50, q75, q95 = (float(f"{value:.5g}") for value in row.tolist())
    return QuantilesOut(q05=q05, q25=q25, q50=q50, q75=q75, q95=q95)


def _chance(row: Floats) -> ChanceOut:
    blue, yellow, orange, red = row.round(3).tolist()
    return ChanceOut(blue=blue, yellow=yellow, orange=orange, red=red)


def _number(value: float) -> float | None:
    return None if value != value else float(f"{value:.5g}")

"""Forecasts of vital signs and early warnings."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Parameters, Service, entity_of
from api.forecastdesk import BEGINNING
from api.problems import invalid, unknown
from api.schemas.base import ColourName, Level
from api.schemas.forecast import ForecastOut, WarningList
from api.service import Services
from api.vitals.sign import Colour

router = APIRouter(tags=["forecasts"])


class Ahead(Parameters):
    """A vital sign at an entity of a level; the quarter when nothing is said."""

    level: Level = "quarter"
    entity: Annotated[str | None, Query(max_length=160)] = None
    lead: Annotated[
        int | None, Query(ge=1, le=1440, description="Minutes ahead; all leads when not given.")
    ] = None


class Warned(Parameters):
    level: Level | None = None
    least: ColourName = "yellow"


@router.get("/vitals/{indicator}/forecast", summary="One vital sign, 15 min to 6 h ahead")
def read_forecast(
    indicator: str, ahead: Annotated[Ahead, Query()], service: Service
) -> ForecastOut:
    """Quantiles and the chance of each colour by lead, issued every quarter of an hour.

    Only what has beaten persistence and seasonal-naive is shown; each lead tells its record.
    Without a forecast the answer gives the reason.
    """
    if not service.names.known(indicator):
        raise unknown("indicator", indicator)
    lead = _lead(service, ahead.lead)
    key, entity = (indicator, ahead.level), entity_of(service, ahead.level, ahead.entity)
    if entity not in service.forecasts.entities(key):
        raise unknown("vital sign", f"{indicator} of {entity}")
    view, outlook = service.forecast_view, service.forecasts.outlook
    reason = service.forecasts.reason(key)
    if reason is not None or outlook is None or key not in outlook.forecasts:
        return view.without(key, entity, reason or BEGINNING, outlook)
    row = outlook.forecasts[key].target.entities.index(entity)
    return view.forecast(outlook, key, row, lead)


@router.get("/forecast/warnings", summary="Colours that are likely to be reached")
def read_warnings(warned: Annotated[Warned, Query()], service: Service) -> WarningList:
    """Within six hours, with probability 0.5 or more; soonest first."""
    least = Colour[warned.least.upper()]
    return service.forecast_view.warnings(service.forecasts.outlook, least, warned.level)


def _lead(service: Services, lead: int | None) -> int | None:
    leads = service.forecasts.settings.leads_min
    if lead is not None and lead not in leads:
        raise invalid("lead", f"expected one of {', '.join(map(str, leads))}")
    return lead

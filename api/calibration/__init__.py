"""Calibration: real measurements in, a parameter file with its sources out.

    FILE ─► table (gaps, defects) ─► fitter ─► Calibrated ─► config/calibrated/NAME.toml

A fitter is one module and one row of FITTERS. Parameters are committed, the data never.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.calibration.air import AIR
from api.calibration.airlevel import AIR_LEVEL
from api.calibration.airmonitor import AIR_MONITOR
from api.calibration.fitter import Calibrated, CalibrationError, Fitter, Span
from api.calibration.pedestrians import COMMUTERS, SHOPPERS
from api.calibration.roads import ROADS
from api.calibration.sound import SOUND
from api.calibration.weather import WEATHER

_ROWS: tuple[Fitter, ...] = (
    *(WEATHER, AIR, AIR_LEVEL, AIR_MONITOR),
    *(COMMUTERS, SHOPPERS, ROADS, SOUND),
)  # one per dataset

FITTERS: Mapping[str, Fitter] = MappingProxyType({fitter.name: fitter for fitter in _ROWS})

__all__ = ["FITTERS", "Calibrated", "CalibrationError", "Fitter", "Span"]

"""From a file of real measurements to the finished report; writes nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.realism.export import csv_lines
from api.realism.limits import load_limits
from api.realism.page import page
from api.realism.readers import read_series
from api.realism.record import as_record
from api.realism.recorded import as_recorded
from api.realism.simulated import weather_air
from api.realism.split import split
from api.realism.twosample import require_classifier
from api.realism.verdict import Verdict, weather_verdict
from twin.cityconfig import load_city_config

Step = Callable[[str], None]  # called with what is being done


@dataclass(frozen=True, slots=True)
class Request:
    """What to compare; `years` of 0 exports the compared span alone."""

    file: Path
    config: Path
    seed: int
    fit: tuple[int, int] | None = None
    check: tuple[int, int] | None = None
    years: int = 0
    export: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict, and its three forms; `csv` is empty unless asked for."""

    verdict: Verdict
    record: dict[str, Any]
    html: str
    csv: tuple[str, ...]


def make_report(request: Request, step: Step) -> Report:
    """Read, simulate, compare.

    Raises RealFileError, SplitError, ConfigError or ExtraMissing.
    """
    require_classifier()
    limits, city = load_limits(request.config), load_city_config(request.config)
    parts = split(read_series(request.file), request.fit, request.check)
    step(f"simulating {parts.fit_name}")
    hours = max(len(parts.fit), request.years * 8766)
    exact = weather_air(city, parts.fit.first_min, hours, request.seed)
    recorded = as_recorded(exact.rows(0, len(parts.fit)), parts.fit)
    verdict = weather_verdict(recorded, parts, limits, request.seed, step)
    about = {"file": request.file.name, "seed": request.seed}
    csv = tuple(csv_lines(recorded, exact)) if request.export else ()
    return Report(verdict, as_record(verdict, about), page(verdict, about), csv)

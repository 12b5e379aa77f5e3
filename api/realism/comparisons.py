"""What is simulated and compared for each kind of real file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from api.calibration.pedestrians import is_commuter, is_shopping, weeks_of
from api.realism import simulated
from api.realism.limits import RealismLimits
from api.realism.monitor import observed
from api.realism.recorded import as_recorded
from api.realism.series import Series
from api.realism.shapes import SiteKind
from api.realism.split import Split, SplitError
from api.realism.verdict import Verdict, shape_verdict, texture_verdict, weather_verdict
from twin.cityconfig import CityConfig, load_city_config
from twin.geography import load_geography

Step = Callable[[str], None]  # called with what is being done
_HOURS_OF_YEAR = 8766
_AREA = "core"


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
class Job:
    """The request with what was read for it."""

    request: Request
    whole: Series
    parts: Split
    limits: RealismLimits
    step: Step

    @property
    def rows(self) -> int:
        """Rows to simulate: the part to fit, or more when more is exported."""
        fit = self.parts.fit
        return max(len(fit), self.request.years * _HOURS_OF_YEAR * 60 // fit.step_min)

    def progress(self, share: float) -> None:
        """Tell how much of the span is simulated."""
        self.step(f"simulating {self.parts.fit_name}: {100 * share:.0f} %")


@dataclass(frozen=True, slots=True)
class Done:
    """The verdict, and the simulated series as compared and as made."""

    verdict: Verdict
    recorded: Series
    exact: Series


def _weather_air(job: Job) -> Done:
    """The file of the years that the climate and its haze were fitted on."""
    config = load_city_config(job.request.config)
    exact = _simulated(job, config, simulated.weather_air)
    return _hourly(job, exact, exact)


def _air(job: Job) -> Done:
    """A file of later years: PM2.5 at today's level, told by the same monitor."""
    config = load_city_config(job.request.config)
    exact = _simulated(job, config, simulated.present_air)
    return _hourly(job, exact, observed(exact, config, job.request.seed))


def _simulated(job: Job, config: CityConfig, simulate: Callable[..., Series]) -> Series:
    made: Series = simulate(
        config, job.parts.fit.first_min, job.rows, job.request.seed, job.progress
    )
    return made


def _hourly(job: Job, exact: Series, told: Series) -> Done:
    """`told` is the exact series as its instruments tell it, before rounding."""
    fit = job.parts.fit
    recorded = as_recorded(told.rows(0, len(fit)), fit)
    verdict = weather_verdict(recorded, job.parts, job.limits, job.request.seed, job.step)
    return Done(verdict, recorded, exact)


def _vehicles(job: Job) -> Done:
    folder, fit = job.request.config, job.parts.fit
    config, geography = load_city_config(folder), load_geography(folder, _AREA)
    exact = simulated.vehicles(
        config, geography, fit.first_min, job.rows, job.request.seed, job.progress
    )
    recorded = as_recorded(exact.rows(0, len(fit)), fit)
    kind = SiteKind("road", "主干道", "main road", ("vehicles_h",), "vehicles_h")
    return Done(shape_verdict((kind,), recorded, job.parts, job.limits), recorded, exact)


def _pedestrians(job: Job) -> Done:
    folder, fit = job.request.config, job.parts.fit
    config, geography = load_city_config(folder), load_geography(folder, _AREA)
    kinds = site_kinds(job.whole)
    exact = simulated.pedestrians(
        config, geography, fit.first_min, job.rows, job.request.seed, job.progress
    )
    recorded = exact.rows(0, len(fit))
    return Done(shape_verdict(kinds, recorded, job.parts, job.limits), recorded, exact)


def site_kinds(series: Series) -> tuple[SiteKind, ...]:
    """The main commuters' and shoppers' sites among the columns. SplitError without any."""
    found = [
        SiteKind(name, zh, en, tuple(weeks_of(series, looks)), name)
        for name, zh, en, looks in (
            ("commuter", "通勤者", "commuters", is_commuter),
            ("shopping", "购物者", "shoppers", is_shopping),
        )
    ]
    if not any(kind.sites for kind in found):
        raise SplitError("no site looks like a commuters' or a shoppers' street")
    return tuple(kind for kind in found if kind.sites)


def _sound(job: Job) -> Done:
    folder, fit = job.request.config, job.parts.fit
    config, geography = load_city_config(folder), load_geography(folder, _AREA)
    exact = simulated.sound(
        config, geography, fit.first_min, job.rows, job.request.seed, job.progress
    )
    recorded = as_recorded(exact.rows(0, len(fit)), fit)
    verdict = texture_verdict(recorded, job.parts, job.limits, job.request.seed, job.step)
    return Done(verdict, recorded, exact)


COMPARISONS: Mapping[str, Callable[[Job], Done]] = MappingProxyType(
    {
        "weather_air": _weather_air,
        "air": _air,
        "vehicles": _vehicles,
        "sound": _sound,
        "pedestrians": _pedestrians,
    }
)

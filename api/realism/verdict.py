"""The whole comparison of one simulated span with the two parts of a real file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.realism.distances import compare
from api.realism.limits import RealismLimits
from api.realism.lines import Line, judge
from api.realism.randomwalk import random_walk
from api.realism.series import Series
from api.realism.shapes import SiteKind, shape_lines
from api.realism.split import Split
from api.realism.telling import Telling, telling
from api.realism.texture import DEVIATION, deviations
from api.realism.twosample import TwoSample, two_sample

Step = Callable[[str], None]  # called with what is being done
WEATHER = ("temp_c", "rh_pct", "pressure_hpa", "wind_m_s", "rain_mm")
AIR = ("pm25_ug_m3",)
TRIALS = {
    "weather": ("天气", "weather", WEATHER),
    "pm25": ("PM2.5", "PM2.5", AIR),
    "together": ("天气与PM2.5", "weather and PM2.5 together", (*WEATHER, *AIR)),
    "texture": ("声级分钟纹理", "minute texture of sound", (DEVIATION,)),
}
WINDOW_H, WINDOW_MIN = 24, 60


@dataclass(frozen=True, slots=True)
class Trial:
    """One classifier test: the span against the part to check, beside real and random walk."""

    id: str
    name_zh: str
    name_en: str
    columns: tuple[str, ...]
    simulated: TwoSample
    real: TwoSample
    random_walk_auc: float


@dataclass(frozen=True, slots=True)
class Alone:
    """How well one column alone tells the span apart, and real from real."""

    column: str
    simulated_auc: float
    real_auc: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Lines of the verdict, the classifier tests behind some of them, and what was compared."""

    kind: str
    lines: tuple[Line, ...]
    trials: tuple[Trial, ...]
    alone: tuple[Alone, ...]
    simulated: Series
    split: Split
    shapes: tuple[SiteKind, ...] = ()
    telling: tuple[Telling, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every line passed."""
        return all(line.passed for line in self.lines)

    @property
    def control(self) -> tuple[int, int, int]:
        """Of the lines that spare real years can tell: how many these pass, how many the
        simulated span passes, and how many they are."""
        told = [line for line in self.lines if line.control is not None]
        return (
            sum(bool(line.control) for line in told),
            sum(line.passed for line in told),
            len(told),
        )


def weather_verdict(
    simulated: Series, parts: Split, limits: RealismLimits, seed: int, step: Step
) -> Verdict:
    """Statistics and classifier; `simulated` is recorded like the part to fit."""
    step("statistics")
    control = () if parts.spare is None else compare(parts.spare, parts.check)
    yardstick = compare(parts.fit, parts.check)
    lines = judge(compare(simulated, parts.check), yardstick, limits, control)
    walk = random_walk(parts.fit, seed)
    trials = [
        _trial(name, simulated, walk, parts, limits, step)
        for name, (_, _, columns) in TRIALS.items()
        if set(columns) <= set(parts.check.columns)
    ]
    lines += [auc_line(trial, limits) for trial in trials]
    alone = _alone(simulated, parts, limits, step)
    columns = [name for name in (*WEATHER, *AIR) if name in parts.check]
    return Verdict(
        kind=parts.check.kind,
        lines=tuple(lines),
        trials=tuple(trials),
        alone=alone,
        simulated=simulated,
        split=parts,
        telling=telling(simulated, parts, columns, WINDOW_H),
    )


def _trial(
    name: str, simulated: Series, walk: Series, parts: Split, limits: RealismLimits, step: Step
) -> Trial:
    zh, en, columns = TRIALS[name]
    step(f"telling apart: {en}")
    size = WINDOW_H if parts.check.step_min == 60 else WINDOW_MIN
    settings = limits.classifier
    once = settings.model_copy(update={"repeats": 1})
    baseline = two_sample(walk, parts.check, columns, size, once, importance=False)
    return Trial(
        id=name,
        name_zh=zh,
        name_en=en,
        columns=columns,
        simulated=two_sample(simulated, parts.check, columns, size, settings),
        real=two_sample(parts.fit, parts.check, columns, size, settings),
        random_walk_auc=baseline.auc,
    )


def _alone(simulated: Series, parts: Split, limits: RealismLimits, step: Step) -> tuple[Alone, ...]:
    """Column by column, the one that gives most away first."""
    once = limits.classifier.model_copy(update={"repeats": 1})
    found = []
    for column in (*WEATHER, *AIR):
        if column in parts.check and len(parts.check.columns) > 1:
            step(f"telling apart by {column} alone")
            aucs = [
                two_sample(first, parts.check, (column,), WINDOW_H, once, importance=False).auc
                for first in (simulated, parts.fit)
            ]
            found.append(Alone(column, aucs[0], aucs[1]))
    return tuple(sorted(found, key=lambda one: -one.simulated_auc))


def shape_verdict(
    kinds: Sequence[SiteKind], simulated: Series, parts: Split, limits: RealismLimits
) -> Verdict:
    """Weekly profiles and the variance of days, kind of site by kind of site."""
    lines = [line for kind in kinds for line in shape_lines(kind, simulated, parts, limits)]
    return Verdict(parts.check.kind, tuple(lines), (), (), simulated, parts, tuple(kinds))


def texture_verdict(
    simulated: Series, parts: Split, limits: RealismLimits, seed: int, step: Step
) -> Verdict:
    """Minutes around the hour's median: statistics and a classifier on windows of an hour."""
    made, fit, check = (deviations(part) for part in (simulated, parts.fit, parts.check))
    flat = Split(fit, check, parts.fit_name, parts.check_name)
    lines = judge(compare(made, check), compare(fit, check), limits)
    trial = _trial("texture", made, random_walk(fit, seed), flat, limits, step)
    lines.append(auc_line(trial, limits))
    features = telling(made, flat, (DEVIATION,), WINDOW_MIN)
    return Verdict(check.kind, tuple(lines), (trial,), (), made, flat, telling=features)


def auc_line(trial: Trial, limits: RealismLimits) -> Line:
    """AUC at most that of real against real plus the margin."""
    auc, usual = trial.simulated.auc, trial.real.auc
    limit = max(usual, 0.5) + limits.auc_margin
    passed = bool(auc <= limit)
    return Line(
        id=f"auc.{trial.id}",
        family="classifier",
        name_zh=f"双样本检验 AUC：{trial.name_zh}",
        name_en=f"two-sample AUC: {trial.name_en}",
        unit="",
        relative=False,
        simulated=(auc,),
        real=(usual,),
        distance=auc,
        yardstick=usual,
        floor=None,
        limit=limit,
        passed=passed,
        reason="" if passed else f"told apart by {_marks(trial.simulated.gives_away)}",
    )


def _marks(blocks: Sequence[tuple[str, float]], count: int = 3) -> str:
    return ", ".join(f"{name} ({loss:+.3f})" for name, loss in blocks[:count])

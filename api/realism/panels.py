"""The plots of the report: for every quantity its year, day, spread and memory, three times."""

from collections.abc import Callable, Sequence

import numpy as np

from api.realism import measures
from api.realism.charts import Curve, chart, wide_chart
from api.realism.lines import DAYS, MONTHS
from api.realism.recorded import STEPS
from api.realism.series import Series
from api.realism.shapes import SiteKind, mean_profile
from api.realism.spells import dry_spells, wet_spells
from api.realism.statistics import NAMES
from api.realism.texture import DEVIATION, spread_by_hour
from api.realism.verdict import Verdict
from twin.arrays import Floats

Parts = Sequence[tuple[str, Series]]  # style and series
_SHARES = tuple(float(share) for share in np.linspace(0.01, 0.99, 50))
_LAGS = np.array([1, 2, 3, 4, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72, 96])
_SAMPLE_H, _WIDE, _NOON_MIN = 14 * 24, 940, 720


def panels(verdict: Verdict) -> list[tuple[str, list[str]]]:
    """Heading and charts, quantity by quantity."""
    parts: Parts = (
        ("fit", verdict.split.fit),
        ("check", verdict.split.check),
        ("sim", verdict.simulated),
    )
    if verdict.kind == "sound":
        return [("分钟偏差 · minute deviation (dB)", _texture(parts))]
    if verdict.shapes:
        return [_week(shape, parts) for shape in verdict.shapes]
    columns = [name for name in NAMES if name in verdict.simulated and name != "wind_class"]
    return [(_heading(column), _charts(parts, column)) for column in columns]


def _heading(column: str) -> str:
    zh, en, unit = NAMES[column]
    return f"{zh} · {en} ({unit})"


def _charts(parts: Parts, column: str) -> list[str]:
    months, hours = np.arange(12.0), np.arange(24.0)
    charts = [
        _each("月平均 · monthly means", parts, months, lambda s: measures.monthly_means(s, column),
              [(float(n), MONTHS[n]) for n in (0, 3, 6, 9)]),
        _each("日变化 · hour of day", parts, hours, lambda s: _hours(s, column), _clock()),
        _each("自相关 · autocorrelation (h)", parts, _LAGS.astype(np.float64),
              lambda s: _memory(s, column), [(float(n), str(n)) for n in (1, 24, 48, 72, 96)]),
    ]  # fmt: skip
    charts.insert(2, _rain_spread(parts) if column == "rain_mm" else _spread(parts, column))
    if column == "rain_mm":
        charts += [_spells("雨段长度 · wet spells (h)", parts, wet_spells),
                   _spells("晴段长度 · dry spells (h)", parts, dry_spells)]  # fmt: skip
    return [*charts, _sample(parts, column)]


def _each(
    title: str,
    parts: Parts,
    x: Floats,
    measure: Callable[[Series], Floats],
    ticks: Sequence[tuple[float, str]] = (),
) -> str:
    return chart(title, [Curve(style, x, measure(series)) for style, series in parts], ticks)


def _hours(series: Series, column: str) -> Floats:
    return measures.group_means(series[column], series.hour, 24)


def _memory(series: Series, column: str) -> Floats:
    return np.array([measures.autocorrelation(series[column], int(lag)) for lag in _LAGS])


def _spread(parts: Parts, column: str) -> str:
    step = STEPS.get(column, 0.0)
    return _each("分位数 · quantiles (%)", parts, 100 * np.array(_SHARES),
                 lambda s: measures.quantiles(s[column], _SHARES, step))  # fmt: skip


def _rain_spread(parts: Parts) -> str:
    return _each("雨强分位数 · intensity of wet hours (%)", parts, 100 * np.array(_SHARES),
                 lambda s: measures.rain_quantiles_mm(s, _SHARES))  # fmt: skip


def _spells(title: str, parts: Parts, spells: Callable[[Series], Floats]) -> str:
    """Length that this share of the spells stays below, on a logarithmic scale."""

    def lengths(series: Series) -> Floats:
        return np.log10(np.maximum(0.1, measures.quantiles(spells(series), _SHARES, 1.0)))

    return _each(f"lg {title} (%)", parts, 100 * np.array(_SHARES), lengths)


def _sample(parts: Parts, column: str) -> str:
    """The same fortnight of spring, real and simulated."""
    curves = []
    for style, series in parts:
        first = int(np.argmax((series.month == 3) & (series.hour == 0)))
        values = series[column][first : first + _SAMPLE_H]
        if style != "fit":
            curves.append(Curve(style, np.arange(len(values), dtype=np.float64), values))
    ticks = [(24.0 * day, str(day + 1)) for day in range(0, 14, 2)]
    return wide_chart("两周逐时 · a fortnight hour by hour (day)", curves, ticks, _WIDE)


def _clock() -> list[tuple[float, str]]:
    return [(float(hour), str(hour)) for hour in (0, 6, 12, 18, 23)]


def _week(shape: SiteKind, parts: Parts) -> tuple[str, list[str]]:
    """The usual week over its mean, and the day's means over theirs."""
    hours = np.arange(168.0)
    weeks, days = [], []
    for style, series in parts:
        sites = (shape.simulated,) if style == "sim" else shape.sites
        weeks.append(Curve(style, hours, mean_profile(series, sites)))
        mean = np.mean([_daily(series, site) for site in sites], axis=0)
        days.append(Curve(style, np.arange(len(mean), dtype=np.float64), mean))
    ticks = [(24.0 * day, name) for day, name in enumerate(DAYS)]
    heading = f"{shape.name_zh} · {shape.name_en} ({', '.join(shape.sites)})"
    return heading, [
        wide_chart("一周 · the week over its mean", weeks, ticks, _WIDE),
        wide_chart("逐日 · day by day over their mean (day)", days, (), _WIDE),
    ]


def _daily(series: Series, column: str) -> Floats:
    days = measures.daily_means(series, column)
    return np.asarray(days / np.nanmean(days))


def _texture(parts: Parts) -> list[str]:
    lags = np.array([1, 2, 3, 5, 8, 12, 15, 20, 30, 45])
    shares = 100 * np.array(_SHARES)

    def memory(series: Series) -> Floats:
        values = series[DEVIATION]
        return np.array([measures.autocorrelation(values, int(lag)) for lag in lags])

    sample = [
        Curve(style, np.arange(360.0), series[DEVIATION][_NOON_MIN : _NOON_MIN + 360])
        for style, series in parts
        if style != "fit"
    ]
    return [
        _each("分位数 · quantiles (%)", parts, shares,
              lambda s: measures.quantiles(s[DEVIATION], _SHARES)),
        _each("自相关 · autocorrelation (min)", parts, lags.astype(np.float64), memory),
        _each("各时段起伏 · by hour of day", parts, np.arange(24.0), spread_by_hour, _clock()),
        wide_chart("六小时逐分钟 · six hours minute by minute (min)", sample, (), _WIDE),
    ]  # fmt: skip

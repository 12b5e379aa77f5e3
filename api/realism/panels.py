"""The plots of the report: for every quantity its year, day, spread and memory, three times."""

from collections.abc import Callable, Sequence

import numpy as np

from api.realism import measures
from api.realism.charts import Curve, chart, wide_chart
from api.realism.lines import MONTHS
from api.realism.recorded import STEPS
from api.realism.series import Series
from api.realism.spells import dry_spells, wet_spells
from api.realism.statistics import NAMES
from api.realism.verdict import Verdict
from twin.arrays import Floats

Parts = Sequence[tuple[str, Series]]  # style and series
_SHARES = tuple(float(share) for share in np.linspace(0.01, 0.99, 50))
_LAGS = np.array([1, 2, 3, 4, 6, 9, 12, 18, 24, 30, 36, 48, 60, 72, 96])
_SAMPLE_H, _WIDE = 14 * 24, 940


def panels(verdict: Verdict) -> list[tuple[str, list[str]]]:
    """Heading and charts, quantity by quantity."""
    parts: Parts = (
        ("fit", verdict.split.fit),
        ("check", verdict.split.check),
        ("sim", verdict.simulated),
    )
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

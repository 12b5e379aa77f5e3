"""The statistics by which two series are compared, as a table.

A row measures one number or a profile; its distance is the root mean square over the profile,
absolute in its unit or, for a relative row, as a share of the second series.
"""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from api.realism import measures
from api.realism.recorded import STEPS
from api.realism.series import Series
from api.realism.spells import dry_spells, wet_spells
from api.realism.statistic import Measure, Statistic
from api.realism.texture import TEXTURE
from twin.arrays import Floats

LAGS_H = (1, 3, 6, 24, 72)
QUANTILES = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
RAIN_QUANTILES = (0.50, 0.75, 0.90, 0.99)
SPELL_QUANTILES = (0.50, 0.90)
NAMES = {
    "temp_c": ("气温", "temperature", "°C"),
    "dew_point_c": ("露点", "dew point", "°C"),
    "rh_pct": ("相对湿度", "relative humidity", "%"),
    "pressure_hpa": ("气压", "pressure", "hPa"),
    "wind_m_s": ("风速", "wind speed", "m/s"),
    "wind_class": ("风向", "wind direction", "%"),
    "rain_mm": ("降雨", "rain", "mm/h"),
    "pm25_ug_m3": ("PM2.5", "PM2.5", "µg/m³"),
}
_RELATIVE = {"rain_mm": "rain_share", "pm25_ug_m3": "pm25_share"}
_CROSS = (("wind_m_s", "pm25_ug_m3"), ("rain_mm", "pm25_ug_m3"), ("temp_c", "rh_pct"))
_WIND_CLASSES = 5


def statistics(columns: Iterable[str]) -> tuple[Statistic, ...]:
    """All rows whose columns are there."""
    known = set(columns)
    return tuple(row for row in (*TABLE, *TEXTURE) if set(row.needs) <= known)


def _column_rows(column: str) -> Iterable[Statistic]:
    """Months, hours, quantiles, memory and days of one measured quantity."""
    zh, en, unit = NAMES[column]
    floor = _RELATIVE.get(column, column)
    ratio = column in _RELATIVE

    def row(name: str, family: str, measure: Measure, title: tuple[str, str]) -> Statistic:
        return Statistic(
            f"{column}.{name}",
            family,
            (column,),
            measure,
            floor,
            unit,
            f"{zh}{title[0]}",
            f"{en}: {title[1]}",
            ratio,
        )

    yield row(
        "months",
        "months",
        partial(measures.monthly_means, column=column),
        ("月平均", "monthly means"),
    )
    yield _hours(column)
    if column != "rain_mm":
        for share in QUANTILES:
            yield row(
                f"q{round(100 * share):02d}",
                "quantiles",
                _quantile(column, share),
                (f"{100 * share:g}%分位", f"{100 * share:g} % quantile"),
            )
    for lag in LAGS_H:
        yield Statistic(
            f"{column}.r{lag}h",
            "memory",
            (column,),
            _memory(column, lag),
            "autocorrelation",
            "",
            f"{zh}自相关 {lag} h",
            f"{en}: autocorrelation {lag} h",
        )
    yield Statistic(
        f"{column}.days",
        "days",
        (column,),
        partial(measures.day_to_day_sd, column=column),
        "day_to_day_share",
        unit,
        f"{zh}日际变化标准差",
        f"{en}: day-to-day deviation",
        True,
    )


def _hours(column: str) -> Statistic:
    zh, en, unit = NAMES[column]
    ratio = column in _RELATIVE
    measure = measures.hour_share if ratio else measures.hour_profile
    floor = {"rain_mm": "rain_share", "pm25_ug_m3": "profile_share"}.get(column, column)
    return Statistic(
        f"{column}.hours",
        "hours",
        (column,),
        partial(measure, column=column),
        floor,
        "" if ratio else unit,
        f"{zh}日变化",
        f"{en}: hour of day",
        ratio,
    )


def _quantile(column: str, share: float) -> Measure:
    step = STEPS.get(column, 0.0)
    return lambda series: measures.quantiles(series[column], (share,), step)


def _memory(column: str, lag: int) -> Measure:
    return lambda series: measures.autocorrelation(series[column], lag)


def _rain_rows() -> Iterable[Statistic]:
    needs = ("rain_mm",)
    yield Statistic(
        "rain_mm.wet",
        "rain",
        needs,
        measures.wet_share_pct,
        "wet_share_pct",
        "%",
        "有雨小时比例",
        "wet-hour share",
    )
    yield Statistic(
        "rain_mm.wet_months",
        "rain",
        needs,
        measures.monthly_wet_share_pct,
        "monthly_wet_pct",
        "%",
        "各月有雨小时比例",
        "wet-hour share by month",
    )
    for share in RAIN_QUANTILES:
        yield Statistic(
            f"rain_mm.q{round(100 * share):02d}",
            "rain",
            needs,
            _rain(share),
            "rain_share",
            "mm/h",
            f"雨强{100 * share:g}%分位",
            f"rain intensity {100 * share:g} % quantile",
            True,
        )
    for name, spells, title in (
        ("wet", wet_spells, ("雨段", "wet spells")),
        ("dry", dry_spells, ("晴段", "dry spells")),
    ):
        yield Statistic(
            f"rain_mm.{name}_mean",
            "rain",
            needs,
            _mean(spells),
            "spell_share",
            "h",
            f"{title[0]}平均长度",
            f"{title[1]}: mean length",
            True,
        )
        for share in SPELL_QUANTILES:
            yield Statistic(
                f"rain_mm.{name}_q{round(100 * share)}",
                "rain",
                needs,
                _spell(spells, share),
                "spell_share",
                "h",
                f"{title[0]}长度{100 * share:g}%分位",
                f"{title[1]}: {100 * share:g} % quantile",
                True,
            )


def _rain(share: float) -> Measure:
    return lambda series: measures.rain_quantiles_mm(series, (share,))


def _mean(spells: Callable[[Series], Floats]) -> Measure:
    def mean(series: Series) -> float:
        lengths = spells(series)
        return float(lengths.mean()) if len(lengths) else float("nan")

    return mean


def _spell(spells: Callable[[Series], Floats], share: float) -> Measure:
    """Spells last whole hours: the quantile of lengths spread evenly within their hour."""
    return lambda series: measures.quantiles(spells(series), (share,), 1.0)


def _cross_rows() -> Iterable[Statistic]:
    for first, second in _CROSS:
        zh, en = (f"{NAMES[first][n]}–{NAMES[second][n]}" for n in (0, 1))
        yield Statistic(
            f"{first}~{second}",
            "cross",
            (first, second),
            _cross(first, second),
            "cross_correlation",
            "",
            f"{zh}相关",
            f"{en}: correlation",
        )


def _cross(first: str, second: str) -> Measure:
    return lambda series: measures.correlation(series[first], series[second])


def _wind_classes(series: Series) -> Floats:
    classes = series["wind_class"]
    present = classes[~np.isnan(classes)].astype(np.int64)
    return np.asarray(100 * np.bincount(present, minlength=_WIND_CLASSES) / max(1, len(present)))


TABLE: tuple[Statistic, ...] = (
    *(row for column in NAMES if column != "wind_class" for row in _column_rows(column)),
    *_rain_rows(),
    *_cross_rows(),
    Statistic(
        "wind_class.shares",
        "quantiles",
        ("wind_class",),
        _wind_classes,
        "wind_class_pct",
        "%",
        "风向频率",
        "wind direction: shares",
    ),
)

"""Minute texture of sound: what is left when the hour's own median is taken away."""

from functools import partial

import numpy as np

from api.realism import measures
from api.realism.series import Series
from api.realism.statistic import Measure, Statistic
from twin.arrays import Floats

DEVIATION = "deviation_db"
LAGS_MIN = (1, 2, 5, 15, 30)
QUANTILES = (0.01, 0.05, 0.25, 0.75, 0.95, 0.99)
_LOUD_DB = 6.0  # over the hour's median
_HOUR = 60
_LEAST_MINUTES = 30


def deviations(series: Series, column: str = "laeq_db") -> Series:
    """Each minute's level less the median of its clock hour; thin hours are missing."""
    hour = series.minutes // _HOUR
    hour = hour - hour[0]
    values = np.full((int(hour[-1]) + 1, _HOUR), np.nan)
    values[hour, series.minutes % _HOUR] = series[column]
    thin = np.count_nonzero(~np.isnan(values), axis=1) < _LEAST_MINUTES
    values[thin] = np.nan
    median = np.full((len(values), 1), np.nan)
    median[~thin, 0] = np.nanmedian(values[~thin], axis=1)
    rest = (values - median)[hour, series.minutes % _HOUR]
    return series.having({DEVIATION: rest})


def _quantile(share: float) -> Measure:
    return lambda series: measures.quantiles(series[DEVIATION], (share,))


def _memory(lag: int) -> Measure:
    return lambda series: measures.autocorrelation(series[DEVIATION], lag)


def step_sd(series: Series) -> float:
    """Standard deviation of the change from minute to minute."""
    steps = np.diff(series[DEVIATION])
    steps = steps[~np.isnan(steps)]
    return float(steps.std()) if len(steps) > _LEAST_MINUTES else float("nan")


def loud_pct(series: Series) -> float:
    """Percent of the minutes that are 6 dB or more over the hour's median."""
    present = series[DEVIATION][~np.isnan(series[DEVIATION])]
    return 100 * float(np.mean(present >= _LOUD_DB)) if len(present) else float("nan")


def spread_by_hour(series: Series) -> Floats:
    """Standard deviation within the hour, for each hour of the day."""
    square = measures.group_means(series[DEVIATION] ** 2, series.hour, 24)
    return np.asarray(np.sqrt(square))


_row = partial(Statistic, family="texture", needs=(DEVIATION,))
TEXTURE: tuple[Statistic, ...] = (
    *(
        _row(
            id=f"{DEVIATION}.q{round(100 * share):02d}", measure=_quantile(share),
            floor="level_db", unit="dB", name_zh=f"分钟偏差{100 * share:g}%分位",
            name_en=f"minute deviation: {100 * share:g} % quantile",
        )
        for share in QUANTILES
    ),
    *(
        _row(
            id=f"{DEVIATION}.r{lag}min", measure=_memory(lag), floor="autocorrelation", unit="",
            name_zh=f"分钟偏差自相关 {lag} min",
            name_en=f"minute deviation: autocorrelation {lag} min",
        )
        for lag in LAGS_MIN
    ),
    _row(id=f"{DEVIATION}.step", measure=step_sd, floor="step_share", unit="dB", relative=True,
         name_zh="逐分钟变化标准差", name_en="minute to minute: deviation"),
    _row(id=f"{DEVIATION}.loud", measure=loud_pct, floor="loud_pct", unit="%",
         name_zh="高出6分贝的分钟", name_en="minutes 6 dB over the median"),
    _row(id=f"{DEVIATION}.hours", measure=spread_by_hour, floor="level_db", unit="dB",
         name_zh="各时段起伏", name_en="deviation by hour of day"),
)  # fmt: skip

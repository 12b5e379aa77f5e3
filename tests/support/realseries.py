"""Made-up series and files of the same format as the real ones."""

from pathlib import Path

import numpy as np

from api.realism.recorded import as_recorded
from api.realism.series import Series
from twin.arrays import Floats

FIRST_MIN = int(np.datetime64("2012-01-01T00:00", "m").astype(np.int64))
CLASSES = ("NE", "SE", "SW", "NW", "cv")


def memory(rng: np.random.Generator, hours: int, phi: float) -> Floats:
    """An AR(1) series of unit variance."""
    values = rng.standard_normal(hours) * np.sqrt(1 - phi * phi)
    values[0] = rng.standard_normal()
    for hour in range(1, hours):
        values[hour] += phi * values[hour - 1]
    return values


def weather(days: int, seed: int) -> Series:
    """A plain but coherent climate, recorded as the real file is."""
    rng = np.random.default_rng(seed)
    hours = 24 * days
    hour = np.arange(hours)
    day, clock = hour / 24, hour % 24
    year = np.cos(2 * np.pi * (day - 200) / 365.25)
    wave = np.cos(2 * np.pi * (clock - 14) / 24)
    temp = 17 + 11 * year + 3 * wave + 2.5 * memory(rng, hours, 0.98)
    rain = np.where(memory(rng, hours, 0.9) > 1.3, rng.gamma(0.8, 1.5, hours), 0.0)
    wind = np.abs(4 + 1.6 * memory(rng, hours, 0.9) + 0.7 * wave)
    depression = np.abs(5 + 2 * wave + 3 * memory(rng, hours, 0.95)) * (rain < 0.1) + 0.5
    pm25 = 50 * np.exp(0.6 * memory(rng, hours, 0.97)) * (wind / 4) ** -0.3
    truth = {
        "temp_c": temp,
        "dew_point_c": temp - depression,
        "rh_pct": temp,
        "pressure_hpa": 1016 - 9 * year + 5 * memory(rng, hours, 0.995),
        "wind_m_s": wind,
        "wind_class": np.floor(rng.uniform(0, 4, hours)),
        "rain_mm": rain,
        "pm25_ug_m3": pm25,
    }
    series = Series("weather_air", FIRST_MIN, 60, truth)
    return as_recorded(series, series)


def write_shanghai(path: Path, series: Series, leave_out: str = "") -> Path:
    """The series as a file of the Shanghai format, wind cumulated as there."""
    header = "No,year,month,day,hour,season,PM_Jingan,PM_US Post,PM_Xuhui,DEWP,HUMI,PRES,TEMP,"
    names = (header + "cbwd,Iws,precipitation,Iprec").split(",")
    rows = [_row(series, number, cumulated) for number, cumulated in enumerate(_sums(series))]
    kept = [place for place, name in enumerate(names) if name != leave_out]
    lines = [",".join(row[place] for place in kept) for row in [names, *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _sums(series: Series) -> list[float]:
    sums: list[float] = []
    classes = series["wind_class"]
    for number, wind in enumerate(series["wind_m_s"]):
        goes_on = number > 0 and classes[number] == classes[number - 1]
        sums.append(float(wind) + (sums[-1] if goes_on else 0.0))
    return sums


def _row(series: Series, number: int, cumulated: float) -> list[str]:
    moment = str(series.times[number])
    year, month, day = (str(int(part)) for part in moment[:10].split("-"))

    def cell(column: str) -> str:
        value = series[column][number]
        return "NA" if np.isnan(value) else f"{value:g}"

    wind = CLASSES[int(series["wind_class"][number])]
    return [
        str(number + 1), year, month, day, str(int(moment[11:13])), "1", "NA", cell("pm25_ug_m3"),
        "NA", cell("dew_point_c"), cell("rh_pct"), cell("pressure_hpa"), cell("temp_c"), wind,
        f"{cumulated:g}", cell("rain_mm"), "0",
    ]  # fmt: skip

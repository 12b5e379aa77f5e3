"""The simulated series as CSV, so that others can judge it with their own tools."""

from collections.abc import Iterator

import numpy as np

from api.realism.readers.shanghai import CLASSES
from api.realism.series import Series


def csv_lines(recorded: Series, exact: Series) -> Iterator[str]:
    """A header and a row per step, local clock.

    Each quantity stands twice: as it was compared (rounded, blank where the real file is
    missing), and as `NAME_exact`, unrounded and without gaps. `exact` may go on for longer.
    """
    names = list(recorded.columns)
    yield ",".join(["time_local", *names, *(f"{name}_exact" for name in names)])
    times = np.datetime_as_string(exact.times, unit="m")
    for row, time in enumerate(times):
        compared = [_cell(recorded, name, row) if row < len(recorded) else "" for name in names]
        yield ",".join([time, *compared, *(_cell(exact, name, row) for name in names)])


def _cell(series: Series, name: str, row: int) -> str:
    value = float(series[name][row])
    if np.isnan(value):
        return ""
    return CLASSES[int(value)] if name == "wind_class" else f"{value:.6g}"

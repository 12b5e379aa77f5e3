"""How real the streams are: a simulated span beside a file of measurements.

    FILE ─► readers ─► Series ─┬─► part to fit ─────────► statistics ─► real-to-real distance ─┐
                               └─► part to check ─► statistics ─► simulated-to-real distance ──┤
    city ─► simulated ─► recorded (rounded, with gaps) ─► Series                               ▼
                                                               Line (passed or why not) ─► report

The yardstick is how far one real year is from the next, measured in the same way.
"""

from api.realism.distances import Distance, compare, measure_all
from api.realism.lines import Line, judge
from api.realism.readers import read_series
from api.realism.readers.table import RealFileError
from api.realism.recorded import as_recorded
from api.realism.series import Series
from api.realism.twosample import TwoSample, two_sample, two_sample_auc

__all__ = [
    "Distance",
    "Line",
    "RealFileError",
    "Series",
    "TwoSample",
    "as_recorded",
    "compare",
    "judge",
    "measure_all",
    "read_series",
    "two_sample",
    "two_sample_auc",
]

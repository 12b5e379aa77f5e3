"""From a file of real measurements to the finished report; writes nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.realism.comparisons import COMPARISONS, Job, Request
from api.realism.export import csv_lines
from api.realism.limits import load_limits
from api.realism.page import page
from api.realism.readers import read_series
from api.realism.record import as_record
from api.realism.split import split
from api.realism.twosample import require_classifier
from api.realism.verdict import Verdict

Step = Callable[[str], None]  # called with what is being done


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
    series = read_series(request.file)
    parts = split(series, request.fit, request.check)
    job = Job(request, series, parts, load_limits(request.config), step)
    done = COMPARISONS[series.kind](job)
    about = {"file": request.file.name, "seed": request.seed}
    csv = tuple(csv_lines(done.recorded, done.exact)) if request.export else ()
    return Report(done.verdict, as_record(done.verdict, about), page(done.verdict, about), csv)

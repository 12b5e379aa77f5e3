"""What a fitter is: from a file and the years to fit to a parameter file and a few figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Report = Callable[[float], None]  # called with the share done, 0 to 1


class CalibrationError(Exception):
    """A file that cannot be fitted; says everything that is missing, and nothing is written."""

    def __init__(self, file: Path | str, problems: Sequence[str]) -> None:
        self.file, self.problems = str(file), tuple(problems)
        super().__init__(f"{file}: {'; '.join(problems)}")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole calendar years, both included; None is open."""

    first: int | None = None
    last: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Span":
        """`2010:2013`, `2012` or `` (all). ValueError with the text otherwise."""
        first, colon, last = text.partition(":")
        try:
            low = int(first) if first else None
            high = int(last) if last else None
        except ValueError:
            raise ValueError(f"{text!r}: expected years such as 2010:2013") from None
        span = cls(low, high if colon else low)
        if span.first is not None and span.last is not None and span.first > span.last:
            raise ValueError(f"{text!r}: the first year lies after the last")
        return span

    def holds(self, year: int) -> bool:
        """Whether the year is one to fit."""
        return (self.first is None or self.first <= year) and (
            self.last is None or year <= self.last
        )


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A parameter file, ready to be written, and what a person wants to know about the fit."""

    text: str
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fitter:
    """One row of the table: what `hengfu calibrate NAME FILE` does.

    `out` is the file it writes, relative to the configuration folder. `fit` raises
    CalibrationError when the file lacks what it needs.
    """

    name: str
    needs: str
    out: str
    fit: Callable[[Path, Span, Report], Calibrated]

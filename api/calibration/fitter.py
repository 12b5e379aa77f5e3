"""What a fitter is: from a file and the years to fit to a parameter file and a few figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Report = Callable[[float], None]  # called with the share done, 0 to 1
FIRST_HALF = "first-half"


class CalibrationError(Exception):
    """A file that cannot be fitted; says everything that is missing, and nothing is written."""

    def __init__(self, file: Path | str, problems: Sequence[str]) -> None:
        self.file, self.problems = str(file), tuple(problems)
        super().__init__(f"{file}: {'; '.join(problems)}")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole calendar years, both included; None is open. Or the first half of the file."""

    first: int | None = None
    last: int | None = None
    half: bool = False

    @classmethod
    def parse(cls, text: str) -> "Span":
        """`2010:2013`, `2012`, `first-half` or `` (all). ValueError with the text otherwise."""
        if text == FIRST_HALF:
            return cls(half=True)
        first, colon, last = text.partition(":")
        try:
            low = int(first) if first else None
            high = int(last) if last else None
        except ValueError:
            raise ValueError(
                f"{text!r}: expected years such as 2010:2013 or {FIRST_HALF}"
            ) from None
        span = cls(low, high if colon else low)
        if span.first is not None and span.last is not None and span.first > span.last:
            raise ValueError(f"{text!r}: the first year lies after the last")
        return span

    @property
    def text(self) -> str:
        """As a file's head says it."""
        if self.half:
            return "the first half"
        if self.first is None and self.last is None:
            return "all years"
        return f"years {self.first or 'first'} to {self.last or 'last'}"

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
    CalibrationError when the file lacks what it needs. `pool` fits several files together, each
    counted alike; None where one file is all there can be.
    """

    name: str
    needs: str
    out: str
    fit: Callable[[Path, Span, Report], Calibrated]
    pool: Callable[[Sequence[Path], Span, Report], Calibrated] | None = None

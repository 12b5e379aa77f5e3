"""What a check found, in one line, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """`fail` means that something will not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is the state of things; `do` is empty when nothing is to be done."""

    result: Result
    says: str
    do: str = ""


def ok(says: str) -> Finding:
    return Finding(Result.OK, says)


def warn(says: str, do: str) -> Finding:
    return Finding(Result.WARN, says, do)


def fail(says: str, do: str) -> Finding:
    return Finding(Result.FAIL, says, do)

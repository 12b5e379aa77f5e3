"""The truth about incidents, kept apart from readings: one line of JSON per incident."""

from collections.abc import Iterable
from pathlib import Path

import msgspec


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as it was: what, where, when, how strong and why.

    `end_ms` is None while the incident is active. `cause` is "injected" or "background".
    """

    id: str
    scenario: str
    kind: str
    target: str
    zone: str
    start_ms: int
    end_ms: int | None
    magnitude: float
    cause: str
    v: int = 1


def label_lines(labels: Iterable[Label]) -> bytes:
    """JSON lines, ordered by start and id, so that equal sets give equal bytes."""
    ordered = sorted(labels, key=lambda label: (label.start_ms, label.id))
    return b"".join(msgspec.json.encode(label) + b"\n" for label in ordered)


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """The label file of a run, replaced as a whole."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(label_lines(labels))
    part.replace(path)


def read_labels(path: Path) -> list[Label]:
    """What write_labels wrote."""
    return [msgspec.json.decode(line, type=Label) for line in path.read_bytes().splitlines()]

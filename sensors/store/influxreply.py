"""How the answers of InfluxDB look, checked while they are decoded."""

from collections.abc import Iterator
from typing import Any

import msgspec


class Series(msgspec.Struct, frozen=True):
    """A part of an answer; a long series comes in several parts."""

    columns: list[str]
    rows: list[list[Any]] = msgspec.field(name="values")
    name: str = ""
    tags: dict[str, str] = {}

    def column(self, name: str) -> list[Any]:
        """The values of one column; None where a point lacks the field."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


class Result(msgspec.Struct, frozen=True):
    """The answer to one statement."""

    series: list[Series] = []
    error: str = ""


class Answer(msgspec.Struct, frozen=True):
    """One JSON text of a body."""

    results: list[Result] = []
    error: str = ""

    def complaint(self) -> str:
        """What went wrong although the status was 200; empty when nothing did."""
        return self.error or next((one.error for one in self.results if one.error), "")

    def series(self) -> Iterator[Series]:
        for result in self.results:
            yield from result.series


class _Refusal(msgspec.Struct):
    message: str = ""  # 2.x
    error: str = ""  # 1.x and 3 Core


_decode_answer = msgspec.json.Decoder(Answer).decode
_decode_refusal = msgspec.json.Decoder(_Refusal).decode


def answer_of(text: bytes) -> Answer:
    """Raises msgspec.MsgspecError when it is none."""
    return _decode_answer(text)


def words_of(body: bytes) -> str:
    """What the server says about a refusal, without the JSON around it."""
    try:
        refusal = _decode_refusal(body)
    except msgspec.MsgspecError:
        return body.decode(errors="replace")
    return refusal.message or refusal.error


def lines_of(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The whole lines of a body that arrives in pieces."""
    rest: list[bytes] = []
    for part in parts:
        *whole, last = part.split(b"\n")
        if whole:
            yield b"".join([*rest, whole[0]])
            yield from whole[1:]
            rest = []
        rest.append(last)
    yield b"".join(rest)

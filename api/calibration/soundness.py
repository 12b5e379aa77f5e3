"""Is every number of a parameter file one? A fit that found none must not be written."""

import math
import tomllib
from collections.abc import Iterator
from typing import Any


def unsound(text: str) -> list[str]:
    """The keys, as dotted paths, whose numbers are not finite; strings are rows of numbers."""
    return sorted({key for key, number in _numbers("", tomllib.loads(text)) if not _finite(number)})


def _numbers(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _numbers(f"{key}.{name}".lstrip("."), part)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(key, part)
    elif isinstance(value, str):
        yield from ((key, word) for word in value.split())
    else:
        yield key, value


def _finite(number: Any) -> bool:
    try:
        return math.isfinite(float(number))
    except ValueError:
        return True  # a word

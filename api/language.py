"""The language of names in an answer: Chinese or English, as Accept-Language prefers."""

from typing import Annotated, Literal

from fastapi import Depends, Header

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")  # the first is taken when none is asked for
_ACCEPTED_LENGTH = 200


def preferred(header: str | None) -> Language:
    """The offered language with the highest weight; English when none is named."""
    weights = {language: _weight(header or "", language) for language in LANGUAGES}
    return max(LANGUAGES, key=lambda language: weights[language])


def _weight(header: str, language: str) -> float:
    """Of `zh-CN,zh;q=0.9,en;q=0.8`; 0 for a language that is not named or cannot be read."""
    found = 0.0
    for part in header[:_ACCEPTED_LENGTH].split(","):
        tag, _, quality = part.strip().lower().partition(";")
        if tag.split("-")[0] == language:
            found = max(found, _quality(quality))
    return found


def _quality(text: str) -> float:
    text = text.strip().removeprefix("q=")
    try:
        return min(1.0, max(0.0, float(text))) if text else 1.0
    except ValueError:
        return 0.0


def language(
    accept: Annotated[
        str | None,
        Header(alias="Accept-Language", description="zh or en: the language of `name` fields."),
    ] = None,
) -> Language:
    return preferred(accept)


Spoken = Annotated[Language, Depends(language)]

"""Which settings are secrets, whether they are any good, and keeping them off the screen."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

ENDINGS = ("_PASSWORD", "_TOKEN", "_API_KEY")
LEAST_LENGTH = 12  # config/mosquitto/start.sh refuses shorter ones
LEAST_LETTERS = 5  # different ones
PLACEHOLDERS = ("changeme", "password", "secret", "example", "placeholder", "replace", "todo")
HIDDEN = "(hidden)"
_LEAST_HIDDEN = 4  # shorter values would blot out ordinary words


def read_env_file(file: Path) -> dict[str, str]:
    """NAME=value per line, as Docker Compose reads it; OSError when it cannot be read."""
    lines = (
        line.strip() for line in file.read_text(encoding="utf-8", errors="replace").split("\n")
    )
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


def secrets_in(settings: Mapping[str, str]) -> dict[str, str]:
    """The secrets by name, with the password in the broker's address."""
    found = {name: value for name, value in settings.items() if name.endswith(ENDINGS)}
    for name in ("HENGFU_BROKER",):
        password = password_of(settings.get(name, ""))
        found |= {name: password} if password else {}
    return found


def password_of(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def weakness(value: str) -> str | None:
    """What is wrong with a secret, None when it will do."""
    if not value:
        return "is empty"
    if len(value) < LEAST_LENGTH:
        return f"is shorter than {LEAST_LENGTH} characters"
    if any(word in re.sub(r"[^a-z]", "", value.lower()) for word in PLACEHOLDERS):
        return "is a placeholder"
    if len(set(value)) < LEAST_LETTERS:
        return "repeats a few characters"
    return None


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets, whatever brought one into it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _LEAST_HIDDEN:
            text = text.replace(secret, HIDDEN)
    return text

"""Files that only a checkout has; the installed wheel is tested without them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def checkout_text(name: str) -> str:
    """The file's text; skips the test where there is no checkout around it."""
    file = ROOT / name
    if not (ROOT / "Dockerfile").is_file():
        pytest.skip("not in a checkout")
    return file.read_text(encoding="utf-8")

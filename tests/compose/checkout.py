"""Files that only a checkout has and the installed wheel has not."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def checkout_text(name: str) -> str:
    """The file's text; for tests marked `checkout`, and those that start servers."""
    return (ROOT / name).read_text(encoding="utf-8")

"""What the doctor is asked in tests: nothing runs, unless a test says so."""

from pathlib import Path
from typing import Any

from api.doctor.asked import Asked

NOBODY = "127.0.0.1:9"


def make_asked(folder: Path, **given: Any) -> Asked:
    settings: dict[str, Any] = {
        "environment": {},
        "broker": f"mqtt://{NOBODY}",
        "role": "monitor",
        "store": "duckdb",
        "data": folder / "data",
        "url": f"http://{NOBODY}",
        "env_file": folder / ".env",
        "read_config": lambda: "in order",
        "listen_s": 0.2,
    }
    return Asked(**{**settings, **given})

"""The data folder and the configuration."""

import os
import shutil
import tempfile
from pathlib import Path

from api.doctor.asked import Asked
from api.doctor.finding import Finding, fail, ok, warn
from twin.config import ConfigError

SCARCE_BYTES = 2_000_000_000  # about a day of the core at 60 times real time, design choice
FULL_BYTES = 100_000_000
GIGABYTE = 1e9


def check_config(asked: Asked) -> Finding:
    try:
        return ok(asked.read_config())
    except ConfigError as error:
        return fail(str(error), "correct this value; hengfu check-config looks again")


def check_data(asked: Asked) -> Finding:
    try:
        place = _writable(asked.data)
    except OSError as error:
        say = f"{asked.data} cannot be written: {error.strerror}"
        return fail(
            say, f"give user {os.geteuid()} the right to write, or another folder by --data"
        )
    return room(asked.data, shutil.disk_usage(place).free)


def room(folder: Path, free_bytes: int) -> Finding:
    """Whether so much free disk will do."""
    says = f"{folder} can be written, {free_bytes / GIGABYTE:.1f} GB free"
    do = "make room, or delete old runs with hengfu runs delete"
    if free_bytes < FULL_BYTES:
        return fail(says, do)
    return warn(says, do) if free_bytes < SCARCE_BYTES else ok(says)


def _writable(folder: Path) -> Path:
    """The folder, or the one in which it would be made; OSError when nothing can be written."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    with tempfile.TemporaryFile(dir=place):
        return place

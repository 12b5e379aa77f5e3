"""How large the image is: what its wheels unpack to, added up, and the base beneath them."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path, PurePath

import api
import sensors
import twin
from api.bench.row import Row
from twin.config import default_config_dir

PACKAGE = "hengfu-twin"
NAME = re.compile(r"[A-Za-z0-9._-]+")
OWN = (*(Path(room.__path__[0]) for room in (twin, sensors, api)), default_config_dir())
BASE_MB = 125.0  # python:3.12-slim unpacked, as `docker images` lists it (EK)
TARGET_MB = 400.0


def rows() -> Iterator[Row]:
    """Megabytes (10^6 bytes) of everything that is installed without the `dev` extra."""
    sizes = installed_mb()
    whole_mb = sum(sizes.values()) + own_mb() + BASE_MB
    yield Row(
        f"image: {len(sizes)} wheels installed + {BASE_MB:.0f} MB of python:3.12-slim",
        "MB", whole_mb, BASE_MB, "base alone", TARGET_MB, more_is_better=False,
    )  # fmt: skip


def installed_mb(package: str = PACKAGE) -> dict[str, float]:
    """Megabytes of the package and of all it needs here, by name."""
    waiting, found = [package], dict[str, float]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            known = distribution(name)
            found[name] = sum(map(_mb, known.files or ()))
            waiting += _needed(known)
    return found


def own_mb() -> float:
    """Our own files, which an editable installation does not list."""
    return sum(_mb(file) for folder in OWN for file in folder.rglob("*") if file.is_file())


def _needed(known: Distribution) -> list[str]:
    """What it needs here; extras that nobody asked for, and other platforms', are not installed."""
    wanted = [text for text in known.requires or () if "extra ==" not in text]
    names = [match.group().lower() for match in map(NAME.match, wanted) if match]
    return [name for name in names if _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _mb(file: PurePath) -> float:
    """Byte code is not in the image."""
    path = Path(str(file.locate())) if isinstance(file, PackagePath) else Path(file)
    return path.stat().st_size / 1e6 if path.suffix != ".pyc" and path.is_file() else 0.0

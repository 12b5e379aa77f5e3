"""The folder of a run: labels, snapshots and state of the city, where the data folder holds it."""

import shutil
from pathlib import Path


def remove_folder(data_dir: Path, run: str) -> bool:
    """Whether there was one. A name that leads elsewhere is left alone."""
    runs = (data_dir / "runs").resolve()
    folder = runs / run
    if folder.resolve().parent != runs or folder.is_symlink() or not folder.is_dir():
        return False
    shutil.rmtree(folder)
    return True

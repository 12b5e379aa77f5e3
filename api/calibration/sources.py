"""The head of a parameter file: what was fitted, on what, by whom, under which licence."""

from collections.abc import Sequence
from pathlib import Path

from api.calibration.fitter import Span
from api.calibration.origins import origin_of


def header(name: str, paths: Sequence[Path], span: Span, columns: tuple[str, ...]) -> list[str]:
    """Comment lines; columns are sites of the files, or names of our own."""
    origins = [origin_of(path, span, columns) for path in paths]
    files = " and ".join(f"{path.resolve().parent.name}/{path.name}" for path in paths)
    return [
        f"# Fitted parameters ({name}), not measurements. FIT: from {files}, {span.text}.",
        f"# Sites or columns: {', '.join(columns)}.",
        f"# Source: {'; '.join(dict.fromkeys(origins))}.",
        "",
    ]

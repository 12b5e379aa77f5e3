"""The head of a parameter file: what was fitted, on what, by whom, under which licence."""

from collections.abc import Sequence
from pathlib import Path

from api.calibration.fitter import Span

# Known origins by a name in the file's columns or its folder; the licence asks for attribution.
_ORIGINS = {
    "Southern Cross Station": "pedestrian counts, City of Melbourne, CC BY 4.0",
    "Bourke Street Mall": "pedestrian counts, City of Melbourne, CC BY 4.0",
    "Queen Street": "pedestrian counts, Heart of the City Auckland (H. Shin, 2025), CC BY 4.0",
    "vehicles_h": "Metro Interstate Traffic Volume, J. Hogue (2019), UCI, CC BY 4.0",
    "laeq_db": "one-minute sound levels of the noisemonitor project (V. Fraisse), Apache-2.0",
}


def header(name: str, paths: Sequence[Path], span: Span, columns: tuple[str, ...]) -> list[str]:
    """Comment lines; a file of unknown origin is named as such."""
    origins = [text for key, text in _ORIGINS.items() if any(key in column for column in columns)]
    files = " and ".join(f"{path.resolve().parent.name}/{path.name}" for path in paths)
    return [
        f"# Fitted parameters ({name}), not measurements. FIT: from {files}, {span.text}.",
        f"# Sites or columns: {', '.join(columns)}.",
        f"# Source: {'; '.join(dict.fromkeys(origins)) or 'a file of the user'}.",
        "",
    ]

"""Numbers as people read them."""

import math


def number(value: float) -> str:
    """Four significant digits at most, and no exponents where it can be helped."""
    if not math.isfinite(value):
        return "–"
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}"
    digits = max(0, 3 - math.floor(math.log10(abs(value))) - 1)
    return f"{value:.{min(digits, 4)}f}"


def percent(share: float) -> str:
    """A share as percent."""
    return f"{number(100 * share)} %" if math.isfinite(share) else "–"

"""How near a fitted week is to the part that it was fitted on, and to the rest of the file."""

from collections.abc import Sequence

from api.calibration.weeks import Week
from api.realism.measures import correlation
from api.realism.series import Series
from api.realism.shapes import mean_cv2, mean_profile

Figures = tuple[tuple[str, str], ...]


def checked(week: Week, fitted: Series, rest: Series | None, sites: Sequence[str]) -> Figures:
    """Correlation of hour x weekday profiles, and the variance of days, for both parts."""
    parts = (("fitted on", fitted), ("checked on", rest))
    return tuple((f"{name}", _told(week, part, sites)) for name, part in parts)


def _told(week: Week, part: Series | None, sites: Sequence[str]) -> str:
    if part is None:
        return "nothing: every row was fitted"
    r = correlation(week.profile, mean_profile(part, sites))
    days = 100 * (week.cv2 / mean_cv2(part, sites) - 1)
    return f"{part.times[0]} to {part.times[-1]}: week r {r:.3f}, variance of days {days:+.0f} %"

"""What kind of day it is in Shanghai: weekend, holiday, golden week, make-up working day."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import chinese_calendar

_LONG = {"Labour Day": (5, 1, 5), "National Day": (10, 1, 7)}  # month, first day, days
_SPRING = "Spring Festival"
_MOON = "Mid-autumn Festival"
_BACK = 10  # no public holiday has run longer than this
# First and last day of the winter holiday of Shanghai's schools. EK (unverified).
_WINTER = {2025: (date(2025, 1, 21), date(2025, 2, 16)), 2026: (date(2026, 2, 2), date(2026, 3, 1))}


class DayKind(StrEnum):
    """Kinds of day that the visitor totals distinguish."""

    WEEKDAY = "weekday"  # Monday to Thursday
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"  # a holiday of about three days
    GOLDEN_PEAK = "golden_peak"  # days 2 to 4 of Labour Day and National Day
    GOLDEN = "golden"  # the other days of those weeks
    SPRING_FIRST = "spring_first"
    SPRING = "spring"
    MAKEUP = "makeup"  # a working weekend day

    @property
    def free(self) -> bool:
        """Whether most people are off work."""
        return self not in (DayKind.WEEKDAY, DayKind.FRIDAY, DayKind.MAKEUP)


def school_holiday(day: date) -> bool:
    """Whether Shanghai's schools are closed for summer or winter (public holidays apart).

    July and August, and four weeks around the Spring Festival; in years without a known school
    calendar 21 January to 20 February (expert knowledge, unverified).
    """
    first, last = _WINTER.get(day.year, (date(day.year, 1, 21), date(day.year, 2, 20)))
    return day.month in (7, 8) or first <= day <= last


@lru_cache(maxsize=1024)  # a pure function, asked at every step
def day_kind(day: date) -> DayKind:
    """The kind of this day; beyond the published holiday years only fixed dates are known.

    Holidays by the State Council's notices as packaged in chinese_calendar (2004 to 2026 in the
    version at hand); later years know New Year, 1-5 May and 1-7 October, and no make-up days.
    """
    off, name = _detail(day)
    if name is None:
        return _plain(day)
    if not off:
        return DayKind.MAKEUP
    return _of_holiday(name, _day_number(day, name))


def _of_holiday(name: str, number: int) -> DayKind:
    if name == _SPRING:
        return DayKind.SPRING_FIRST if number == 1 else DayKind.SPRING
    if name in _LONG:
        return DayKind.GOLDEN_PEAK if 2 <= number <= 4 else DayKind.GOLDEN
    return DayKind.HOLIDAY


def _plain(day: date) -> DayKind:
    kinds = {4: DayKind.FRIDAY, 5: DayKind.SATURDAY, 6: DayKind.SUNDAY}
    return kinds.get(day.weekday(), DayKind.WEEKDAY)


def _day_number(day: date, name: str) -> int:
    """1 on the first day of this run of days off under the same name."""
    back = 1
    while back < _BACK and _detail(day - timedelta(days=back)) == (True, name):
        back += 1
    return back


def _detail(day: date) -> tuple[bool, str | None]:
    """Off or not, and the holiday's name; a plain working day or weekend has no name."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return _fixed(day)
    if name == _MOON and day.month == 10 and day.day <= 8:
        name = "National Day"  # the two then share one long holiday
    return bool(off), None if name is None else str(name)


def _fixed(day: date) -> tuple[bool, str | None]:
    for name, (month, first, days) in _LONG.items():
        if day.month == month and first <= day.day < first + days:
            return True, name
    if (day.month, day.day) == (1, 1):
        return True, "New Year's Day"
    return day.weekday() >= 5, None

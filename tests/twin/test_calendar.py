"""Kinds of day in Shanghai."""

from datetime import date

import pytest

from twin.calendar import DayKind, day_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-05-18", DayKind.WEEKDAY),
        ("2026-05-22", DayKind.FRIDAY),
        ("2026-05-23", DayKind.SATURDAY),
        ("2026-05-24", DayKind.SUNDAY),
        ("2026-05-01", DayKind.GOLDEN),
        ("2026-05-02", DayKind.GOLDEN_PEAK),
        ("2026-05-04", DayKind.GOLDEN_PEAK),
        ("2026-05-05", DayKind.GOLDEN),
        ("2026-05-09", DayKind.MAKEUP),
        ("2026-02-15", DayKind.SPRING_FIRST),
        ("2026-02-16", DayKind.SPRING),
        ("2026-04-04", DayKind.HOLIDAY),
        ("2025-10-06", DayKind.GOLDEN),
    ],
)
def test_published_days_have_their_kind(text: str, kind: DayKind) -> None:
    assert day_kind(date.fromisoformat(text)) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2041-10-02", DayKind.GOLDEN_PEAK),
        ("2041-01-01", DayKind.HOLIDAY),
        ("2041-03-06", DayKind.WEEKDAY),
        ("2041-03-09", DayKind.SATURDAY),
    ],
)
def test_years_beyond_the_published_ones_know_the_fixed_dates(text: str, kind: DayKind) -> None:
    assert day_kind(date.fromisoformat(text)) is kind


def test_a_make_up_day_is_not_free() -> None:
    assert not day_kind(date(2026, 5, 9)).free
    assert day_kind(date(2026, 5, 23)).free

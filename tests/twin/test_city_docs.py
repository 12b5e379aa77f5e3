"""docs/city.md names what the city has."""

from pathlib import Path

from twin.courses import COURSES
from twin.roster import SYSTEMS

DOCS = Path(__file__).parents[2] / "docs" / "city.md"


def test_the_page_names_every_system_with_its_rank() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for system in SYSTEMS:
        assert f"| {system.name} |" in text
        assert f"{system.name} {system.rank}" in text


def test_the_page_names_every_course_with_its_rank() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for course in COURSES:
        assert f"| {course.name} | {course.rank} |" in text


def test_the_page_names_every_scenario_with_its_code(scenarios) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for scenario in scenarios.values():
        assert f"| {scenario.code} | `{scenario.id}` |" in text

"""The page about vital signs follows the files."""

import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.config import Rulebook, load_rulebook
from api.vitals.formulas import FORMULAS
from sensors.catalogue import Catalogue
from twin.config import default_config_dir

PAGE = Path(__file__).parents[3] / "docs" / "vitals.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_indicator_is_in_the_table_with_its_thresholds(page: str, rulebook: Rulebook) -> None:
    for one in rulebook.indicators:
        row = next((line for line in page.splitlines() if line.startswith(f"| {one.id} |")), "")
        thresholds = " / ".join(f"{anchor:g}" for anchor in one.anchors[1:5])
        weight = "–" if one.weight is None else f"{one.weight:.2f}"
        assert one.name_zh in row, one.id
        assert thresholds in row, one.id
        assert f"| {weight} |" in row, one.id


def test_every_formula_is_described(page: str) -> None:
    assert [name for name in FORMULAS if f"| `{name}` |" not in page] == []


def test_blocks_to_add_can_be_added(page: str, tmp_path: Path, catalogue: Catalogue) -> None:
    """An indicator of reducers and a rule are one TOML block each, and no code."""
    blocks = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    for name, block in zip(("indicators.toml", "alerts.toml"), blocks, strict=True):
        shipped = (default_config_dir() / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(f"{shipped}\n{block}", encoding="utf-8")
        assert tomllib.loads(block)
    shutil.copy(default_config_dir() / "quality.toml", tmp_path)
    book = load_rulebook(tmp_path, catalogue)
    assert (book.indicators[-1].id, book.rules[-1].id) == ("E6", "nitrogen-dioxide")


def test_added_indicator_is_measured(
    make_town: Callable[..., Any], noon: int, rulebook: Rulebook
) -> None:
    """A town without E6 and one with it differ by E6 alone."""
    town = make_town("E1")
    added = rulebook.indicator("E5").model_copy(update={"id": "E6", "of": "wind.speed"})
    book = replace(town.rulebook, indicators=(*town.rulebook.indicators, added))
    engine = type(town.engine)(book, town.geography, town.network)
    engine.advance(noon - 60_000)
    engine.add(town.batch(noon, {"z-1:wind:1:speed": 9.0}))
    assert engine.evaluate(noon).sign("E6", "zone", "z-1").value == 9.0

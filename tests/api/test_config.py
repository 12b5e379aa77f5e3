"""The rulebook: what ships is right, and every mistake is one clear line."""

import shutil
from pathlib import Path

import pytest

from api.config import Rulebook, load_rulebook
from api.vitals.formulas import FORMULAS
from sensors.catalogue import Catalogue, load_catalogue
from twin.config import ConfigError, default_config_dir

BAD = Path(__file__).parent / "bad"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(default_config_dir())


@pytest.fixture(scope="module")
def rulebook(catalogue: Catalogue) -> Rulebook:
    return load_rulebook(default_config_dir(), catalogue)


def load(folder: Path, catalogue: Catalogue, indicators: Path, alerts: Path | None) -> Rulebook:
    shutil.copy(indicators, folder / "indicators.toml")
    (folder / "alerts.toml").write_text(alerts.read_text() if alerts else "")
    shutil.copy(default_config_dir() / "quality.toml", folder)
    return load_rulebook(folder, catalogue)


@pytest.mark.parametrize("path", sorted(BAD.glob("indicators-*.toml")), ids=lambda path: path.stem)
def test_bad_indicators_are_refused_in_one_line(
    path: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, catalogue, path, None)
    assert expected(path) in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "indicators.toml"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", sorted(BAD.glob("alerts-*.toml")), ids=lambda path: path.stem)
def test_bad_alerts_are_refused_in_one_line(
    path: Path, tmp_path: Path, catalogue: Catalogue
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, catalogue, BAD / "good.toml", path)
    assert expected(path) in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "alerts.toml"))


def expected(path: Path) -> str:
    """The first line of a bad file says what the error says."""
    return path.read_text().splitlines()[0].removeprefix("# ")


def test_smallest_good_file_loads(tmp_path: Path, catalogue: Catalogue) -> None:
    book = load(tmp_path, catalogue, BAD / "good.toml", None)
    assert [indicator.id for indicator in book.indicators] == ["P1"]


def test_missing_file_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(ConfigError, match=r"indicators\.toml: file = .missing."):
        load_rulebook(tmp_path, catalogue)


def test_weights_of_dimensions_sum_to_one(rulebook: Rulebook) -> None:
    assert sum(dimension.weight for dimension in rulebook.dimensions) == pytest.approx(1)


def test_every_dimension_has_an_indicator_that_counts(rulebook: Rulebook) -> None:
    counting = {one.dimension for one in rulebook.indicators if one.weight}
    assert counting == {dimension.id for dimension in rulebook.dimensions}


def test_every_formula_is_used(rulebook: Rulebook) -> None:
    assert {one.formula for one in rulebook.indicators} - {None} == set(FORMULAS)


def test_version_names_the_content(tmp_path: Path, catalogue: Catalogue) -> None:
    one = load(tmp_path, catalogue, BAD / "good.toml", None).version
    assert load(tmp_path, catalogue, BAD / "good.toml", None).version == one
    (tmp_path / "alerts.toml").write_text("# another content\n")
    assert load_rulebook(tmp_path, catalogue).version != one


def test_rule_watches_the_first_level_of_its_indicator(rulebook: Rulebook) -> None:
    levels = {rule.id: rulebook.level_of(rule) for rule in rulebook.rules}
    assert (levels["crowd-density"], levels["rain"], levels["quarter"]) == (
        "street",
        "zone",
        "quarter",
    )

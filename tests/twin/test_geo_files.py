"""Every mistake in the map has a file under tests/bad/geo and one line that names it."""

import shutil
from pathlib import Path

import pytest

from twin.config import ConfigError, default_config_dir
from twin.geography import load_geography

BAD = Path(__file__).parents[1] / "bad" / "geo"

# bad file: the key and the value that the error must name, and what it must expect
MISTAKES = {
    "heritage.self-crossing.geojson": ("bow-tie.geometry", "Self-intersection", "a valid Polygon"),
    "heritage.outside.geojson": ("far-away.geometry", "outside", "inside the sub-districts"),
    "heritage.zero-storeys.geojson": ("flat.storeys", "0", "greater than or equal to 1"),
    "stations.duplicate-id.geojson": ("features.1.id", "metro-a", "duplicate id"),
    "stations.swapped-axes.geojson": ("metro-a.geometry", "31.2", "degrees within"),
    "stations.id-with-colon.geojson": ("features.0.id", "metro:a", "letters a-z, digits and -"),
    "parks.unknown-property.geojson": ("green.colour", "green", "unknown key"),
    "parks.point.geojson": ("green.geometry", "Point", "expected a Polygon"),
    "parks.wrong-type.geojson": ("green.area_m2", "large", "valid number"),
    "culture.missing-name.geojson": ("culture-a.name_en", "name_zh", "Field required"),
    "streets.unknown-junction.geojson": ("a-road-01.from", "nowhere", "a junction id"),
    "streets.loose-end.geojson": ("a-road-01.to", "wukang-junction", "the line to end there"),
    "streets.no-geometry.geojson": ("a-road-01.geometry", "None", "expected a geometry"),
    "boundaries.not-json.geojson": ("file", "unexpected end", "valid GeoJSON"),
    "junctions.not-a-collection.geojson": ("features", "None", "a list of GeoJSON features"),
    "area.unknown-key.toml": ("weather", "rain", "unknown key"),
    "area.duplicate-plaza.toml": ("plazas.10.id", "plaza-anfu", "duplicate id"),
    "area.plaza-outside.toml": ("plazas.10.at", "121.5", "inside the sub-districts"),
    "area.wrong-type.toml": ("plazas.10.area_m2", "big", "valid number"),
    "area.share-above-one.toml": ("plazas.10.visit_share", "1.5", "less than or equal to 1"),
    "area.unknown-street.toml": ("street_assets.hydrant.streets", "nowhere-road", "config/geo"),
    "area.unknown-link.toml": ("arms.link", "nowhere-road-01", "config/geo"),
    "area.arm-elsewhere.toml": ("arms.6.link", "anfu-road-01", "one junction"),
    "area.unknown-centre.toml": ("areas.centre", "sea-of-tranquillity", "config/geo"),
    "area.radius-alone.toml": ("areas.moon", "100", "centre and radius_m together"),
}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    source = default_config_dir()
    shutil.copytree(source / "geo", tmp_path / "geo")
    shutil.copy(source / "area.toml", tmp_path / "area.toml")
    return tmp_path


def put(bad: Path, config_dir: Path) -> Path:
    """A bad layer replaces the good one; a bad piece of area.toml is appended to it."""
    layer = bad.name.split(".")[0]
    if layer == "area":
        path = config_dir / "area.toml"
        path.write_text(path.read_text("utf-8") + "\n" + bad.read_text("utf-8"), "utf-8")
        return path
    path = config_dir / "geo" / f"{layer}.geojson"
    shutil.copy(bad, path)
    return path


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_file_key_value_and_expectation(
    name: str, config_dir: Path
) -> None:
    key, value, expected = MISTAKES[name]
    path = put(BAD / name, config_dir)
    with pytest.raises(ConfigError) as caught:
        load_geography(config_dir, "core")
    line = str(caught.value)
    assert line.startswith(f"{path}: {key} = ")
    assert value in line
    assert expected in line
    assert "\n" not in line


def test_every_bad_file_is_tested() -> None:
    assert {path.name for path in BAD.iterdir()} == set(MISTAKES)


def test_a_missing_layer_is_named(config_dir: Path) -> None:
    (config_dir / "geo" / "parks.geojson").unlink()
    with pytest.raises(ConfigError, match=r"parks\.geojson: file = 'missing'"):
        load_geography(config_dir, "core")


def test_every_map_file_says_whose_it_is() -> None:
    for path in (default_config_dir() / "geo").glob("*.geojson"):
        text = path.read_text("utf-8")
        assert '"attribution": "© OpenStreetMap contributors"' in text, path.name
        assert '"license": "ODbL-1.0"' in text, path.name


def test_the_map_stays_below_half_a_megabyte() -> None:
    files = (default_config_dir() / "geo").iterdir()
    assert sum(path.stat().st_size for path in files) < 500_000

"""Generated days: the same seed gives the same bytes, and the truth stands beside them."""

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from api.export import Export, export
from twin.clock import HOUR_MS, parse_time
from twin.config import default_config_dir
from twin.labels import read_labels

START_MS = parse_time("2026-05-01T20:30")
CLOCK_ERROR_MS = 10_000  # device clocks are off by some seconds


def generate(target: Path, seed: int = 7, hours: int = 4) -> Export:
    *_, done = export(
        default_config_dir(), "core", seed, START_MS, START_MS + hours * HOUR_MS, target
    )
    return done


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Export]:
    folder = tmp_path_factory.mktemp("first")
    return folder, generate(folder)


def test_the_same_seed_gives_the_same_bytes(made: tuple[Path, Export], tmp_path: Path) -> None:
    generate(tmp_path)
    assert digests(tmp_path) == digests(made[0])


def test_another_seed_gives_other_readings(made: tuple[Path, Export], tmp_path: Path) -> None:
    generate(tmp_path, seed=8)
    file = "readings/2026-05-01.parquet"
    assert digests(tmp_path)[file] != digests(made[0])[file]


def test_each_shanghai_day_is_a_file_in_order_of_time(made: tuple[Path, Export]) -> None:
    folder, done = made
    days = sorted(path.name for path in (folder / "readings").iterdir())
    assert days == ["2026-05-01.parquet", "2026-05-02.parquet"]
    rows = duckdb.execute(
        f"SELECT epoch_ms(t) AS t_ms FROM read_parquet('{folder}/readings/*.parquet')"
    ).fetchnumpy()["t_ms"]
    assert len(rows) == done.readings
    assert rows.min() >= START_MS - CLOCK_ERROR_MS
    assert rows.max() < START_MS + 4 * HOUR_MS + CLOCK_ERROR_MS
    assert (rows[1:] >= rows[:-1]).all()


def test_every_reading_has_a_known_sensor_and_a_value_or_a_state(made: tuple[Path, Export]) -> None:
    folder, _ = made
    odd = duckdb.execute(
        f"SELECT count(*) FROM read_parquet('{folder}/readings/*.parquet') r"
        f" LEFT JOIN read_parquet('{folder}/sensors.parquet') s USING (sensor, quantity)"
        " WHERE s.unit IS NULL OR (r.value IS NULL) = (r.state IS NULL)"
    ).fetchone()
    assert odd == (0,)


def test_the_truth_stands_beside_the_readings(made: tuple[Path, Export]) -> None:
    folder, done = made
    labels = read_labels(folder / "labels.jsonl")
    faults = [json.loads(line) for line in (folder / "faults.jsonl").read_text().splitlines()]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(labels) == done.labels > 0
    assert len(faults) == done.faults > 0
    assert manifest["seed"] == 7
    assert manifest["readings"] == done.readings

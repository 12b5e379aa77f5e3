"""Generated city days as files: Parquet for readings, JSON lines for what was true.

readings/YYYY-MM-DD.parquet   one file per Shanghai day, ordered by time and series
sensors.parquet               one row per series: what it is, its unit, where it stands
labels.jsonl  faults.jsonl    incidents of the city, faults of the devices
manifest.json                 version, seed, area, span, counts
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec
import numpy as np

from sensors.catalogue import load_catalogue
from sensors.faults.label import FaultLabel
from sensors.faults.profile import ORDINARY, load_profile
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.simulation import Simulation
from twin.arrays import Array
from twin.city import City, load_city_config
from twin.clock import iso, local_date, local_midnight
from twin.geography import load_geography, to_lonlat
from twin.labels import write_labels
from twin.scenarios import load_scenarios

_COPY = "(FORMAT parquet, COMPRESSION zstd)"


@dataclass(frozen=True, slots=True)
class Export:
    """How far it has come: city time and what has been written."""

    t_ms: int = 0
    readings: int = 0
    labels: int = 0
    faults: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the files are, so that they can be made again."""

    product: str
    version: str
    seed: int
    area: str
    start: str
    end: str
    readings: int
    incidents: int
    device_faults: int
    v: int = 1


def export(
    config_dir: Path,
    area: str,
    seed: int,
    start_ms: int,
    end_ms: int,
    target: Path,
    faults: str = ORDINARY,
) -> Iterator[Export]:
    """Write the span to the folder; yields after every city hour.

    The same configuration, seed and span give the same bytes. Raises ConfigError.
    """
    geography = load_geography(config_dir, area)
    network = build_network(load_catalogue(config_dir), geography)
    scenarios = load_scenarios(config_dir)
    city = City.start(load_city_config(config_dir), geography, scenarios, seed, start_ms)
    simulation = Simulation(city, network, load_profile(config_dir, faults))
    (target / "readings").mkdir(parents=True, exist_ok=True)
    writer = _Writer(target, network)
    struck: list[FaultLabel] = []
    for stretch in simulation.generate(end_ms):
        writer.add(stretch.readings)
        struck.extend(stretch.faults)
        yield Export(city.now_ms, writer.count)
    writer.close()
    labels = [label for label in city.labels() if label.start_ms < end_ms]
    struck.extend(simulation.faults.unfinished(end_ms))
    write_labels(target / "labels.jsonl", labels)
    _write_faults(target / "faults.jsonl", struck)
    done = Export(end_ms, writer.count, len(labels), len(struck))
    _write_manifest(target / "manifest.json", done, seed, area, start_ms)
    yield done


class _Writer:
    """Collects readings in memory and writes each Shanghai day when it is over."""

    def __init__(self, target: Path, network: Network) -> None:
        self._target = target
        self._database = duckdb.connect(":memory:", config={"threads": 1})
        self._day_ms: int | None = None
        self.count = 0
        self._put_series(network)
        self._database.execute(
            "CREATE TABLE batch (series INTEGER, t_ms BIGINT, value DOUBLE, state VARCHAR)"
        )

    def add(self, batch: ReadingBatch) -> None:
        """Take readings in; days that have begun since are written."""
        days = local_midnight(batch.t_ms)
        for day_ms in np.unique(days).tolist():
            self._put(day_ms, batch.take(days == day_ms))

    def close(self) -> None:
        """Write the last day."""
        self._flush()
        self._database.close()

    def _put(self, day_ms: int, batch: ReadingBatch) -> None:
        if self._day_ms is not None and day_ms > self._day_ms:
            self._flush()
        self._day_ms = max(day_ms, self._day_ms or day_ms)
        state = np.full(len(batch), None, object) if batch.state is None else batch.state
        columns = {"series": batch.series, "t": batch.t_ms, "value": batch.value, "state": state}
        self._database.register("columns", columns)
        self._database.execute(
            "INSERT INTO batch SELECT series, t, nullif(value, 'nan'::DOUBLE), state FROM columns"
        )
        self._database.unregister("columns")
        self.count += len(batch)

    def _flush(self) -> None:
        if self._day_ms is None:
            return
        file = self._target / "readings" / f"{local_date(self._day_ms)}.parquet"
        self._database.execute(
            "COPY (SELECT epoch_ms(t_ms) AS t, zone, sensor, kind, quantity, value, state"
            " FROM batch JOIN series USING (series) ORDER BY t_ms, series)"
            f" TO '{_quoted(file)}' {_COPY}"
        )
        self._database.execute("DELETE FROM batch")

    def _put_series(self, network: Network) -> None:
        self._database.register("columns", _series_columns(network))
        self._database.execute("CREATE TABLE series AS SELECT * FROM columns ORDER BY series")
        self._database.unregister("columns")
        file = _quoted(self._target / "sensors.parquet")
        self._database.execute(f"COPY (SELECT * FROM series ORDER BY series) TO '{file}' {_COPY}")


def _series_columns(network: Network) -> dict[str, Array]:
    series = network.series
    sensor, quantities = series.sensor, [network.quantities[q] for q in series.quantity]
    kinds = [network.catalogue.kinds[k].id for k in network.kind[sensor]]
    lon, lat = to_lonlat(network.x_m, network.y_m)
    text = {
        "zone": [network.zone_ids[z] for z in series.zone],
        "sensor": [network.sensor_ids[s] for s in sensor],
        "kind": kinds,
        "quantity": [quantity.id for quantity in quantities],
        "unit": [quantity.unit for quantity in quantities],
    }
    columns = {name: np.array(values, object) for name, values in text.items()}
    number = np.arange(len(series), dtype=np.int32)
    return {"series": number, **columns, "lon": lon[sensor], "lat": lat[sensor]}


def _write_faults(path: Path, faults: list[FaultLabel]) -> None:
    lines = sorted(msgspec.json.encode(fault) for fault in faults)
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def _write_manifest(path: Path, done: Export, seed: int, area: str, start_ms: int) -> None:
    manifest = Manifest(
        product="hengfu-twin",
        version=version("hengfu-twin"),
        seed=seed,
        area=area,
        start=iso(start_ms),
        end=iso(done.t_ms),
        readings=done.readings,
        incidents=done.labels,
        device_faults=done.faults,
    )
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")

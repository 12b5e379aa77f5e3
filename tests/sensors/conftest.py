"""A small made-up map and catalogues written by hand, so that sensors are tested without a city."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import LineString, box

from sensors.catalogue import Catalogue, read_catalogue
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from twin.arrays import Floats
from twin.entities import Entities, Geography
from twin.truth import Truth

START_MS = 1_780_000_000_000 // 86_400_000 * 86_400_000

THREE_KINDS = """
[[kind]]
id = "noise_laeq"
number = 10
name_zh = "环境噪声"
name_en = "Sound level meter"
on = "link"
every_m = 100
cadence_s = 60
net = "W"
grade = "ordinary"
radius_m = 125

[[kind.quantity]]
id = "laeq"
truth = "link.noise_laeq_db"
unit = "dB"
low = 30
high = 130
resolution = 0.1
noise_abs = 0.5

[[kind.quantity]]
id = "direction"
truth = "link.wind_dir_deg"
unit = "deg"
low = 0
high = 360
resolution = 1
noise_abs = 1.5
gain_scale = 0
circular = true

[[kind]]
id = "lift_state"
number = 33
name_zh = "电梯状态"
name_en = "Lift monitor"
on = "lift"
per = 1
cadence_s = 10
report = "change"
heartbeat_s = 300
net = "L"
grade = "good"
radius_m = 30

[[kind.quantity]]
id = "state"
truth = "lift.state"
states = ["idle", "moving", "stopped"]

[[kind.quantity]]
id = "trapped"
truth = "lift.trapped"
boolean = true

[[kind]]
id = "pm25"
number = 11
name_zh = "细颗粒物"
name_en = "Fine particles"
on = "zone"
per_km2 = 25
cadence_s = 60
net = "N"
grade = "poor"
history_s = 86400
radius_m = 280

[[kind.quantity]]
id = "mass"
truth = "zone.pm25_ug_m3"
unit = "kg/m3"
display_unit = "ug/m3"
per_unit = 1e9
low = 0
high = 1000
resolution = 1
noise_abs = 4
"""


def _entities(kind: str, zone: list[int], **attrs: list[float]) -> Entities:
    rows = len(zone)
    nowhere = np.full(rows, -1, np.int32)
    return Entities(
        kind=kind,
        ids=tuple(f"{kind}-{row}" for row in range(rows)),
        names_zh=("",) * rows,
        names_en=("",) * rows,
        x_m=np.arange(rows) * 100.0 + 50.0,
        y_m=np.full(rows, 50.0),
        zone=np.array(zone, np.int32),
        link=nowhere,
        building=nowhere,
        attrs={name: np.array(values) for name, values in attrs.items()},
    )


@pytest.fixture(scope="session")
def make_map() -> Callable[..., Geography]:
    """A map of two zones of 0.16 km² side by side; `rows` overrides how many of a kind."""

    def make(**rows: int) -> Geography:
        counts = {"lift": 4, "bin": 5, "lamp": 3} | rows
        tables = {
            kind: _entities(kind, [row % 2 for row in range(n)]) for kind, n in counts.items()
        }
        tables["zone"] = _entities("zone", [0, 1], area_m2=[160_000.0, 160_000.0])
        tables["link"] = _entities("link", [0, 0, 1], length_m=[250.0, 40.0, 310.0])
        heritage = {"heritage": [True, False, True, True]}
        tables["building"] = _entities("building", [0, 0, 1, 1], **heritage)
        lines = [LineString([(0, y), (x, y)]) for x, y in ((250, 0), (40, 10), (310, 20))]
        shapes = {
            "zone": np.array([box(0, 0, 400, 400), box(400, 0, 800, 400)], object),
            "link": np.array(lines, object),
        }
        return Geography("test", tables, shapes)

    return make


@pytest.fixture
def small_map(make_map: Callable[..., Geography]) -> Geography:
    return make_map()


@pytest.fixture
def make_catalogue(tmp_path: Path) -> Callable[[str], Catalogue]:
    """The catalogue of this TOML text."""

    def make(text: str) -> Catalogue:
        path = tmp_path / "neurons.toml"
        path.write_text(text, encoding="utf-8")
        return read_catalogue(path)

    return make


@pytest.fixture(scope="session")
def all_three_kinds() -> str:
    """TOML of a noisy numeric kind, a kind that reports changes, and a slow gas-like kind."""
    return THREE_KINDS


@pytest.fixture
def three_kinds(all_three_kinds: str) -> str:
    return all_three_kinds


@pytest.fixture
def small_network(make_catalogue: Callable[[str], Catalogue], small_map: Geography) -> Network:
    """Three kinds on the small map: 6 sound meters, 4 lifts, 8 dust sensors."""
    return build_network(make_catalogue(THREE_KINDS), small_map)


@pytest.fixture
def make_truth() -> Callable[..., Truth]:
    """A truth for the small map; keywords with `__` for the dot override an array by a value."""

    def make(t_ms: int = START_MS, **changes: float | list[float]) -> Truth:
        arrays: dict[str, Floats] = {
            "link.noise_laeq_db": np.full(3, 60.0),
            "link.wind_dir_deg": np.full(3, 200.0),
            "lift.state": np.zeros(4),
            "lift.trapped": np.zeros(4),
            "zone.pm25_ug_m3": np.full(2, 35.0),
            "zone.air_temp_c": np.full(2, 20.0),
            "zone.air_rh_pct": np.full(2, 60.0),
            "bin.fill_frac": np.full(5, 0.5),
        }
        for name, value in changes.items():
            key = name.replace("__", ".")
            arrays[key] = np.broadcast_to(np.array(value, float), arrays[key].shape)
        return Truth(t_ms, arrays)

    return make


@pytest.fixture
def start_ms() -> int:
    """A midnight UTC."""
    return START_MS


@pytest.fixture
def values_by_name() -> Callable[..., Mapping[str, object]]:
    """Readings of a batch as {(series name, ms): value or state}, to compare two networks."""

    def name(network: Network, batches: list[ReadingBatch]) -> Mapping[str, object]:
        batch = ReadingBatch.concat(batches)
        names = [network.series.name[row] for row in batch.series.tolist()]
        state = [None] * len(batch) if batch.state is None else batch.state.tolist()
        columns = zip(names, batch.t_ms.tolist(), batch.value.tolist(), state, strict=True)
        return {f"{n}@{t}": v if s is None else s for n, t, v, s in columns}

    return name

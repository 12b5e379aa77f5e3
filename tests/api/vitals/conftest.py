"""A town of two zones, small enough to check by hand, with the real catalogue and rulebook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
import shapely

from api.config import Rulebook, load_rulebook
from api.quality.config import Quality
from api.vitals.engine import VitalEngine
from sensors.catalogue import Catalogue, load_catalogue
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from twin.clock import parse_time
from twin.config import default_config_dir
from twin.entities import Entities, Geography

NOON = parse_time("2026-05-01T12:00:00+08:00")


LINES = [[(0, 0), (500, 0)], [(500, 0), (800, 0)], [(800, 0), (1200, 0)]]


def table(kind: str, ids: Sequence[str], *, zone: Sequence[int], **more: object) -> Entities:
    """A table at the origin; `link` and `building` default to none, the rest are attributes."""
    nowhere = [-1] * len(ids)
    link, building = more.pop("link", nowhere), more.pop("building", nowhere)
    return Entities(
        kind,
        tuple(ids),
        tuple(f"名{name}" for name in ids),
        tuple(ids),
        np.asarray(more.pop("x_m", [0.0] * len(ids)), float),
        np.zeros(len(ids)),
        np.array(zone, np.int32),
        np.array(link, np.int32),
        np.array(building, np.int32),
        {name: np.asarray(column) for name, column in more.items()},
    )


def town() -> Geography:
    zone = table("zone", ["z-1", "z-2"], zone=[0, 1], area_m2=[1e5, 1e5], residents=[1000, 3000])
    link = table(
        "link", ["a", "b", "c"], zone=[0, 0, 1], link=[0, 1, 2],
        length_m=[500.0, 300.0, 400.0], pavement_width_m=[3.0, 3.0, 2.0],
        noise_limit_day_db=[60.0, 60.0, 70.0], noise_limit_night_db=[50.0, 50.0, 55.0],
        free_speed_m_s=[10.0, 10.0, 10.0], from_node=[0, 1, 2], to_node=[1, 2, 3],
    )  # fmt: skip
    building = table(
        "building", ["h-1", "h-2", "new"], zone=[0, 1, 1], building=[0, 1, 2], x_m=[0, 200, 900],
        heritage=[True, True, False], value_weight=[3.0, 1.0, 1.0], residents=[100, 100, 200],
    )  # fmt: skip
    tables = [
        table("quarter", ["hengfu"], zone=[-1]),
        zone, link, building, table("node", ["n-0", "n-1", "n-2", "n-3"], zone=[0, 1, 1, 0]),
        table("plaza", ["p-1", "p-2", "p-3"], zone=[0, 0, 1], link=[0, 0, 2], area_m2=[60.0] * 3),
        table("lamp", ["l-1", "l-2", "l-3"], zone=[0, 0, 1], link=[0, 0, 2]),
        table("chamber", ["c-1", "c-2"], zone=[0, 1], link=[0, 2]),
        table("drain", ["d-1"], zone=[0], link=[0], depth_m=[2.0]),
        table("main", ["m-1", "m-2"], zone=[0, 1], link=[0, 2]),
        table("feeder", ["f-1"], zone=[0], rated_kw=[400.0]),
        table("home", ["e-1"], zone=[0], building=[0]),
        table(
            "bay", ["y-1", "y-2", *(f"yy-{n}" for n in range(10))],
            zone=[0] * 2 + [1] * 10, link=[0] * 2 + [2] * 10,
        ),
        table(
            "arm", ["w-1", "w-2"], zone=[0, 0], link=[0, 0],
            lanes=[1, 2], saturation_pcu_h=[1500.0] * 2, green_s=[35.0, 70.0],
        ),
        table("lift", ["i-1"], zone=[0], building=[0]),
        table("cover", ["v-1"], zone=[0], link=[0]),
        table("tree", ["t-1", "t-2"], zone=[0, 0], link=[0, 0]),
        table("sign", ["g-1"], zone=[0], link=[0]),
        table("bin", ["k-1"], zone=[0], link=[0]),
        table("park", ["green"], zone=[0], area_m2=[500.0]),
        table("culture", ["library"], zone=[0]),
        table(
            "service", ["s-1", "s-2"], zone=[0, 0],
            service_kind=["health", "activity-room"], x_m=[0.0, 1580.0], inside=[True, True],
        ),
    ]  # fmt: skip
    shapes = {
        "zone": np.array([shapely.box(0, 0, 300, 300), shapely.box(300, 0, 600, 300)], object),
        "link": np.array([shapely.LineString(line) for line in LINES], object),
        "park": np.array([shapely.box(-10, -10, 10, 10)], object),
    }
    return Geography("town", {one.kind: one for one in tables}, shapes)


@dataclass
class Town:
    """An engine over the town, fed in display units by series name."""

    geography: Geography
    network: Network
    rulebook: Rulebook
    engine: VitalEngine

    def batch(self, t_ms: int, readings: Mapping[str, float | str]) -> ReadingBatch:
        series = [self.network.series.lookup[name] for name in readings]
        quantity = self.network.series.quantity[series]
        per_unit = np.array([self.network.quantities[one].per_unit for one in quantity])
        stated = np.array([isinstance(value, str) for value in readings.values()])
        value = np.array(
            [np.nan if isinstance(one, str) else one for one in readings.values()], float
        )
        state = np.array(
            [one if isinstance(one, str) else None for one in readings.values()], object
        )
        times = np.full(len(series), t_ms, np.int64)
        return ReadingBatch(
            np.array(series, np.int32), times, value / per_unit, state if stated.any() else None
        )

    def read(self, t_ms: int, **readings: float | str) -> None:
        self.engine.add(self.batch(t_ms, readings))

    def feed(self, start_ms: int, end_ms: int, step_ms: int, readings: Mapping[str, float]) -> None:
        """The same readings at start, start + step, ... and end."""
        for t_ms in range(start_ms, end_ms + 1, step_ms):
            self.engine.add(self.batch(t_ms, readings))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(default_config_dir())


@pytest.fixture(scope="session")
def rulebook(catalogue: Catalogue) -> Rulebook:
    return load_rulebook(default_config_dir(), catalogue)


@pytest.fixture(scope="session")
def make_town(catalogue: Catalogue, rulebook: Rulebook) -> Callable[..., Town]:
    geography = town()
    kinds = [kind for kind in catalogue if kind.on in geography.tables]
    network = build_network(replace(catalogue, kinds=tuple(kinds)), geography)

    unchecked = rulebook.quality.model_copy(update={"check": ()})

    def make(*indicators: str, quality: Quality = unchecked, start_ms: int = NOON - 60_000) -> Town:
        """The town with some of the indicators, in the order of the file.

        Readings worked out by hand are too even to be real: they are not checked for it.
        """
        chosen = tuple(one for one in rulebook.indicators if one.id in indicators)
        book = replace(rulebook, indicators=chosen, quality=quality)
        engine = VitalEngine(book, geography, network)
        engine.advance(start_ms)
        return Town(geography, network, book, engine)

    return make


@pytest.fixture
def noon() -> int:
    """A spring day in Shanghai, ms UTC."""
    return NOON

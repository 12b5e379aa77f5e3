"""How long forecasts take: learning from four weeks, and one refresh of all of them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from api.bench.row import Row, median_cpu_s
from api.config import load_rulebook
from api.forecast.grid import Grid, Layout
from api.forecast.lesson import Lessons, lessons
from api.forecast.outlook import look_ahead
from api.forecast.plan import make_plan, wanted
from api.forecast.settings import load_forecast_settings
from api.forecast.timetable import SLOTS, STEP_MS
from api.vitals.engine import VitalEngine
from api.vitals.sign import Colour
from sensors.catalogue import load_catalogue
from sensors.network import build_network
from twin.arrays import Floats
from twin.clock import DAY_MS, HOUR_MS, parse_time
from twin.geography import load_geography

START_MS = parse_time("2026-05-06T00:00")


def rows(config: Path) -> Iterator[Row]:
    """For the core, from a made-up past: a day that repeats, with noise that remembers."""
    rulebook = load_rulebook(config, load_catalogue(config))
    settings = load_forecast_settings(config, rulebook)
    geography = load_geography(config, "core")
    network = build_network(load_catalogue(config), geography)
    rosters = VitalEngine(rulebook, geography, network).rosters
    layout = Layout.of(rosters, rulebook, wanted(settings))
    plan = make_plan(settings, rulebook, layout)
    grid = Grid(START_MS, _past(settings.history_days + 1, layout.width))
    until_ms = START_MS + settings.history_days * DAY_MS
    learnt = {}

    def learn() -> None:
        for lesson in lessons(grid, plan, settings, until_ms):
            learnt[lesson.target.key] = lesson

    yield Row("forecasts: learn from four weeks, once a city day", "s", median_cpu_s(learn, 1))
    known, now_ms = Lessons(until_ms, learnt), until_ms + 12 * HOUR_MS
    refresh_s = median_cpu_s(lambda: look_ahead(known, grid, now_ms, 0.5, Colour.YELLOW), 9)
    series = sum(len(target.entities) for target in plan.targets)
    yield Row(
        f"forecasts: refresh {series:,} series at {len(settings.leads)} leads",
        "ms",
        1000 * refresh_s,
        target=100,
        more_is_better=False,
    )


def _past(days: int, width: int) -> Floats:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((days * SLOTS, width))
    for row in range(1, len(noise)):
        noise[row] += 0.9 * noise[row - 1]
    day = np.sin(2 * np.pi * np.arange(days * SLOTS) * STEP_MS / DAY_MS)
    return 20 + 5 * day[:, None] + noise

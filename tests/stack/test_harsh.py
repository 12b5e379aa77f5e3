"""Many faults at once, in a whole quarter: they are labelled, truth is as ever, signs go on."""

from pathlib import Path

import msgspec
import pytest
from stack.quarter import Quarter, quarter

from api.cli.simulate import make_simulation
from sensors.catalogue import load_catalogue
from sensors.faults.label import FaultLabel
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.runfiles import RunFiles
from sensors.runner import HISTORY_DAYS, WARM_UP_MS
from twin.city import City, load_city_config
from twin.clock import parse_time
from twin.config import default_config_dir
from twin.geography import load_geography
from twin.scenarios import load_scenarios

pytestmark = pytest.mark.stack
FOLDER, START, SEED = default_config_dir(), "2026-05-13T10:00", 7


def struck(city: Quarter) -> list[FaultLabel]:
    path = city.folder / "faults.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=FaultLabel) for line in lines]


def whole(city: Quarter) -> bool:
    """Whether every dimension of the quarter has a score."""
    scores = [row["score"] for row in city.get("/api/v1/vitals")["dimensions"]]
    return len(scores) == 6 and None not in scores


def test_harsh_faults_are_labelled_and_signs_go_on_and_truth_is_as_ever(tmp_path: Path) -> None:
    """The city that was saved is the one that runs without a neuron, given the same commands."""
    options = ("--start", START, "--seed", str(SEED), "--speed", "60", "--faults", "harsh")
    with quarter(tmp_path, "auto", *options) as city:
        city.wait(lambda: len({label.fault for label in struck(city)}) >= 5, within_s=60)
        seen = city.get("/api/v1/simulation")["t"]
        city.wait(lambda: city.get("/api/v1/simulation")["t"] > seen and whole(city), within_s=60)
        targets = {label.target for label in struck(city)}
        files = RunFiles(city.folder)
    saved, obeyed = files.load(), list(files.recorded(0))
    geography = load_geography(FOLDER, "core")
    network = build_network(load_catalogue(FOLDER), geography)
    assert targets <= {"/".join(pair) for pair in network.gateways} | set(network.sensor_ids)
    harsh = load_profile(FOLDER, "harsh")
    ended = make_simulation(FOLDER, geography, network, harsh, SEED, 0, saved).city
    alone = City.start(
        load_city_config(FOLDER),
        geography,
        load_scenarios(FOLDER),
        SEED,
        parse_time(START) - WARM_UP_MS,
    )
    for _ in alone.prehistory(HISTORY_DAYS):
        pass
    for one in obeyed:
        alone.run_until(one.t_ms)
        alone.submit(one.command)
    alone.run_until(ended.now_ms)
    assert alone.snapshot() == ended.snapshot()

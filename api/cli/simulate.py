"""`hengfu simulate`: the city and its neurons, sending over MQTT."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from api.cli.errors import UsageError
from api.cli.options import (
    Area,
    AreaOption,
    BrokerUrlOption,
    ConfigOption,
    DataOption,
    FaultsOption,
    MetricsPortOption,
    RunOption,
    SeedOption,
    SpeedOption,
    StartOption,
    default_start,
    new_run_id,
    parse_speed,
    parse_start,
)
from api.logs import configure_logs
from api.processmetrics import city_families, metrics_door
from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.faults.profile import ORDINARY, Profile, load_profile
from sensors.heartbeat import Heartbeat
from sensors.network import Network, build_network
from sensors.presence import presence
from sensors.runfiles import RunFiles, Saved
from sensors.runner import WARM_UP_MS, Identity, Runner
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import wall_ms
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import load_scenarios

EPOCH = 1


def simulate(
    broker: BrokerUrlOption = "mqtt://127.0.0.1:1883",
    run: RunOption = None,
    speed: SpeedOption = "60",
    start: StartOption = None,
    seed: SeedOption = 42,
    area: AreaOption = Area.CORE,
    faults: FaultsOption = ORDINARY,
    data: DataOption = Path("data"),
    config: ConfigOption = None,
    metrics_port: MetricsPortOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the run's last snapshot, if there is one.")
    ] = False,
) -> None:
    """Run the city live: neurons send to the broker, commands are obeyed."""
    configure_logs()
    pace = parse_speed(speed)
    start_ms = default_start() if start is None else parse_start(start)
    run = run or new_run_id(wall_ms())
    files = RunFiles(data / "runs" / run)
    files.prepare()
    folder = config or default_config_dir()
    geography = load_geography(folder, area.value)
    network = build_network(load_catalogue(folder), geography)
    saved = files.load() if resume else None
    profile = load_profile(folder, faults)
    simulation = make_simulation(
        folder, geography, network, profile, seed, start_ms - WARM_UP_MS, saved
    )
    bus = Bus(broker, f"hengfu-city-{run}", presence(run, "city"))
    identity = Identity(run, area.value, simulation.city.seed)
    heart = Heartbeat.of(os.environ)
    runner = Runner(simulation, bus, files, identity, pace, start_ms, heart)
    if saved is not None:
        runner.resume(saved)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: runner.stop())
    if not bus.wait_connected(30.0):
        raise UsageError(f"{bus.complaint}: start one, or give it by --broker")
    try:
        with metrics_door(metrics_port, lambda: city_families(runner.numbers())):
            runner.run()
    finally:
        bus.close()


def make_simulation(
    folder: Path,
    geography: Geography,
    network: Network,
    profile: Profile,
    seed: int,
    start_ms: int,
    saved: Saved | None = None,
) -> Simulation:
    """A city with its neurons at start_ms, or as it was saved."""
    config, scenarios = load_city_config(folder), load_scenarios(folder)
    if saved is None:
        city = City.start(config, geography, scenarios, seed, start_ms)
        return Simulation(city, network, profile, EPOCH)
    return Simulation.restore(
        saved.simulation,
        network,
        profile,
        lambda data: City.restore(config, geography, scenarios, data),
    )

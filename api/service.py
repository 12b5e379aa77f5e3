"""The composition root: everything the service is made of, wired once, started and stopped.

build_services(...) ─► Services.start() ─► create_app(services) ─► uvicorn ─► Services.stop()
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from api.alertdesk import AlertDesk
from api.alerts.book import AlertBook
from api.alertview import AlertView
from api.commands import Commands
from api.config import Rulebook, load_rulebook
from api.coverage.book import CoverageBook
from api.feeds import Bell
from api.forecast.settings import NOTHING, ForecastSettings, load_forecast_settings
from api.forecastdesk import ForecastDesk
from api.forecastview import ForecastView
from api.history.keeper import Keeper
from api.history.retention import FOR_EVER, Retention, load_retention
from api.intake import Intake
from api.keyring import KeyRing
from api.language import LANGUAGES, Language
from api.latest import LatestBook
from api.ledger import LEDGER_FILE, Ledger
from api.monitor import Monitor, Pace
from api.names import Names
from api.opendata.counting import HourCounts
from api.opendata.rules import OpenRules, load_open_rules
from api.pages import Pages
from api.publisher import MessageBus, Publisher
from api.rebuild import Past, reaches
from api.retained import clear_retained
from api.runclock import NoRun, RunClock, RunFinder
from api.runfolder import remove_folder
from api.statefile import Checkpoint, StateFile
from api.vitals.engine import VitalEngine
from api.vitalview import VitalView
from api.witness import Witnessed
from sensors import topics
from sensors.bus import Bus
from sensors.catalogue import load_catalogue
from sensors.clockmessage import ClockMessage
from sensors.ingest import Ingest
from sensors.network import Network, build_network
from sensors.presence import presence
from sensors.store import Store
from sensors.store.duck import DuckStore
from twin.clock import wall_ms
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import Scenario, load_scenarios

STORE_FILE = "twin.duckdb"
STATE_FILE = "vitals.state"  # in the folder of the run
FIND_WITHIN_S = 3.0
CONNECT_WITHIN_S = 5.0
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Services:
    """What route handlers may use. `ingest` is None when another process ingests."""

    run: str
    area: str
    geography: Geography
    network: Network
    rulebook: Rulebook
    names: Names
    scenarios: Mapping[str, Scenario]
    store: Store
    ledger: Ledger
    keys: KeyRing
    bus: MessageBus
    clock: RunClock
    engine: VitalEngine
    desk: AlertDesk
    monitor: Monitor
    commands: Commands
    alert_view: AlertView
    vital_views: Mapping[Language, VitalView]
    pages: Pages
    alert_bell: Bell
    coverage: CoverageBook
    keeper: Keeper
    forecasts: ForecastDesk
    forecast_view: ForecastView
    open_rules: OpenRules
    hour_counts: HourCounts
    latest: LatestBook
    ingest: Ingest | None = None
    forget: Callable[[str], int] = lambda run: 0
    closers: list[Callable[[], None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin to listen and work; returns at once."""
        self.bus.subscribe(topics.ack_topic(self.run, topics.ANY), self.commands.hear)
        self.monitor.start(self.bus)
        self.keeper.start()
        self.forecasts.start()
        if self.ingest is not None:
            self.ingest.start()
        _log.info("service started", run=self.run, area=self.area)

    def stop(self) -> None:
        """End the threads, then close what they used; everything appended is kept."""
        if self.ingest is not None:
            self.ingest.stop()
        self.monitor.stop()
        self.keeper.stop(1.5)  # like the forecasts it goes on from the store alone
        self.forecasts.stop(1.5)
        for close in self.closers:
            close()
        _log.info("service stopped", run=self.run)


def build_services(
    config_dir: Path,
    data_dir: Path,
    broker_url: str,
    run: str | None = None,
    area: str | None = None,
    store: str = "duckdb",
    with_ingest: bool = True,
    pace: Pace | None = None,
) -> Services:
    """Everything, not yet started. Without a run (or area) it is learnt from the live clock.

    Raises ConfigError, BusError, StoreUnavailable, LedgerUnavailable, or NoRun.
    """
    if run is None or area is None:
        found = find_run(broker_url, run)
        run, area = run or found.run, area or found.area
    geography = load_geography(config_dir, area)
    network = build_network(load_catalogue(config_dir), geography)
    rulebook = load_rulebook(config_dir, network.catalogue)
    scenarios = load_scenarios(config_dir)
    opened = open_store(store, data_dir)
    ledger = Ledger(data_dir / LEDGER_FILE)
    bus = Bus(broker_url, f"hengfu-monitor-{run}", presence(run, "monitor"))
    services = assemble(
        run, area, geography, network, rulebook, scenarios, opened, ledger, bus, pace or Pace(),
        retention=load_retention(config_dir),
        forecast=load_forecast_settings(config_dir, rulebook),
        open_rules=load_open_rules(config_dir, network.catalogue),
        checkpoint=StateFile(data_dir / "runs" / run / STATE_FILE),
    )  # fmt: skip

    def forget(old: str) -> int:
        """What the store does not have of a run: files and retained messages."""
        remove_folder(data_dir, old)
        return clear_retained(broker_url, old)

    services.forget = forget
    services.closers = [bus.close, opened.close, ledger.close]
    if with_ingest:
        ingest_bus = Bus(broker_url, f"hengfu-ingest-{run}", presence(run, "ingest"))
        services.ingest = Ingest(ingest_bus, opened, network, run)
        services.closers.insert(0, ingest_bus.close)
    return services


def assemble(
    run: str,
    area: str,
    geography: Geography,
    network: Network,
    rulebook: Rulebook,
    scenarios: Mapping[str, Scenario],
    store: Store,
    ledger: Ledger,
    bus: MessageBus,
    pace: Pace,
    wall: Callable[[], int] = wall_ms,
    retention: Retention = FOR_EVER,
    checkpoint: Checkpoint | None = None,
    forecast: ForecastSettings = NOTHING,
    open_rules: OpenRules | None = None,
) -> Services:
    """The parts wired together; nothing is opened here, so fakes may be passed in."""
    names, clock, alert_bell = Names(rulebook, geography), RunClock(run, wall), Bell()
    engine, latest = VitalEngine(rulebook, geography, network), LatestBook(network, clock.now_ms)
    desk = AlertDesk(AlertBook(rulebook, engine.cases), ledger, run, alert_bell)
    alert_view, forecast_view = AlertView(run, names), ForecastView(run, names)
    publisher = Publisher(bus, run, alert_view, wall)
    keeper = Keeper(run, store, clock.heard_ms, retention)
    forecasts = ForecastDesk(
        run, store, engine.rosters, rulebook, forecast,
        lambda outlook: publisher.warn(forecast_view.warnings(outlook)),
    )  # fmt: skip
    past = _past(run, store, network, engine, checkpoint)
    monitor = Monitor(
        run, store, past.intake, past, Witnessed(engine, latest.add), desk, publisher, clock, pace,
        _each(keeper.saved, forecasts.saved),
    )  # fmt: skip
    rules = open_rules or load_open_rules(default_config_dir(), network.catalogue)
    return Services(
        run=run, area=area, geography=geography, network=network, rulebook=rulebook, names=names,
        scenarios=scenarios, store=store, ledger=ledger, keys=KeyRing(ledger, wall), bus=bus,
        clock=clock, engine=engine, desk=desk, monitor=monitor,
        commands=Commands(bus, ledger, run, clock.now_ms),
        alert_view=alert_view,
        vital_views={one: VitalView(run, names, one) for one in LANGUAGES},
        pages=Pages(), alert_bell=alert_bell, coverage=CoverageBook(geography, rulebook),
        keeper=keeper, forecasts=forecasts, forecast_view=forecast_view, open_rules=rules,
        hour_counts=HourCounts(run, store, network, rules.count), latest=latest,
    )  # fmt: skip


def _past(
    run: str, store: Store, network: Network, engine: VitalEngine, checkpoint: Checkpoint | None
) -> Past:
    """What fills the engine's windows again, with an intake that has seen nothing yet."""
    reach = reaches(network, engine.windows.rings.values())
    return Past(run, store, network, Intake(network), reach, checkpoint)


def _each(*hearers: Callable[[int], None]) -> Callable[[int], None]:
    """One hearer that tells all of them."""

    def tell(t_ms: int) -> None:
        for hear in hearers:
            hear(t_ms)

    return tell


def open_store(kind: str, data_dir: Path) -> Store:
    """`duckdb` in the data folder, or `influx` as HENGFU_INFLUX_… say.

    Raises ValueError for another name, ConfigError for a setting that is missing, and
    StoreUnavailable.
    """
    if kind not in _STORES:
        raise ValueError(f"store {kind!r}: expected {' or '.join(_STORES)}")
    return _STORES[kind](data_dir)


def _duck(data_dir: Path) -> Store:
    data_dir.mkdir(parents=True, exist_ok=True)
    return DuckStore(data_dir / STORE_FILE)


def _influx(_data_dir: Path) -> Store:
    from sensors.store.influx import InfluxStore  # late: half a second that DuckDB needs not wait
    from sensors.store.influxsettings import influx_settings

    return InfluxStore(influx_settings(os.environ))


_STORES: Mapping[str, Callable[[Path], Store]] = {"duckdb": _duck, "influx": _influx}


def find_run(
    broker_url: str,
    run: str | None,
    within_s: float = FIND_WITHIN_S,
    connect_within_s: float = CONNECT_WITHIN_S,
) -> ClockMessage:
    """The clock of the named run, or of the live one; raises NoRun when none is heard."""
    finder = RunFinder()
    bus = Bus(broker_url, "hengfu-finder")
    try:
        topic = topics.clock_topic(run or topics.ANY)
        # QoS 0: what the broker kept for an earlier search would make a dead run seem alive.
        bus.subscribe(topic, lambda message: finder.hear(message.payload), qos=0)
        if not bus.wait_connected(connect_within_s):
            raise NoRun(f"{bus.complaint}: the live run cannot be found")
        found = finder.wait(within_s)
    finally:
        bus.close()
    if found is None:
        raise NoRun("no city's clock is heard at the broker: start one or name the run")
    return found

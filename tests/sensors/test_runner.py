"""The live city bears strange commands, a silent broker and a crash."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from sensors import topics
from sensors.bus import BusFull, Handler, Message
from sensors.clockmessage import PAUSED, STOPPED, ClockMessage, encode_clock
from sensors.faults.label import Fault, FaultLabel
from sensors.outbox import Pack
from sensors.runfiles import RunFiles, Saved
from sensors.runner import STEP_MS, WARM_UP_MS, Identity, Runner
from twin.command import Acknowledgement, Command
from twin.labels import Label

START_MS = 1_777_618_800_000


@dataclass
class FakeBus:
    """Keeps what is published; `heard` is called for each, on the runner's thread."""

    heard: Callable[[str, Any], None] = lambda topic, payload: None
    retained: dict[str, bytes] = field(default_factory=dict)
    connected: bool = True
    full: bool = False
    handlers: dict[str, Handler] = field(default_factory=dict)

    def subscribe(self, pattern: str, handler: Handler, qos: int = 1, manual: bool = False) -> None:
        self.handlers[topics.parse(pattern).channel] = handler
        for topic, payload in self.retained.items():
            if topics.parse(topic).channel == topics.parse(pattern).channel:
                handler(Message(topic, payload, retain=True))

    def on_connect(self, action: Callable[[], object]) -> None:
        action()

    def publish(
        self, topic: str, payload: bytes, qos: int, retain: bool = False, within_s: float = 30.0
    ) -> None:
        if self.full:
            raise BusFull("full")
        self.heard(topics.parse(topic).channel, json.loads(payload))

    def flush(self, within_s: float) -> bool:
        return True


@dataclass
class FakeCity:
    """Time and nothing else."""

    now_ms: int
    seed: int = 7
    obeyed: list[Command] = field(default_factory=list)

    def submit(self, command: Command) -> Acknowledgement:
        self.obeyed.append(command)
        return Acknowledgement(command=command.id, accepted=True)

    def labels(self) -> list[Label]:
        return []


class FakeFaults:
    """A neuron that spikes at every step."""

    def labels(self) -> list[FaultLabel]:
        return [FaultLabel(1, "n-1:pm25:1", Fault.SPIKE, 1)]


@dataclass
class FakeSimulation:
    """One pack per step."""

    city: FakeCity
    seq: int = 0
    faults: FakeFaults = field(default_factory=FakeFaults)

    def submit(self, command: Command) -> Acknowledgement:
        return self.city.submit(command)

    def history(self, days: float) -> Iterator[Pack]:
        return iter(())

    def advance(self, until_ms: int) -> list[Pack]:
        self.city.now_ms, self.seq = until_ms, self.seq + 1
        return [Pack("z", "w1", 1, self.seq, b"[]")]

    def snapshot(self) -> bytes:
        return b""


@dataclass
class Stage:
    """A runner at full speed over fakes; `until` runs it until this was told on the bus."""

    bus: FakeBus
    simulation: FakeSimulation
    runner: Runner

    def until(self, happened: Callable[[str, Any], bool]) -> None:
        def heard(channel: str, told: Any) -> None:
            if channel == "readings":
                self.confirm(self.simulation.seq)
            if happened(channel, told):
                self.runner.stop()

        self.bus.heard = heard
        self.runner.run()

    def confirm(self, seq: int) -> None:
        if "confirmed" in self.bus.handlers:
            payload = b'{"epoch": 1, "seq": %d}' % seq
            self.bus.handlers["confirmed"](Message("hengfu/v1/r/confirmed/z/w1", payload))

    def order(self, **command: Any) -> None:
        payload = json.dumps(command).encode()
        self.bus.handlers["commands"](Message("hengfu/v1/r/commands/city", payload))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    bus = FakeBus()
    simulation = FakeSimulation(FakeCity(START_MS - WARM_UP_MS))
    life, line, identity = cast(Any, simulation), cast(Any, bus), Identity("r", "core", 7)
    runner = Runner(life, line, RunFiles(tmp_path), identity, None, START_MS)
    return Stage(bus, simulation, runner)


def test_warm_up_is_lived_before_the_clock_says_running(stage: Stage) -> None:
    clocks: list[tuple[str, int]] = []

    def running(channel: str, told: Any) -> bool:
        if channel == "clock":
            clocks.append((told["state"], told["t_ms"]))
        return channel == "clock" and told["state"] == "running"

    stage.until(running)
    assert clocks[0] == ("warming", START_MS - WARM_UP_MS)
    warm = [t_ms for state, t_ms in clocks if state == "warming"]
    assert max(warm) == START_MS


@pytest.mark.parametrize(
    "strange",
    [
        {"id": "a/b", "action": "pause"},
        {"id": "", "action": "pause"},
        {"id": "x" * 70_000, "action": "pause"},
        {"id": "late", "action": "inject", "effective_at_ms": 10**30},
    ],
)
def test_a_command_that_cannot_be_answered_is_not_obeyed(
    stage: Stage, strange: dict[str, Any]
) -> None:
    """And the city goes on with the next."""
    answers = []

    def answered(channel: str, told: Any) -> bool:
        if channel == "clock" and told["state"] == "warming" and told["t_ms"] == START_MS:
            stage.order(**strange)
            stage.order(id="good", action="speed", arguments={"speed": None})
        if channel == "acks":
            answers.append(told["command"])
        return channel == "acks"

    stage.until(answered)
    assert answers == ["good"]
    assert stage.simulation.city.obeyed == []


def test_a_full_bus_does_not_end_the_city(stage: Stage) -> None:
    stage.bus.full = True
    advance = stage.simulation.advance

    def counted(until_ms: int) -> list[Pack]:
        if until_ms >= START_MS + 10 * STEP_MS:
            stage.bus.connected = False  # nobody takes the rest
            stage.runner.stop()
        return advance(until_ms)

    stage.simulation.advance = counted  # type: ignore[method-assign]
    stage.runner.run()
    assert stage.simulation.city.now_ms >= START_MS + 10 * STEP_MS


def test_a_full_disk_does_not_end_the_city(stage: Stage, tmp_path: Path) -> None:
    """And once there is room again, the labels are written after all."""
    parts = [tmp_path / name for name in ("labels.jsonl.part", "faults.jsonl")]
    for part in parts:
        part.mkdir()  # what cannot be opened for writing

    def freed(channel: str, told: Any) -> bool:
        if channel == "clock" and told["t_ms"] == START_MS:
            for part in parts:
                shutil.rmtree(part, ignore_errors=True)
        return channel == "clock" and told["t_ms"] > START_MS

    stage.until(freed)
    assert (tmp_path / "labels.jsonl").exists()
    struck = (tmp_path / "faults.jsonl").read_text().splitlines()
    assert len(struck) == stage.simulation.seq + 1  # one per step and one at the end, none lost
    assert json.loads(struck[0])["fault"] == "spike"


def test_without_a_connection_packs_wait_in_the_outbox(stage: Stage, tmp_path: Path) -> None:
    sent: list[str] = []

    def lost(channel: str, told: Any) -> bool:
        sent.append(channel)
        stage.bus.connected = channel != "clock"
        return channel == "clock" and told["t_ms"] > START_MS

    stage.until(lost)
    saved = RunFiles(tmp_path).load()
    assert "readings" not in sent
    assert saved is not None
    assert len(saved.unconfirmed) == stage.simulation.seq


@pytest.mark.parametrize(("state", "goes_on"), [(PAUSED, False), (STOPPED, True)])
def test_a_crashed_run_stays_paused_and_a_stopped_one_goes_on(
    stage: Stage, state: str, goes_on: bool
) -> None:
    clock = ClockMessage(run="r", t_ms=START_MS, speed=1.0, state=state)
    stage.bus.retained[topics.clock_topic("r")] = encode_clock(clock)
    stage.runner.resume(Saved(b"", []))
    told: list[Any] = []

    def clocks(channel: str, message: Any) -> bool:
        if channel == "clock":
            told.append(message)
        return channel == "clock"

    stage.until(clocks)
    assert (told[0]["state"] == "running") == goes_on
    assert told[0]["speed"] == (None if goes_on else 1.0)

"""The city live: steps the simulation at its pace, publishes packs, obeys commands.

commands ─► Simulation.advance ─► outbox ─► MQTT readings ─► ingest
                                    ▲                          │
                                    └──── confirmed marks ◄────┘
"""

import contextlib
import queue
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import structlog

from sensors import topics
from sensors.bus import Bus, BusFull, Message
from sensors.clockmessage import (
    PAUSED,
    RUNNING,
    STOPPED,
    WARMING,
    ClockMessage,
    encode_clock,
    parse_clock,
)
from sensors.diary import Diary
from sensors.heartbeat import Heartbeat
from sensors.highwater import decode_confirmation
from sensors.outbox import Outbox, Pack
from sensors.runfiles import Obeyed, RunFiles, Saved
from sensors.simulation import Simulation
from twin.clock import MINUTE_MS, SECOND_MS, Pace, iso, wall_ms
from twin.command import Acknowledgement, Command

STEP_MS = 10 * SECOND_MS
WARM_UP_MS = 15 * MINUTE_MS  # city time lived at full speed first, so that windows are full
RESEND_AFTER_MS = 5 * SECOND_MS  # wall time without confirmation
CLOCK_EVERY_MS = 5 * SECOND_MS  # wall time: a slow or paused city is heard too
UNCONFIRMED = 2_000  # packs at which the city waits for the ingest
DRAIN_WITHIN_S = 4.0  # with the goodbyes of the bus a stop takes less than ten seconds
HISTORY_DAYS = 30

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """What every clock message repeats about a run."""

    run: str
    area: str
    seed: int


class Runner:
    """One run, from its first reading to the last; `run` works until `stop` is called."""

    def __init__(
        self,
        simulation: Simulation,
        bus: Bus,
        files: RunFiles,
        identity: Identity,
        speed: float | None,
        start_ms: int,
        heart: Heartbeat | None = None,
    ) -> None:
        """`simulation` stands WARM_UP_MS before start_ms, or later when it was resumed."""
        self._simulation, self._bus, self._diary = simulation, bus, Diary(files, wall_ms())
        self._identity, self._start_ms = identity, start_ms
        self._heart = heart or Heartbeat()
        self._outbox = Outbox()
        self._commands: queue.Queue[Command] = queue.Queue()
        self._confirmed: deque[tuple[str, str, int, int]] = deque()
        self._heard: ClockMessage | None = None
        self._again: deque[Obeyed] = deque()
        self._paused = self._resumed = False
        self._speed = speed
        self._pace = Pace(None, 0, 0)
        self._resent_ms = self._told_ms = wall_ms()
        self._stopping, self._forgotten = threading.Event(), threading.Event()

    def resume(self, saved: Saved) -> None:
        """Take over what a crashed run had sent without confirmation and obeyed since."""
        self._resumed = True
        for pack in saved.unconfirmed:
            self._outbox.add(pack, 0)
        self._again.extend(self._diary.recorded(self._simulation.city.now_ms))

    def run(self) -> None:
        """Live until stopped."""
        self._listen()
        self._catch_up()
        self._set_pace()
        while not self._stopping.is_set():
            self._obey()
            self._settle()
            self._remind()
            if self._paused:
                self._stopping.wait(0.05)
            elif self._wait_for_turn():
                self._step(RUNNING)
        self._finish()

    def stop(self) -> None:
        """Ask the run to end; safe from a signal handler and from other threads."""
        self._stopping.set()

    def numbers(self) -> dict[str, float]:
        """Where the run is; safe from any thread."""
        return {
            "time_seconds": self._simulation.city.now_ms / 1000,
            "unconfirmed_packs": float(len(self._outbox)),
            "paused": float(self._paused),
            "broker_connected": float(self._bus.connected),
        }

    # Before the first step

    def _listen(self) -> None:
        run = self._identity.run
        confirmed = topics.confirmed_topic(run, topics.ANY, topics.ANY)
        self._bus.on_connect(self._forgotten.set)
        self._bus.subscribe(topics.clock_topic(run), self._hear_clock)
        self._bus.subscribe(confirmed, self._hear_confirmation)
        self._bus.subscribe(topics.command_topic(run, "city"), self._hear_command)

    def _catch_up(self) -> None:
        """Live the history and the warm-up, or what a crash threw back, at full speed."""
        state = None if self._resumed else WARMING
        if self._resumed:
            self._stopping.wait(0.5)  # the retained clock says how far the run had come
            self._take_over(self._heard)
        else:
            self._publish_clock(WARMING)
            self._send(self._simulation.history(HISTORY_DAYS))
        while not self._stopping.is_set():
            heard = self._heard
            target_ms = max(self._start_ms, 0 if heard is None else heard.t_ms)
            if self._simulation.city.now_ms >= target_ms:
                return
            if self._has_room():
                self._step(state)

    def _take_over(self, heard: ClockMessage | None) -> None:
        """Keep the pace of a crashed run; one that was stopped goes on at the pace it is given."""
        if heard is not None and heard.state in (RUNNING, PAUSED):
            self._speed, self._paused = heard.speed, heard.state == PAUSED

    # One step

    def _step(self, state: str | None) -> None:
        """Ten seconds of the city; no clock is published while state is None."""
        city = self._simulation.city
        while self._again and self._again[0].t_ms <= city.now_ms:
            self._simulation.submit(self._again.popleft().command)
        self._send(self._simulation.advance(city.now_ms + STEP_MS))
        if state is not None:
            self._publish_clock(state)
        self._write()

    def _wait_for_turn(self) -> bool:
        """Whether the next step is due and the ingest keeps up; waits a little otherwise."""
        due_ms = self._simulation.city.now_ms + STEP_MS
        wait_s = self._pace.wait_s(due_ms, wall_ms())
        if wait_s > 0:
            self._stopping.wait(min(wait_s, 0.05))
            return False
        return self._has_room()

    def _has_room(self) -> bool:
        self._settle()
        if len(self._outbox) < UNCONFIRMED:
            return True
        self._stopping.wait(0.02)
        self._set_pace()  # time lost to waiting is not caught up in a rush
        return False

    def _send(self, packs: Iterable[Pack]) -> None:
        for pack in packs:
            self._outbox.add(pack, wall_ms())
            self._publish(pack)

    def _publish(self, pack: Pack) -> None:
        """Without a broker the pack stays in the outbox and is sent later."""
        if self._bus.connected:
            topic = topics.readings_topic(self._identity.run, pack.zone, pack.gateway)
            self._tell(topic, pack.payload)

    def _tell(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """What finds no room is told again: packs, answers to repeated commands, the clock.

        Whoever was asked to stop does not wait for a broker that takes nothing.
        """
        within_s = 0.0 if self._stopping.is_set() else 1.0
        with contextlib.suppress(BusFull):
            self._bus.publish(topic, payload, 1, retain, within_s)

    def _settle(self) -> None:
        """Let go of what is confirmed; send again what has waited too long."""
        self._heart.beat(wall_ms())
        while self._confirmed:
            self._outbox.confirm(*self._confirmed.popleft())
        now_ms = wall_ms()
        if now_ms - self._resent_ms >= SECOND_MS and self._bus.connected:
            self._resent_ms = now_ms
            for pack in self._outbox.resend(now_ms, RESEND_AFTER_MS):
                self._publish(pack)

    # Commands

    def _obey(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return
            answer = self._answer(command)
            topic = topics.ack_topic(self._identity.run, command.id)
            self._tell(topic, msgspec.json.encode(answer))

    def _answer(self, command: Command) -> Acknowledgement:
        now_ms = self._simulation.city.now_ms
        steer = {"speed": self._change_speed, "pause": self._pause, "resume": self._go_on}
        if command.action in steer:
            accepted, detail = steer[command.action](command)
            return Acknowledgement(
                command=command.id, accepted=accepted, detail=detail, t_ms=now_ms
            )
        answer = self._simulation.submit(command)
        if answer.accepted:
            self._diary.record(Obeyed(now_ms, command))
        return answer

    def _change_speed(self, command: Command) -> tuple[bool, str]:
        speed = command.arguments.get("speed")
        if speed is not None and not (isinstance(speed, int | float) and 0.1 <= speed <= 10_000):
            return False, f"speed {speed!r}: expected 0.1 to 10000, or null for full speed"
        self._speed = None if speed is None else float(speed)
        self._set_pace()
        self._publish_clock(self._state)
        return True, f"speed {'max' if speed is None else speed}"

    def _pause(self, _command: Command) -> tuple[bool, str]:
        self._paused = True
        self._publish_clock(PAUSED)
        return True, "paused"

    def _go_on(self, _command: Command) -> tuple[bool, str]:
        self._paused = False
        self._set_pace()
        self._publish_clock(RUNNING)
        return True, "running"

    def _set_pace(self) -> None:
        self._pace = Pace.start(self._speed, self._simulation.city.now_ms)

    @property
    def _state(self) -> str:
        return PAUSED if self._paused else RUNNING

    # What is left behind

    def _remind(self) -> None:
        """Repeat the clock when it has not been told for long, or the broker may have lost it."""
        if self._forgotten.is_set() or wall_ms() - self._told_ms >= CLOCK_EVERY_MS:
            self._publish_clock(self._state)

    def _publish_clock(self, state: str) -> None:
        now_ms, identity = self._simulation.city.now_ms, self._identity
        clock = ClockMessage(
            run=identity.run,
            t_ms=now_ms,
            t=iso(now_ms),
            speed=self._speed,
            state=state,
            area=identity.area,
            seed=identity.seed,
        )
        self._forgotten.clear()
        self._told_ms = wall_ms()
        self._tell(topics.clock_topic(identity.run), encode_clock(clock), retain=True)

    def _write(self, now: bool = False) -> None:
        self._diary.label(self._simulation.city.labels())
        self._diary.note(self._simulation.faults.labels())
        if now or self._diary.is_due(wall_ms()):
            self._diary.save(self._simulation.snapshot(), self._outbox, wall_ms())

    def _finish(self) -> None:
        """Wait for what is on its way, then say that the run has stopped."""
        deadline_ms = wall_ms() + round(DRAIN_WITHIN_S * 1000)
        while len(self._outbox) and wall_ms() < deadline_ms and self._bus.connected:
            self._settle()
            threading.Event().wait(0.05)
        self._write(now=True)
        self._publish_clock(STOPPED)
        self._bus.flush(1.0)
        if len(self._outbox):
            _log.warning("packs are left unconfirmed in the snapshot", packs=len(self._outbox))

    # On the network thread: only hand over.

    def _hear_clock(self, message: Message) -> None:
        clock = parse_clock(message.payload)
        if self._heard is None and clock is not None and message.retain:
            self._heard = clock

    def _hear_confirmation(self, message: Message) -> None:
        zone, gateway = topics.parse(message.topic).names
        mark = decode_confirmation(message.payload)
        if mark is not None:
            self._confirmed.append((zone, gateway, mark.epoch, mark.seq))

    def _hear_command(self, message: Message) -> None:
        try:
            self._commands.put(msgspec.json.decode(message.payload, type=Command))
        except msgspec.DecodeError as error:
            _log.warning("a command could not be read", reason=str(error))

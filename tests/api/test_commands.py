"""Commands are repeated until answered, and never wait for ever."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.commands import WAITING_AT_ONCE, CityDoesNotAnswer, Commands
from api.ledger import Ledger
from sensors.bus import Message
from twin.command import Acknowledgement, Command


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    book = Ledger(tmp_path / "ledger.sqlite")
    yield book
    book.close()


def answer(command: str, accepted: bool = True) -> Message:
    body = msgspec.json.encode(Acknowledgement(command=command, accepted=accepted))
    return Message("t", body, False, 1, 0, 0)


class Wire:
    """Hands each published command to the test."""

    connected = True

    def __init__(self, heard: Callable[[Command], None]) -> None:
        self._heard = heard

    def publish(self, topic: str, payload: bytes, **_: Any) -> None:
        assert topic == "hengfu/v1/r1/commands/city"
        self._heard(msgspec.json.decode(payload, type=Command))

    def subscribe(self, *_: Any, **__: Any) -> None:
        raise AssertionError("commands do not subscribe by themselves")


def make(ledger: Ledger, heard: Callable[[Command], None]) -> Commands:
    return Commands(Wire(heard), ledger, "r1", lambda: 1_000, repeat_s=0.001)


def test_an_answer_ends_the_repeating(ledger: Ledger) -> None:
    count = []

    def heard(command: Command) -> None:
        count.append(command.id)
        if len(count) == 3:
            commands.hear(answer(command.id))

    commands = make(ledger, heard)
    assert commands.send(Command(id="c1", action="pause"), within_s=10).accepted
    assert count == ["c1"] * 3


def test_answers_to_others_and_nonsense_are_passed_over(ledger: Ledger) -> None:
    def heard(command: Command) -> None:
        commands.hear(answer("other"))
        commands.hear(Message("t", b"nonsense", False, 1, 0, 0))
        commands.hear(answer(command.id, accepted=False))

    commands = make(ledger, heard)
    assert not commands.send(Command(id="c1", action="pause"), within_s=1).accepted


def test_silence_is_an_error_and_is_in_the_ledger(ledger: Ledger) -> None:
    commands = make(ledger, lambda command: None)
    with pytest.raises(CityDoesNotAnswer, match="c1"):
        commands.send(Command(id="c1", action="pause"), within_s=0.003)
    story = ledger.story("r1", "command", "c1")
    assert [entry.payload["what"] for entry in story] == ["sent", "unanswered"]


def test_commands_that_wait_are_bounded(ledger: Ledger) -> None:
    waiting = threading.Barrier(WAITING_AT_ONCE + 1)
    release = threading.Event()

    def heard(command: Command) -> None:
        waiting.wait(10)
        release.wait(10)
        commands.hear(answer(command.id))

    commands = make(ledger, heard)
    threads = [
        threading.Thread(target=commands.send, args=(Command(id=f"c{n}", action="pause"), 10))
        for n in range(WAITING_AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    waiting.wait(10)
    with pytest.raises(CityDoesNotAnswer, match="Too many"):
        commands.send(Command(id="more", action="pause"), within_s=1)
    release.set()
    for thread in threads:
        thread.join(10)
    assert len(ledger.since(0, "r1", ["command"])) == 2 * WAITING_AT_ONCE

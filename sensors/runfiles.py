"""What a run leaves on disk: labels, a snapshot to resume from, the commands obeyed since."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from sensors.faults.label import FaultLabel
from sensors.outbox import Pack
from twin.command import Command
from twin.labels import Label, write_labels


class Saved(msgspec.Struct, frozen=True):
    """A run as it stood: the simulation's snapshot and the packs nobody has confirmed yet."""

    simulation: bytes
    unconfirmed: list[Pack]


class Obeyed(msgspec.Struct, frozen=True):
    """A command and the city time at which the city took it on."""

    t_ms: int
    command: Command


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The folder of one run: labels.jsonl, faults.jsonl, snapshot.bin, commands.jsonl."""

    folder: Path

    def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def write_labels(self, labels: list[Label]) -> None:
        write_labels(self.folder / "labels.jsonl", labels)

    def write_faults(self, labels: list[FaultLabel]) -> None:
        """Append device faults. A run resumed after a crash may write some lines again."""
        with (self.folder / "faults.jsonl").open("ab") as file:
            file.write(b"".join(msgspec.json.encode(label) + b"\n" for label in labels))

    def save(self, saved: Saved) -> None:
        """Replace the snapshot as a whole; a crash leaves the old one."""
        part = self.folder / "snapshot.part"
        with part.open("wb") as file:
            file.write(msgspec.msgpack.encode(saved))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.folder / "snapshot.bin")

    def load(self) -> Saved | None:
        """The newest snapshot, or None when there is none that can be read."""
        try:
            data = (self.folder / "snapshot.bin").read_bytes()
            return msgspec.msgpack.decode(data, type=Saved)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def record(self, obeyed: Obeyed) -> None:
        """Append a command before it is acknowledged, so that a resumed run obeys it again."""
        with (self.folder / "commands.jsonl").open("ab") as file:
            file.write(msgspec.json.encode(obeyed) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def recorded(self, since_ms: int) -> Iterator[Obeyed]:
        """Commands obeyed at or after this city time; a torn last line is left out."""
        path = self.folder / "commands.jsonl"
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                obeyed = msgspec.json.decode(line, type=Obeyed)
            except msgspec.MsgspecError:
                continue
            if obeyed.t_ms >= since_ms:
                yield obeyed

"""The whole changing city: named arrays and records, nothing hidden in generator frames."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from twin.arrays import Array, Floats
from twin.command import Acknowledgement
from twin.geography import Geography
from twin.incidents import Incident
from twin.labels import Label
from twin.levers import LEVERS, lever_key, table_of
from twin.tour import Tour

_MAGIC = b"HFTWIN01"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A declared array: `table.quantity_unit`, its first value, and whether sensors may see it.

    It has one value per row of the table unless `size` gives a number, or `count` one by the map.
    """

    name: str
    initial: float = 0.0
    truth: bool = True
    size: int | None = None
    count: Callable[[Geography], int] | None = None


class SnapshotError(ValueError):
    """Bytes that are not a snapshot, or one of another area."""


class _Header(msgspec.Struct, frozen=True):
    t_ms: int
    seed: int
    started: bool
    planned: str
    arrays: list[tuple[str, int]]
    incidents: list[Incident]
    labels: list[Label]
    acknowledgements: list[Acknowledgement]
    tours: list[Tour]


@dataclass(slots=True)
class CityState:
    """Arrays by name; incidents to come and active, labels of those over, answered commands,
    tours of the day, each by id; the last planned day.

    Arrays are written in place and never replaced, so views of them stay valid. `levers` holds the
    arrays of all levers one after the other, `neutral` where each stands without incidents.
    """

    arrays: dict[str, Floats]
    levers: Floats
    neutral: Floats
    incidents: dict[str, Incident] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    acknowledgements: dict[str, Acknowledgement] = field(default_factory=dict)
    tours: dict[str, Tour] = field(default_factory=dict)
    planned: str = ""
    started: bool = False

    def __getitem__(self, name: str) -> Floats:
        return self.arrays[name]

    def __setitem__(self, name: str, value: Array | float) -> None:
        self.arrays[name][:] = value

    def lever(self, name: str) -> Floats:
        """The lever's current values, one per row of its table."""
        return self.arrays[lever_key(name)]

    def release(self) -> None:
        """Put every lever back to neutral."""
        self.levers[:] = self.neutral


def declare(geography: Geography, quantities: Iterable[Quantity]) -> CityState:
    """A state with every declared quantity at its first value and every lever neutral."""
    arrays: dict[str, Floats] = {}
    for quantity in quantities:
        if quantity.name in arrays:
            raise ValueError(f"quantity {quantity.name!r} is declared twice")
        arrays[quantity.name] = np.full(_rows(quantity, geography), quantity.initial)
    rows = [len(geography[table_of(lever)]) for lever in LEVERS]
    levers = np.repeat(np.array(list(LEVERS.values())), rows)
    parts = np.split(levers, np.cumsum(rows)[:-1])
    arrays |= {lever_key(lever): part for lever, part in zip(LEVERS, parts, strict=True)}
    return CityState(arrays, levers, levers.copy())


def _rows(quantity: Quantity, geography: Geography) -> int:
    if quantity.count is not None:
        return quantity.count(geography)
    if quantity.size is not None:
        return quantity.size
    return len(geography[quantity.name.partition(".")[0]])


def pack(state: CityState, t_ms: int, seed: int) -> bytes:
    """The state as bytes; the same state always gives the same bytes."""
    names = sorted(state.arrays)
    header = _Header(
        t_ms=t_ms,
        seed=seed,
        started=state.started,
        planned=state.planned,
        arrays=[(name, len(state.arrays[name])) for name in names],
        incidents=[state.incidents[key] for key in sorted(state.incidents)],
        labels=[state.labels[key] for key in sorted(state.labels)],
        acknowledgements=sorted(state.acknowledgements.values(), key=lambda a: (a.t_ms, a.command)),
        tours=[state.tours[key] for key in sorted(state.tours)],
    )
    values = b"".join(state.arrays[name].astype("<f8").tobytes() for name in names)
    head = msgspec.json.encode(header)
    return _MAGIC + len(head).to_bytes(4, "little") + head + zlib.compress(values, 1)


def unpack(data: bytes, into: CityState) -> tuple[int, int]:
    """Fill a freshly declared state from a snapshot; gives its time and seed.

    Raises SnapshotError when the bytes are no snapshot or its arrays have other rows.
    """
    header, values = _read(data)
    _check_rows(header, into.arrays)
    start = 0
    for name, rows in header.arrays:
        into.arrays[name][:] = values[start : start + rows]
        start += rows
    into.incidents = {incident.id: incident for incident in header.incidents}
    into.labels = {label.id: label for label in header.labels}
    into.acknowledgements = {answer.command: answer for answer in header.acknowledgements}
    into.tours = {tour.id: tour for tour in header.tours}
    into.planned, into.started = header.planned, header.started
    return header.t_ms, header.seed


def _read(data: bytes) -> tuple[_Header, Floats]:
    if data[: len(_MAGIC)] != _MAGIC:
        raise SnapshotError("not a snapshot of this version of the city")
    start = len(_MAGIC) + 4
    size = int.from_bytes(data[len(_MAGIC) : start], "little")
    try:
        header = msgspec.json.decode(data[start : start + size], type=_Header)
        raw = zlib.decompress(data[start + size :])
    except (msgspec.MsgspecError, zlib.error) as error:
        raise SnapshotError(f"damaged snapshot: {error}") from error
    values = np.frombuffer(raw, "<f8")
    if len(values) != sum(rows for _, rows in header.arrays):
        raise SnapshotError("damaged snapshot: arrays are cut short")
    return header, values


def _check_rows(header: _Header, arrays: Mapping[str, Floats]) -> None:
    expected = sorted((name, len(array)) for name, array in arrays.items())
    for found, wanted in zip(sorted(header.arrays), expected, strict=False):
        if found != wanted:
            raise SnapshotError(f"snapshot has {found}, this city has {wanted}: another area?")
    if len(header.arrays) != len(expected):
        raise SnapshotError(f"snapshot has {len(header.arrays)} arrays, not {len(expected)}")

"""The catalogue of neuron kinds: config/neurons.toml, checked and frozen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sensors.config import KindTable, NeuronsFile, QuantityTable
from twin.config import ConfigError, read_toml

FILE = "neurons.toml"
DEVICE = "device"  # the table of all other neurons, for kinds that watch the neurons themselves
GRID_MS = 10_000  # the fleet looks at the city every 10 s
# Primary units of RFC 8428 and those RFC 8798 adds; secondary units never go on the wire.
_UNITS = """m kg s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3
m/s m/s2 m3/s W/m2 cd/m2 bit bit/s lat lon pH dB dBW count / %RH %EL EL 1/s S/m
B VA VAs var vars J/m kg/m3 deg"""
SENML_UNITS = frozenset(_UNITS.split())
Net = Literal["W", "N", "L"]
Grade = Literal["good", "ordinary", "poor"]
Report = Literal["periodic", "change"]


@dataclass(frozen=True, slots=True)
class Fade:
    """A quantity that takes a leak away: none of it is left from `over` on."""

    truth: str
    over: float


@dataclass(frozen=True, slots=True)
class Cross:
    """Another quantity that leaks in: value * (1 + mul * e) + add * e, e = max(0, it - above)."""

    truth: str
    above: float
    add: float
    mul: float
    fades: Fade | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing a kind measures.

    `truth` is the city's array `table.quantity` in the display unit; `unit` goes on the wire;
    display value = wire value * `per_unit`. Noise is 1 σ: `noise_abs` + `noise_rel` * |value|.
    """

    id: str
    truth: str
    unit: str = ""
    display_unit: str = ""
    per_unit: float = 1.0
    low: float = 0.0
    high: float = 1.0
    resolution: float = 1.0
    noise_abs: float = 0.0
    noise_rel: float = 0.0
    temp_coef: float = 0.0
    states: tuple[str, ...] = ()
    boolean: bool = False
    gain_scale: float = 1.0
    drift_per_year: float = 0.0
    delta: float = 0.0
    dither: bool = False
    circular: bool = False
    above: float = 0.5
    error_rate: float = 0.0
    cross: Cross | None = None

    @property
    def numeric(self) -> bool:
        """Measured on a scale, not a state."""
        return not (self.boolean or self.states)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of neuron: what carries it, how many, how often, how well, what it measures.

    `minimum`: one of the kinds whose coverage of the quarter is counted. `backup`: a mains neuron
    that has a battery for power cuts.
    """

    id: str
    number: int
    name_zh: str
    name_en: str
    on: str
    cadence_ms: int
    net: Net
    grade: Grade
    quantities: tuple[Quantity, ...]
    per: float | None = 1.0
    every_m: float | None = None
    per_km2: float | None = None
    where: Mapping[str, tuple[bool | float | str, ...]] = field(default_factory=dict)
    report: Report = "periodic"
    heartbeat_ms: int = 0
    history_ms: int | None = None
    radius_m: float = 100.0
    minimum: bool = False
    backup: bool = False

    def quantity(self, quantity: str) -> Quantity:
        """The quantity with this id; KeyError when the kind has none."""
        for one in self.quantities:
            if one.id == quantity:
                return one
        raise KeyError(quantity)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds in file order; `file` is named in errors."""

    kinds: tuple[Kind, ...]
    file: str = FILE

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)

    def kind(self, kind: str) -> Kind:
        """The kind with this id; KeyError when there is none."""
        for one in self.kinds:
            if one.id == kind:
                return one
        raise KeyError(kind)


def load_catalogue(config_dir: Path) -> Catalogue:
    """config/neurons.toml; raises ConfigError naming the key that cannot be used."""
    return read_catalogue(config_dir / FILE)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in this file; raises ConfigError naming the key that cannot be used."""
    tables = read_toml(path, NeuronsFile).kind
    _check_unique(path, "kind", "id", [table.id for table in tables])
    _check_unique(path, "kind", "number", [table.number for table in tables])
    for index, table in enumerate(tables):
        _check_kind(path, f"kind.{index}", table)
    return Catalogue(tuple(_kind(table) for table in tables), str(path))


def _check_unique(path: Path, key: str, field: str, values: Sequence[str | int]) -> None:
    seen: set[str | int] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise ConfigError(
                path, f"{key}.{index}.{field}", value, "expected to be used only once"
            )
        seen.add(value)


def _check_kind(path: Path, key: str, table: KindTable) -> None:
    rules = [table.per, table.every_m, table.per_km2]
    if sum(rule is not None for rule in rules) != 1:
        raise ConfigError(path, key, table.id, "expected exactly one of per, every_m, per_km2")
    if table.every_m is not None and table.on != "link":
        raise ConfigError(path, f"{key}.every_m", table.every_m, 'expected only with on = "link"')
    if table.per_km2 is not None and table.on != "zone":
        raise ConfigError(path, f"{key}.per_km2", table.per_km2, 'expected only with on = "zone"')
    if table.on == DEVICE and table.per != 1:
        raise ConfigError(path, f"{key}.per", table.per, 'expected 1 with on = "device"')
    _check_times(path, key, table)
    _check_unique(path, f"{key}.quantity", "id", [one.id for one in table.quantity])
    for index, quantity in enumerate(table.quantity):
        _check_quantity(path, f"{key}.quantity.{index}", table, quantity)


def _check_times(path: Path, key: str, table: KindTable) -> None:
    if table.cadence_s * 1000 % GRID_MS:
        raise ConfigError(path, f"{key}.cadence_s", table.cadence_s, "expected a multiple of 10")
    if table.report == "change" and table.heartbeat_s is None:
        raise ConfigError(path, f"{key}.heartbeat_s", None, 'expected with report = "change"')
    if table.report == "periodic" and table.heartbeat_s is not None:
        raise ConfigError(
            path, f"{key}.heartbeat_s", table.heartbeat_s, 'expected only with report = "change"'
        )
    if (table.heartbeat_s or 0) % table.cadence_s:
        raise ConfigError(
            path, f"{key}.heartbeat_s", table.heartbeat_s, "expected a multiple of cadence_s"
        )
    if (table.history_s or 0) % 3600:
        raise ConfigError(path, f"{key}.history_s", table.history_s, "expected a multiple of 3600")


def _check_quantity(path: Path, key: str, table: KindTable, quantity: QuantityTable) -> None:
    if quantity.truth.split(".")[0] != table.on:
        raise ConfigError(
            path, f"{key}.truth", quantity.truth, f'expected a quantity of "{table.on}"'
        )
    if quantity.boolean and quantity.states:
        raise ConfigError(path, f"{key}.states", quantity.states, "expected none with boolean")
    for place, name in leaks(quantity).items():
        if name.split(".")[0] not in ("zone", table.on):
            raise ConfigError(path, f"{key}.{place}", name, f'expected "zone" or "{table.on}"')
    if not (quantity.boolean or quantity.states):
        _check_scale(path, key, quantity)


def leaks(quantity: QuantityTable | Quantity) -> dict[str, str]:
    """What else the quantity depends on, by the key that names it."""
    cross = quantity.cross
    if cross is None:
        return {}
    fades = {} if cross.fades is None else {"cross.fades.truth": cross.fades.truth}
    return {"cross.truth": cross.truth, **fades}


def _check_scale(path: Path, key: str, quantity: QuantityTable) -> None:
    if quantity.unit not in SENML_UNITS:
        raise ConfigError(path, f"{key}.unit", quantity.unit, "expected a primary SenML unit")
    if quantity.low >= quantity.high:
        raise ConfigError(path, f"{key}.high", quantity.high, f"expected more than {quantity.low}")
    if quantity.resolution > quantity.high - quantity.low:
        raise ConfigError(
            path, f"{key}.resolution", quantity.resolution, "expected less than the range"
        )


def _kind(table: KindTable) -> Kind:
    return Kind(
        **table.model_dump(
            include={"id", "number", "name_zh", "name_en", "on", "net", "grade", "per"}
            | {"every_m", "per_km2", "report", "radius_m", "minimum", "backup"}
        ),
        cadence_ms=table.cadence_s * 1000,
        heartbeat_ms=(table.heartbeat_s or table.cadence_s) * 1000,
        history_ms=None if table.history_s is None else table.history_s * 1000,
        where={
            name: tuple(value) if isinstance(value, list) else (value,)
            for name, value in table.where.items()
        },
        quantities=tuple(_quantity(one) for one in table.quantity),
    )


def _quantity(table: QuantityTable) -> Quantity:
    values = table.model_dump(exclude={"cross", "display_unit"})
    cross = None
    if table.cross is not None:
        fades = None if table.cross.fades is None else Fade(**table.cross.fades.model_dump())
        cross = Cross(**table.cross.model_dump(exclude={"fades"}), fades=fades)
    return Quantity(**values, cross=cross, display_unit=table.display_unit or table.unit)

"""The errors of every instrument, drawn once: columns with one entry per series."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np

from sensors.catalogue import Quantity
from sensors.grades import GRADES, ORDER, YEAR_MS
from sensors.layout import AIR_TEMPERATURE, NOWHERE, Layout
from sensors.network import Network
from sensors.noise import Keys, ar_weights, draw, keys_of, normal, salted, uniform
from twin.arrays import Array, Bools, Floats, Index

DRIFT_KNOT_MS = 30 * 86_400_000
_PER_MONTH = (2 - 2 / np.pi) ** -0.5  # σ of the random part for a change of 1 σ in 30 days
# Rows of the parameter matrix: first what every instrument needs, then what few have.
GAIN, NOISE, NOISE_REL, LOW, HIGH, STEP, TIMES, OVER = range(8)
COMMON = 8
OFFSET, TEMP, ABOVE, ADD, MUL, DITHER = range(COMMON, 14)


@dataclass(frozen=True, slots=True)
class Instruments:
    """What is drawn or looked up once, per series of the network.

    `parameters` has one row per name above: gain 1 + g, bias, k_T, noise, its relative part,
    the leak's threshold and factors, range and step in the display unit, the fraction that
    turns whole steps into wire units, 1 for rounding by chance.
    `truth_at`, `temp_at`, `cross_at`, `fades_at` are places in the flat truth.
    """

    keys: Keys
    parameters: Floats
    truth_at: Index
    temp_at: Index
    cross_at: Index
    fades_at: Index
    fades_over: Floats  # the leak is gone from here on; 0 where it does not fade
    weights: Floats  # of the noise's moving average, lags x series
    special: Bools  # not a plain number: a leak, a warm instrument, a direction, rounding by chance
    circular: Bools
    threshold: Floats  # a boolean is true above it
    error_rate: Floats
    drift: Floats  # 1 σ of the random part, display unit
    drift_per_year: Floats
    drift_keys: Keys
    drift_phase: Floats  # share of a knot by which this instrument is ahead
    calibrated: Floats  # share of a year by which its calibration is ahead

    def take(self, rows: Array) -> "Instruments":
        """These instruments in this order."""
        columns = {one.name: getattr(self, one.name).take(rows, axis=-1) for one in fields(self)}
        return Instruments(**columns)

    def offsets(self, t_ms: int) -> Floats:
        """Bias and drift at this time, in the display unit.

        The random part turns from knot to knot, 30 days apart, with constant variance; the
        linear part starts anew once a year, when the instrument is recalibrated.
        """
        keys = self.drift_keys
        place = t_ms / DRIFT_KNOT_MS + self.drift_phase
        knot, turn = np.floor(place).astype(np.int64), (place % 1.0) * np.pi / 2
        walk = normal(draw(keys, knot)) * np.cos(turn) + normal(draw(keys, knot + 1)) * np.sin(turn)
        age = (t_ms / YEAR_MS + self.calibrated) % 1.0
        offsets: Floats = self.parameters[OFFSET] + self.drift * walk + self.drift_per_year * age
        return offsets


def instruments_of(network: Network, layout: Layout, seed: int) -> Instruments:
    """Draw every instrument's errors; each depends on the seed and its own name only."""
    keys = keys_of(seed, network.series.name)
    row, sensor = network.series.quantity, network.series.sensor
    quantities = network.quantities
    errors = [GRADES[name] for name in ORDER]
    grades = [ORDER.index(kind.grade) for kind in network.catalogue.kinds]
    grade = np.array(grades, np.int32)[network.kind][sensor]
    noise = np.array([one.noise_abs for one in quantities])[row]
    truth = [one.truth for one in quantities]
    warm = [AIR_TEMPERATURE if one.temp_coef else "" for one in quantities]
    cross = [one.cross.truth if one.cross else "" for one in quantities]
    marks = [special(one) for one in quantities]
    weights = np.stack([ar_weights(error.phi) for error in errors], axis=1)
    return Instruments(
        keys=keys,
        parameters=_parameters(quantities, row, keys, grade),
        truth_at=_places(network, layout, truth),
        temp_at=_places(network, layout, warm),
        cross_at=_places(network, layout, cross),
        fades_at=_places(network, layout, [_fade(one)[0] for one in quantities]),
        fades_over=np.array([_fade(one)[1] for one in quantities])[row],
        weights=np.ascontiguousarray(weights[:, grade]),
        special=np.array(marks)[row],
        circular=np.array([one.circular for one in quantities])[row],
        threshold=np.array([one.above for one in quantities])[row],
        error_rate=np.array([one.error_rate for one in quantities])[row],
        drift=noise * np.array([error.drift for error in errors])[grade] * _PER_MONTH,
        drift_per_year=np.array([one.drift_per_year for one in quantities])[row],
        drift_keys=salted(keys, "drift"),
        drift_phase=uniform(_once(keys, "knot")),
        calibrated=uniform(_once(keys, "calibration")),
    )


def _parameters(quantities: Sequence[Quantity], row: Index, keys: Keys, grade: Index) -> Floats:
    table = np.array([_facts(quantity) for quantity in quantities]).T[:, row]
    errors = [GRADES[name] for name in ORDER]
    gain = np.array([error.gain for error in errors])[grade] * normal(_once(keys, "gain"))
    bias = np.array([error.bias for error in errors])[grade] * normal(_once(keys, "bias"))
    table[GAIN] = 1.0 + table[GAIN] * gain
    table[OFFSET] = table[NOISE] * bias
    return np.ascontiguousarray(table)


def _facts(quantity: Quantity) -> list[float]:
    """One column of the parameter matrix before anything is drawn."""
    if not quantity.numeric:
        highest = float(max(1, len(quantity.states) - 1))
        return [0, 0, 0, 0, highest, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    cross = quantity.cross
    leak = [cross.above, cross.add, cross.mul] if cross else [0.0, 0.0, 0.0]
    wire = Fraction(repr(quantity.resolution)) / Fraction(repr(quantity.per_unit))
    scale = [quantity.low, quantity.high, quantity.resolution, wire.numerator, wire.denominator]
    noise = [quantity.gain_scale, quantity.noise_abs, quantity.noise_rel]
    return [*noise, *scale, 0.0, quantity.temp_coef, *leak, quantity.dither]


def special(quantity: Quantity) -> bool:
    """Whether it needs more than the common parameters."""
    leaks = quantity.cross is not None or quantity.temp_coef != 0
    return quantity.numeric and (leaks or quantity.circular or quantity.dither)


def _fade(quantity: Quantity) -> tuple[str, float]:
    """What takes the leak away, and from where on it is gone."""
    fades = quantity.cross.fades if quantity.cross else None
    return ("", 0.0) if fades is None else (fades.truth, fades.over)


def _places(network: Network, layout: Layout, names: Sequence[str]) -> Index:
    """Per series, where in the flat truth the name of its quantity stands; 0 for no name."""
    sensor, quantity = network.series.sensor, network.series.quantity
    places = np.full(len(network.series), NOWHERE, np.int32)
    for number, name in enumerate(names):
        if name:
            mine = np.flatnonzero(quantity == number)
            kind = network.catalogue.kinds[int(network.quantity_kind[number])]
            here = name.partition(".")[0] == kind.on
            row = (network.entity if here else network.zone)[sensor[mine]]
            places[mine] = layout.start(name) + row
    return places


def _once(keys: Keys, purpose: str) -> Keys:
    return draw(salted(keys, purpose), 0)

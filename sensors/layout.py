"""The city's named arrays as one flat vector, so that all kinds are read in one pass."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sensors.catalogue import DEVICE, Catalogue, leaks
from sensors.devices import NAMES
from twin.arrays import Array, Floats, Ints
from twin.config import ConfigError

AIR_TEMPERATURE = "zone.air_temp_c"  # what instruments with a temperature coefficient feel
NOWHERE = 0  # a slot that always holds 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each named array stands in the flat vector; slot 0 is always 0.

    The city's arrays are neighbours in the order in which they are named.
    """

    city: Mapping[str, slice]
    devices: Mapping[str, slice]
    size: int

    def start(self, name: str) -> int:
        """Place of the first row of this name; KeyError when it is not wanted."""
        place: int = (self.devices if name in self.devices else self.city)[name].start
        return place

    def fill(self, flat: Floats, arrays: Mapping[str, Floats]) -> None:
        """Copy the city's arrays into their places; KeyError when one is missing."""
        if self.city:
            places = [*self.city.values()]
            whole = flat[places[0].start : places[-1].stop]
            np.concatenate([arrays[name] for name in self.city], out=whole)

    def only(self, names: Collection[str]) -> "Layout":
        """The same places, but only these names of the city."""
        some = {name: place for name, place in self.city.items() if name in names}
        return Layout(some, {}, self.size)

    def fill_devices(self, flat: Floats, arrays: Mapping[str, Floats]) -> None:
        """The same for what the neurons know of themselves."""
        for name, place in self.devices.items():
            flat[place] = arrays[name]


def layout_of(
    names: Iterable[str], table_rows: Mapping[str, int], last: Collection[str] = ()
) -> Layout:
    """Room for these `table.quantity` names, one value per row of their table; some come last."""
    places, size = {}, NOWHERE + 1
    device = f"{DEVICE}."
    for name in sorted(
        set(names), key=lambda name: (not name.startswith(device), name in last, name)
    ):
        end = size + table_rows[name.partition(".")[0]]
        places[name] = slice(size, end)
        size = end
    own = {name: place for name, place in places.items() if name.startswith(device)}
    city = {name: place for name, place in places.items() if name not in own}
    return Layout(city, own, size)


def wanted(catalogue: Catalogue) -> list[str]:
    """All truth names that the catalogue needs."""
    quantities = [quantity for kind in catalogue for quantity in kind.quantities]
    names = [quantity.truth for quantity in quantities]
    names += [name for quantity in quantities for name in leaks(quantity).values()]
    warm = any(quantity.temp_coef for quantity in quantities)
    return [*names, AIR_TEMPERATURE] if warm else names


def check_truths(catalogue: Catalogue, known: Collection[str]) -> None:
    """The catalogue may only name quantities of the city; raises ConfigError for any other.

    `known`: the names of the city's arrays; what neurons know of themselves is always known.
    """
    known = {*known, *NAMES}
    for number, kind in enumerate(catalogue):
        for index, quantity in enumerate(kind.quantities):
            key = f"kind.{number}.quantity.{index}"
            _check(catalogue.file, f"{key}.truth", quantity.truth, known)
            for place, name in leaks(quantity).items():
                _check(catalogue.file, f"{key}.{place}", name, known)


def _check(file: str, key: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        table = name.partition(".")[0]
        near = ", ".join(sorted(one for one in known if one.startswith(table + "."))) or "none"
        raise ConfigError(file, key, name, f"expected a quantity of the city ({near})")


class Flat:
    """The truth of several ticks in one vector: what is fast once per tick, all else once.

    `fast` names what may differ between the ticks.
    """

    def __init__(self, layout: Layout, fast: Collection[str], ticks: int) -> None:
        moving = [place for name, place in layout.city.items() if name in fast]
        self._fixed = min((place.start for place in moving), default=layout.size)
        self.step = layout.size - self._fixed
        self._layout, self._fast = layout, layout.only(fast)
        self.values = np.full(self._fixed + ticks * self.step, np.nan)
        self.values[NOWHERE] = 0.0

    def fill(self, arrays: Mapping[str, Floats], tick: int) -> None:
        """Take in the truth of a tick; what is not fast must be as at the first, number 0."""
        layout = self._fast if tick else self._layout
        layout.fill(self.values[tick * self.step :], arrays)

    def shift(self, tick: Ints | None) -> Ints | None:
        """What leads to the ticks of these numbers; None where there is but one."""
        return None if tick is None else tick * self.step

    def take(self, places: Array, shift: Ints | None) -> Floats:
        """The values at these places, of the ticks to which `shift` (ticks times step) leads; of
        the first without it."""
        if shift is None:
            return self.values.take(places)
        at = places.astype(np.intp)
        moving = np.flatnonzero(at >= self._fixed)
        at[moving] += shift[moving]
        return self.values.take(at)


def some(shift: Ints | None, where: slice | Array) -> Ints | None:
    """The shifts of these readings, None where all are of one tick."""
    return None if shift is None else shift[where]

"""Declared arrays and their bytes."""

import numpy as np
import pytest

from twin.geography import Geography
from twin.state import Quantity, SnapshotError, declare, pack, unpack

QUANTITIES = (Quantity("zone.air_temp_c", 20.0), Quantity("weather.latent", size=3, truth=False))


def test_a_quantity_has_one_value_per_row_of_its_table(geography: Geography) -> None:
    state = declare(geography, QUANTITIES)
    assert len(state["zone.air_temp_c"]) == len(geography["zone"])
    assert len(state["weather.latent"]) == 3


def test_a_quantity_declared_twice_is_refused(geography: Geography) -> None:
    with pytest.raises(ValueError, match=r"zone\.air_temp_c"):
        declare(geography, (*QUANTITIES, Quantity("zone.air_temp_c")))


def test_writing_a_quantity_keeps_its_array(geography: Geography) -> None:
    state = declare(geography, QUANTITIES)
    before = state["zone.air_temp_c"]
    state["zone.air_temp_c"] = 5.0
    assert state["zone.air_temp_c"] is before
    assert np.all(before == 5.0)


def test_packed_bytes_give_back_the_state(geography: Geography) -> None:
    state, copy = declare(geography, QUANTITIES), declare(geography, QUANTITIES)
    state["weather.latent"] = np.array([0.1, -2.0, 1e-17])
    assert unpack(pack(state, 123, 7), copy) == (123, 7)
    assert pack(copy, 123, 7) == pack(state, 123, 7)


@pytest.mark.parametrize("spoil", [lambda data: b"x" + data, lambda data: data[:-9]])
def test_damaged_bytes_are_refused(geography: Geography, spoil) -> None:
    state = declare(geography, QUANTITIES)
    with pytest.raises(SnapshotError):
        unpack(spoil(pack(state, 0, 7)), declare(geography, QUANTITIES))


def test_a_snapshot_of_other_quantities_is_refused(geography: Geography) -> None:
    data = pack(declare(geography, QUANTITIES), 0, 7)
    with pytest.raises(SnapshotError, match="another area"):
        unpack(data, declare(geography, (Quantity("zone.wind", 1.0), *QUANTITIES[1:])))

"""WGS-84, GCJ-02 and BD-09 agree with places whose three positions are known."""

import numpy as np
import pytest

from twin.datum import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# name: WGS-84, GCJ-02, BD-09 as (lon, lat)
PLACES = {
    "junction": ((121.4332681, 31.2058290), (121.437892, 31.203961), (121.444303, 31.210324)),
    "library": ((121.4400000, 31.2091700), (121.444612, 31.207293), (121.451028, 31.213649)),
    "park": ((121.4520870, 31.2190550), (121.456672, 31.217160), (121.463127, 31.223398)),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_its_known_positions_in_all_three_datums(place: str) -> None:
    wgs84, gcj02, bd09 = PLACES[place]
    np.testing.assert_allclose(wgs84_to_gcj02(*wgs84), gcj02, atol=1e-6)
    np.testing.assert_allclose(wgs84_to_bd09(*wgs84), bd09, atol=1e-6)
    np.testing.assert_allclose(gcj02_to_wgs84(*gcj02), wgs84, atol=1e-6)
    np.testing.assert_allclose(bd09_to_gcj02(*bd09), gcj02, atol=1e-6)


def test_the_encyclopaedia_position_of_the_mansion_is_gcj02() -> None:
    """121.4383 E, 31.2045 N reads as a wrong place until it is converted."""
    np.testing.assert_allclose(gcj02_to_wgs84(121.4383, 31.2045), (121.4337, 31.2064), atol=1e-4)


def test_the_shift_here_is_440_m_east_and_210_m_south() -> None:
    lon, lat = wgs84_to_gcj02(121.4337, 31.2063)
    assert (lon - 121.4337) * 95_210 == pytest.approx(440, abs=10)
    assert (lat - 31.2063) * 110_860 == pytest.approx(-210, abs=10)


def test_the_way_back_is_exact_to_a_millimetre_over_the_whole_quarter() -> None:
    lon, lat = (
        a.ravel() for a in np.meshgrid(np.linspace(121.42, 121.46), np.linspace(31.19, 31.23))
    )
    back = bd09_to_wgs84(*wgs84_to_bd09(lon, lat))
    assert np.abs(back[0] - lon).max() < 1e-8
    assert np.abs(back[1] - lat).max() < 1e-8

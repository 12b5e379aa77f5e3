"""The texture of minutes: what an hour's median leaves, and that it can fail."""

import numpy as np
import pytest
from support.realseries import memory

from api.realism.distances import compare
from api.realism.limits import load_limits
from api.realism.lines import judge
from api.realism.series import Series
from api.realism.texture import TEXTURE, deviations
from twin.arrays import Floats


def minutes(seed: int, phi: float, sd: float, horns: float) -> Series:
    """Ten days around a daily wave, with rare loud minutes."""
    rng = np.random.default_rng(seed)
    count = 10 * 1440
    wave = 50 + 6 * np.cos(2 * np.pi * (np.arange(count) / 1440 - 0.6))
    loud = np.where(rng.random(count) < horns, rng.uniform(8, 14, count), 0.0)
    return Series("sound", 0, 1, {"laeq_db": wave + sd * memory(rng, count, phi) + loud})


@pytest.fixture(scope="module")
def real() -> tuple[Series, Series]:
    return deviations(minutes(1, 0.6, 1.5, 0.02)), deviations(minutes(2, 0.6, 1.5, 0.02))


def failed(made: Series, real: tuple[Series, Series]) -> set[str]:
    yardstick = compare(real[0], real[1])
    lines = judge(compare(deviations(made), real[1]), yardstick, load_limits())
    assert [line.id for line in lines] == [row.id for row in TEXTURE]
    return {line.id for line in lines if not line.passed}


def test_another_stretch_of_the_same_place_passes(real: tuple[Series, Series]) -> None:
    assert failed(minutes(3, 0.6, 1.5, 0.02), real) == set()


def test_every_line_fails_for_a_place_without_memory_or_too_loud(
    real: tuple[Series, Series],
) -> None:
    """Wild white noise fails the spread, slow smooth noise the memory."""
    wild = failed(minutes(4, 0.0, 4.0, 0.1), real)
    smooth = failed(minutes(5, 0.98, 1.5, 0.0), real)
    assert wild | smooth == {row.id for row in TEXTURE}


def test_the_level_of_the_place_does_not_matter() -> None:
    place = minutes(6, 0.6, 1.5, 0.02)
    louder = place.having({"laeq_db": place["laeq_db"] + 20})
    rest: Floats = deviations(louder)["deviation_db"] - deviations(place)["deviation_db"]
    assert np.abs(rest).max() < 1e-9

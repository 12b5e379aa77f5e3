"""The counter hash: pure, uncorrelated where it should be, normal where it should be."""

import numpy as np
import pytest

from sensors.noise import (
    draw,
    fraction,
    keys_of,
    normal,
    salted,
    uniform,
)

NAMES = [f"sensor-{number}" for number in range(500)]


def test_a_number_depends_on_its_own_name_and_tick_only() -> None:
    many = draw(keys_of(7, NAMES), np.arange(500))
    alone = draw(keys_of(7, [NAMES[123]]), 123)
    assert many[123] == alone[0]


def test_another_seed_purpose_or_tick_gives_other_numbers() -> None:
    keys = keys_of(7, NAMES)
    base = draw(keys, 5)
    for other in (draw(keys_of(8, NAMES), 5), draw(salted(keys, "gain"), 5), draw(keys, 6)):
        assert not (base == other).any()


def test_draws_are_fixed_for_ever() -> None:
    """A change of these numbers changes every run ever recorded."""
    assert draw(keys_of(7, ["sensor-0", "sensor-1"]), 5).tolist() == [
        5176355490905863327,
        8435305590914960398,
    ]


def test_normals_have_the_moments_and_tails_of_a_normal() -> None:
    sample = normal(draw(keys_of(1, NAMES)[:, None], np.arange(2000)))
    assert abs(sample.mean()) < 0.005
    assert abs(sample.std() - 1) < 0.005
    assert abs((sample**4).mean() - 3) < 0.05
    assert 0.0020 < (np.abs(sample) > 3).mean() < 0.0034


@pytest.mark.parametrize("cut", [uniform, fraction])
def test_uniforms_fill_the_unit_interval_evenly(cut) -> None:
    sample = cut(draw(keys_of(1, NAMES)[:, None], np.arange(2000)))
    assert sample.min() >= 0
    assert sample.max() < 1
    counts = np.histogram(sample, bins=20, range=(0, 1))[0] / sample.size
    assert np.abs(counts - 0.05).max() < 0.001


def test_the_three_parts_of_a_draw_are_independent() -> None:
    draws = draw(keys_of(1, NAMES)[:, None], np.arange(2000)).ravel()
    parts = np.corrcoef([normal(draws), uniform(draws), fraction(draws)])
    assert np.abs(parts - np.eye(3)).max() < 0.005


def test_different_sensors_are_uncorrelated() -> None:
    sample = normal(draw(keys_of(1, NAMES[:50])[:, None], np.arange(20_000)))
    off = np.corrcoef(sample) - np.eye(50)
    assert np.abs(off).max() < 0.035

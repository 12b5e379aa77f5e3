"""How effects fade with distance."""

from typing import get_args

import numpy as np
import pytest

from twin.fading import FADES
from twin.scenarios import Effect


@pytest.mark.parametrize(
    ("law", "distance_m", "share"),
    [
        ("evenly", 50, 1.0),
        ("evenly", 75, 0.5),
        ("ground", 3, 1.0),
        ("ground", 4 * 7.62, 1 / 8),
        ("sound", 3, 1.0),
        ("sound", 20, 0.25),
    ],
)
def test_a_law_leaves_this_share(law: str, distance_m: float, share: float) -> None:
    assert FADES[law](np.array([distance_m]), 100.0)[0] == pytest.approx(share)


@pytest.mark.parametrize("law", FADES)
def test_a_law_is_full_at_the_source_never_rises_and_ends_at_the_radius(law: str) -> None:
    share = FADES[law](np.linspace(0, 100, 201), 60.0)
    assert share[0] == 1.0
    assert np.all(np.diff(share) <= 0)
    assert np.all(share[121:] == 0.0)


def test_an_effect_may_name_every_law() -> None:
    assert get_args(Effect.model_fields["fades"].annotation) == tuple(FADES)

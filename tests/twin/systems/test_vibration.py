"""Ground vibration: attenuation, buildings, trains."""

from dataclasses import replace

import numpy as np
import pytest

from twin.systems import vibration


def quiet(state, config, geography, tick):
    """One step without cars: (layout, vertical velocity at the foundations)."""
    layout = vibration.prepare(geography, config.vibration)
    state["link.veh_mean_veh_h"] = 0.0
    vibration.step(state, tick, layout, config.vibration, config.trains)
    return layout, state["building.ppv_z_mm_s"].copy()


def test_attenuation_is_that_of_a_surface_wave_in_soft_clay(config) -> None:
    """(r0/r)^0.5 exp(-0.045 (r - r0)) from 5 m."""
    away = np.array([1.0, 5.0, 10.0, 20.0, 40.0])
    found = vibration.attenuation(away, config.vibration)
    assert found[:2] == pytest.approx([1.0, 1.0])
    assert found[2] == pytest.approx(0.5**0.5 * np.exp(-0.045 * 5))
    assert np.all(np.diff(found[1:]) < 0)


def test_plant_shakes_its_own_house_and_light_houses_most(state, config, geography, at) -> None:
    state.lever("building.plant_ppv_mm_s")[:] = 2.0
    layout, ground = quiet(state, config, geography, at("2026-05-18T02:00"))
    heavy = layout.foundation == layout.foundation.min()
    light = layout.foundation == layout.foundation.max()
    assert ground[heavy].mean() < 0.75 * ground[light].mean()
    assert np.all(state["building.ppv_top_mm_s"] > state["building.ppv_x_mm_s"])
    assert state["building.vib_freq_hz"].mean() == pytest.approx(config.vibration.plant_hz, rel=0.1)


def test_sources_out_of_step_add_as_squares(state, config, geography, at) -> None:
    """Same tick and chance: traffic with and without plant."""
    layout, tick = vibration.prepare(geography, config.vibration), at("2026-05-18T02:00")
    found = []
    for cars, plant in ((2000.0, 0.0), (0.0, 1.0), (2000.0, 1.0)):
        state["link.veh_mean_veh_h"] = cars
        state.lever("building.plant_ppv_mm_s")[:] = plant
        vibration.step(state, tick, layout, config.vibration, config.trains)
        found.append(state["building.ppv_z_mm_s"] - config.vibration.floor_mm_s)
    assert found[2] == pytest.approx(np.hypot(found[0], found[1]))


def test_trains_are_felt_above_their_tunnel_by_day_alone(state, config, geography, at) -> None:
    day = [quiet(state, config, geography, at(f"2026-05-18T08:{m:02d}")) for m in range(8)]
    layout, _ = day[0]
    felt = np.max([ground for _, ground in day], axis=0)
    _, night = quiet(state, config, geography, at("2026-05-18T02:00"))
    assert np.all(night == config.vibration.floor_mm_s)
    near, far = (layout.metro_reach.max(axis=0) >= 0.8, layout.metro_reach.max(axis=0) < 1e-4)
    assert near.sum() > 3
    assert felt[near].mean() > 2 * config.vibration.floor_mm_s
    assert felt[far].max() < 1.01 * config.vibration.floor_mm_s


def test_of_two_houses_of_a_structure_the_further_one_shakes_less(
    state, config, geography, at
) -> None:
    """Every pair at about 10 and 40 m from one street, with cars that all shake alike."""
    params = config.vibration.model_copy(update={"log_sd": 0.0})
    layout = vibration.prepare(geography, params)
    still = replace(layout, heavy_share=np.zeros(len(layout.heavy_share)))
    state["link.veh_mean_veh_h"] = 1200.0
    vibration.step(state, at("2026-05-18T03:00"), still, params, config.trains)
    shake = state["building.ppv_z_mm_s"] - params.floor_mm_s
    away, link = vibration.street_distance_m(geography), geography["building"].link
    near, far = (np.flatnonzero((link >= 0) & (np.abs(away - m) < 4)) for m in (10.0, 40.0))
    alike = (link[near][:, None] == link[far]) & (
        layout.foundation[near][:, None] == layout.foundation[far]
    )
    one, other = (rows[pair] for rows, pair in zip((near, far), alike.nonzero(), strict=True))
    assert len(one) > 0
    left = (away[one] / away[other]) ** 0.5 * np.exp(-0.045 * (away[other] - away[one]))
    assert shake[other] / shake[one] == pytest.approx(left)

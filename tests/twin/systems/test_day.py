"""A whole day: what must hold for every array, whatever the equations."""

import numpy as np

ANGLES = ("tilt_x_deg", "tilt_y_deg")


def test_every_value_is_a_number(weekday) -> None:
    for hour in weekday:
        for name, values in hour.items():
            assert np.all(np.isfinite(values)), name


def test_nothing_but_angles_and_temperatures_is_negative(weekday) -> None:
    for hour in weekday:
        for name, values in hour.items():
            if not name.endswith((*ANGLES, "temp_c", "dew_point_c")):
                assert values.min() >= 0, name


def test_shares_stay_between_zero_and_one(weekday) -> None:
    names = (
        "bin.fill_frac",
        "chamber.ch4_lel",
        "plaza.spill_frac",
        "bay.occupied",
        "feeder.outage",
    )
    for hour in weekday:
        for name in names:
            assert hour[name].max() <= 1 + 1e-9, name


def test_the_night_is_quieter_than_the_day_on_every_street(weekday) -> None:
    quiet, loud = weekday[3]["link.noise_laeq_db"], weekday[16]["link.noise_laeq_db"]
    assert np.all(quiet < loud - 3)


def test_the_junction_is_busiest_in_the_afternoon(weekday) -> None:
    density = [hour["plaza.density_ped_m2"].mean() for hour in weekday]
    assert 13 <= int(np.argmax(density)) <= 17
    assert density[3] < 0.05 * max(density)


def test_cars_are_slower_in_the_rush_than_at_night(weekday) -> None:
    assert weekday[17]["link.veh_speed_m_s"].mean() < weekday[3]["link.veh_speed_m_s"].mean()


def test_street_lamps_burn_by_night_only(weekday) -> None:
    assert np.mean(weekday[1]["lamp.power_w"] > 50) > 0.97
    assert weekday[12]["lamp.power_w"].max() == 0


def test_the_load_of_every_transformer_peaks_in_the_afternoon_or_evening(weekday) -> None:
    load = np.array([hour["feeder.load_kw"] for hour in weekday])
    assert np.all((load.argmax(axis=0) >= 13) & (load.argmax(axis=0) <= 20))


def test_elders_use_water_every_day_and_their_meters_never_run_back(weekday) -> None:
    meter = np.array([hour["home.water_m3"] for hour in weekday])
    assert np.all(np.diff(meter, axis=0) >= 0)
    assert np.median(meter[-1] - meter[0]) > 0.05


def test_a_quiet_day_has_no_emergency(weekday) -> None:
    for hour in weekday:
        assert hour["feeder.outage"].max() == 0
        assert hour["lift.trapped"].max() == 0
        assert hour["chamber.ch4_lel"].max() < 0.05
        assert hour["building.smoke_pct_m"].max() < 1
        assert hour["drain.pond_m"].max() < 0.03

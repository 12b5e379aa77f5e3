"""What is simulated is rounded and cut as the real file is, and nothing else happens to it."""

import numpy as np
import pytest

from api.realism.randomwalk import random_walk
from api.realism.recorded import as_recorded, humidity_pct, share_gaps
from api.realism.series import Series
from api.realism.split import SplitError, good_years, split


@pytest.fixture(scope="module")
def gappy(climate: Series) -> Series:
    """The climate with a fortnight of July without rain readings in its second year."""
    rain = climate["rain_mm"].copy()
    rain[(climate.year == 2013) & (climate.month == 6) & (climate.day % 31 < 14)] = np.nan
    return climate.having({**climate.columns, "rain_mm": rain})


def test_steps_and_gaps_are_those_of_the_real_file(gappy: Series, same_climate: Series) -> None:
    shifted = {name: same_climate[name] + 0.0437 for name in same_climate.columns}
    found = as_recorded(same_climate.having(shifted), gappy)
    for column, step in (("temp_c", 1), ("wind_m_s", 1), ("rain_mm", 0.1), ("pm25_ug_m3", 1)):
        present = found[column][~np.isnan(found[column])] / step
        np.testing.assert_allclose(present, np.round(present), atol=1e-6, err_msg=column)
        np.testing.assert_array_equal(np.isnan(found[column]), np.isnan(gappy[column]))


def test_humidity_is_computed_from_the_rounded_degrees() -> None:
    """1 °C and a dew point of -6 °C are 59.48 %."""
    assert humidity_pct(np.array([1.0]), np.array([-6.0])).tolist() == [59.48]


def test_calm_hours_have_no_direction(climate: Series) -> None:
    still = climate.having({**climate.columns, "wind_m_s": np.full(len(climate), 0.3)})
    assert set(as_recorded(still, climate)["wind_class"]) == {4.0}


def test_another_number_of_rows_is_refused(climate: Series) -> None:
    with pytest.raises(ValueError, match="17520 simulated rows against 100"):
        as_recorded(climate, climate.rows(0, 100))


def test_hours_that_the_checked_year_misses_are_missing_in_the_fitted_one(gappy: Series) -> None:
    parts = split(gappy.rows(0, 2 * 366 * 24), fit=(2012, 2012), check=(2013, 2013))
    july = parts.fit.month == 6
    gaps_fit = np.isnan(parts.fit["rain_mm"][july])
    gaps_check = np.isnan(parts.check["rain_mm"][parts.check.month == 6])
    np.testing.assert_array_equal(gaps_fit, gaps_check)


def test_the_29th_of_february_meets_no_gap_of_its_own(climate: Series) -> None:
    leap, plain = climate.years(2012, 2012), climate.rows(366 * 24, 730 * 24)
    kept = share_gaps(leap, plain.having({"temp_c": plain["temp_c"]}))
    day = leap.times.astype("datetime64[D]").astype(str)
    assert np.isnan(kept["temp_c"][day == "2012-02-29"]).all()
    assert not np.isnan(kept["temp_c"][day == "2012-02-28"]).any()


def test_the_last_good_year_is_checked(climate: Series) -> None:
    assert good_years(climate) == [2012, 2013]
    parts = split(climate)
    assert (parts.fit_name, parts.check_name) == ("2012", "2013")


def test_a_series_of_months_is_cut_at_a_midnight_in_its_middle(climate: Series) -> None:
    parts = split(climate.rows(0, 75 * 24))
    assert (parts.fit_name, parts.check_name) == ("first half", "second half")
    assert parts.check.hour[0] == 0
    assert len(parts.fit) + len(parts.check) == 75 * 24


def test_years_with_little_in_them_are_refused(climate: Series) -> None:
    thin = climate.having({**climate.columns, "pm25_ug_m3": np.full(len(climate), np.nan)})
    with pytest.raises(SplitError, match="pm25_ug_m3 is mostly missing in 2012"):
        split(thin, fit=(2012, 2012), check=(2013, 2013))


def test_a_random_walk_stays_in_the_real_range(climate: Series) -> None:
    walk = random_walk(climate, seed=1)
    for column in ("temp_c", "wind_m_s", "rain_mm"):
        assert climate[column].min() - 1 <= walk[column].min()
        assert walk[column].max() <= climate[column].max() + 1
    assert np.array_equal(walk["temp_c"], random_walk(climate, seed=1)["temp_c"])

"""What incidents can push: one named array per lever, neutral unless an incident is active.

A scenario names levers as `table.lever`; systems read them from the state under `lever.`.
"""

from collections.abc import Mapping
from types import MappingProxyType

LEVERS: Mapping[str, float] = MappingProxyType(
    {
        "quarter.temp_add_c": 0.0,
        "quarter.rain_add_mm_h": 0.0,
        "quarter.wind_add_m_s": 0.0,
        "quarter.pressure_add_hpa": 0.0,
        "zone.pm25_add_ug_m3": 0.0,
        "zone.pm10_add_ug_m3": 0.0,
        "zone.complaint_factor": 1.0,
        "link.crowd_factor": 1.0,
        "link.pavement_factor": 1.0,  # share of the pavement that is open
        "link.demand_factor": 1.0,
        "link.capacity_factor": 1.0,
        "link.illegal_veh_min": 0.0,  # extra stops per minute
        "link.noise_source_db": 0.0,  # level of a new source at the kerb
        "plaza.arrival_factor": 1.0,
        "plaza.arrival_ped_m2_min": 0.0,
        "plaza.spill_add": 0.0,
        "arm.capacity_factor": 1.0,
        "building.plant_ppv_mm_s": 0.0,  # ground vibration of plant at the building
        "building.crack_mm_h": 0.0,
        "building.settlement_mm_d": 0.0,
        "building.tilt_deg_d": 0.0,
        "building.leak_pct_h": 0.0,
        "building.residual_add_ma": 0.0,
        "building.joint_add_c": 0.0,
        "building.arc_add_per_s": 0.0,
        "building.smoke_add_pct_m": 0.0,
        "building.ebike_indoor": 0.0,
        "feeder.load_factor": 1.0,
        "feeder.outage": 0.0,
        "chamber.temp_add_c": 0.0,
        "chamber.water_add_m_h": 0.0,
        "chamber.gas_l_min": 0.0,
        "drain.blockage_add": 0.0,
        "drain.pump_m3_s": 0.0,  # a pump truck at the pond
        "main.burst_cm2": 0.0,
        "lamp.fault": 0.0,
        "cover.tilt_add_deg": 0.0,
        "tree.tilt_add_deg": 0.0,
        "bin.fill_factor": 1.0,
        "sign.tilt_add_deg": 0.0,
        "bay.demand_add": 0.0,
        "home.inactive": 0.0,
        "home.button": 0.0,
        "lift.stop": 0.0,
    }
)


def lever_key(lever: str) -> str:
    """Where the state keeps this lever."""
    return "lever." + lever


def table_of(lever: str) -> str:
    """The entity table that a lever has a row for."""
    return lever.partition(".")[0]

"""The junction with room behind it and without."""

import numpy as np
import pytest

from twin.systems import junction


def test_a_full_exit_keeps_everybody_in_the_queue(state, after, config, geography, at) -> None:
    """Green everywhere; the streets away from the junction are empty, or full to the last place."""
    layout = junction.prepare(geography, config.traffic)
    tick = at("2026-05-18T17:30:10", 10.0)
    waiting = {"arm.queue_veh": 10.0, "arm.arriving_veh": 0.0, "arm.leaving_veh": 0.0}
    waiting |= {"arm.green": 0.0, "arm.green_s": 10.0, "traffic.vehicles_veh": 0.0}
    full = np.zeros(len(state["traffic.vehicles_veh"]))
    full[layout.away] = layout.away_room_veh

    def act() -> None:
        junction.step(state, tick, layout, config.traffic)

    free, jam = after(act, waiting), after(act, {**waiting, "traffic.vehicles_veh": full})
    assert free["arm.flow_veh_h"].min() > 0
    assert jam["arm.flow_veh_h"].max() == 0
    assert np.all(jam["arm.queue_veh"] == 10.0)
    assert np.all(free["arm.queue_veh"] < 10.0)


def test_an_exit_takes_no_more_than_its_room(state, after, config, geography, at) -> None:
    """Half a place is free; some are already on their way to it."""
    layout, on_way = junction.prepare(geography, config.traffic), 0.2
    almost = np.zeros(len(state["traffic.vehicles_veh"]))
    almost[layout.away] = layout.away_room_veh - 0.5
    waiting = {"arm.queue_veh": 10.0, "arm.arriving_veh": 0.0, "arm.leaving_veh": on_way}
    waiting |= {"arm.green": 0.0, "arm.green_s": 10.0, "traffic.vehicles_veh": almost}

    def act() -> None:
        junction.step(state, at("2026-05-18T17:30:10", 10.0), layout, config.traffic)

    found = after(act, waiting)
    assert found["arm.leaving_veh"].max() <= 0.5 + 1e-9
    served = found["arm.flow_veh_h"].sum() / 360
    assert served > 0
    assert served == pytest.approx((found["arm.leaving_veh"] - on_way).sum())

"""Vehicles on directed streets: each a store with a length, so that jams fill streets and spill.

    outflow = min(vehicles v / L, capacity); inflow = min(what comes, capacity, room that is left)

The arms of the junction are not turned here: their inward ends feed `arm.coming_veh`, and
`arm.leaving_veh` feeds their outward starts.
"""

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Index, Ints, clamp
from twin.geography import Geography
from twin.relations import attribute, column
from twin.systems.network import Corners, Network, network

STEP_S = 20.0  # numerical: of a shorter street all who can leave it do so at once
_FREE = 0.2  # of the room (design choice): up to it the diagram is that of the delay function


@dataclass(frozen=True, slots=True)
class Roads:
    """Fixed facts about the directed streets; lanes and room are 0 where nobody may drive.

    arm_in and arm_out: the directed street that leads to and away from the junction by each
    arm, -1 where the map has none; has_in and has_out: the arms that have one, into and away:
    the streets of those.
    """

    net: Network
    length_m: Floats
    lanes: Floats
    room_veh: Floats
    some_room_veh: Floats  # the same, never 0, to divide by
    free_m_s: Floats
    arm_in: Index
    arm_out: Index
    has_in: Ints
    has_out: Ints
    into: Index
    away: Index


def roads(geography: Geography, vehicle_m: float) -> Roads:
    """Two-way streets share their lanes; one-way streets run along their line."""
    links = geography["link"]
    oneway = attribute(links, "oneway").astype(bool)
    lanes = np.maximum(1.0, column(links, "lanes"))
    forth, back = np.where(oneway, lanes, lanes / 2), np.where(oneway, 0.0, lanes / 2)
    length = np.tile(column(links, "length_m"), 2)
    both = np.r_[forth, back]
    net, arm_in, arm_out = _without_junction(network(geography), geography["arm"].link, both)
    free = np.tile(column(links, "free_speed_m_s"), 2)
    has_in, has_out = np.flatnonzero(arm_in >= 0), np.flatnonzero(arm_out >= 0)
    room = length * both / vehicle_m
    into, away = arm_in[has_in], arm_out[has_out]
    some = np.maximum(1e-12, room)
    return Roads(net, length, both, room, some, free, arm_in, arm_out, has_in, has_out, into, away)


def _without_junction(net: Network, arms: Index, lanes: Floats) -> tuple[Network, Index, Index]:
    """The arms end in a node of their own; which rows lead to it and away from it."""
    if not len(arms):
        return net, arms, arms
    streets, centre = net.streets, _shared_node(net, arms)
    forth, back = arms, arms + streets
    into = np.where(net.head[arms] == centre, forth, back)
    away = np.where(net.head[arms] == centre, back, forth)
    head, tail = net.head.copy(), net.tail.copy()
    head[into], tail[away] = net.nodes, net.nodes
    nodes, opens = net.nodes + 1, np.r_[net.opens, 0.0]
    meet = np.maximum(1, np.bincount(tail, minlength=nodes))
    return (
        replace(net, head=head, tail=tail, nodes=nodes, opens=opens, meet=meet),
        np.where(lanes[into] > 0, into, -1).astype(np.int32),
        np.where(lanes[away] > 0, away, -1).astype(np.int32),
    )


def _shared_node(net: Network, arms: Index) -> int:
    ends = [{int(net.tail[arm]), int(net.head[arm])} for arm in arms]
    return set.intersection(*ends).pop()


@dataclass(slots=True)
class Drive:
    """Vehicles on the streets, at the arms' mouths, and what has been counted on the way.

    passed: at both ends of each directed street, twice its flow.
    """

    vehicles: Floats
    coming: Floats
    leaving: Floats
    passed: Floats
    out: Floats
    entered: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """What stays the same through the steps of one tick, per step.

    room: for vehicles that move, without the queues of arms; source: vehicles that set out per
    vehicle that there is room for.
    """

    moving: Floats
    most: Floats
    room: Floats
    source: Floats
    end: float
    corners: Corners
    come: Floats
    begin: Floats
    newcomers: float  # all that come and begin at corners when everything has room
    gone: Floats  # share of those who arrive at a corner and leave the streets there
    gone_at_once: float  # of those who begin at corners


def plan(
    drive: Drive,
    road: Roads,
    turning: Corners,
    target_s: Floats,
    capacity_s: Floats,
    pace_m_s: Floats,
    queue_veh: Floats,
    trip_s: float,
) -> Step:
    """Trips begin along a street so that they make up for those that end."""
    _set_arms_apart(turning, road)
    room = road.room_veh.copy()
    room[road.into] -= queue_veh[road.has_in]
    source = target_s * road.length_m * (STEP_S / trip_s) / (road.free_m_s * road.some_room_veh)
    return Step(
        moving=np.minimum(1.0, pace_m_s * STEP_S / road.length_m),
        most=capacity_s * STEP_S,
        room=room,
        source=source,
        end=STEP_S / trip_s,
        corners=turning,
        come=turning.come * STEP_S,
        begin=turning.begin * STEP_S,
        newcomers=turning.newcomers_s * STEP_S,
        gone=turning.gone,
        gone_at_once=turning.gone_at_once_s * STEP_S,
    )


def _set_arms_apart(turning: Corners, road: Roads) -> None:
    """Nothing begins, ends or turns at the junction's own node: the signals see to it."""
    if len(road.arm_in):
        turning.on[-1] = 1.0
        turning.outside[-1] = turning.begin[-1] = turning.come[-1] = 0.0


def advance(drive: Drive, step: Step, road: Roads) -> None:
    """One step of STEP_S of every vehicle."""
    net, corner, vehicles = road.net, step.corners, drive.vehicles
    want = vehicles * step.moving
    np.minimum(want, step.most, out=want)
    arriving = np.bincount(net.head, want, net.nodes) + step.come
    onwards = arriving * corner.on
    onwards += step.begin
    entries = onwards.take(net.tail)
    entries *= corner.share
    entries[road.away] = drive.leaving[road.has_out]
    spare = step.room - vehicles
    spare[road.into] -= drive.coming[road.has_in]
    np.maximum(spare, 0.0, out=spare)
    source = step.source * spare
    spare -= source
    np.maximum(spare, 0.0, out=spare)
    np.minimum(spare, step.most, out=spare)
    ended = vehicles * step.end
    drive.left += float(np.add.reduce(ended) + arriving @ step.gone) + step.gone_at_once
    going, begun = _held_back(want, entries, spare, step, road)
    drive.entered += float(np.add.reduce(source)) + begun
    drive.coming[road.has_in] += want[road.into]
    drive.leaving[road.has_out] -= entries[road.away]
    drive.out += going
    vehicles -= going
    vehicles -= ended
    going += entries
    drive.passed += going
    vehicles += entries
    vehicles += source


def _held_back(
    want: Floats, entries: Floats, spare: Floats, step: Step, road: Roads
) -> tuple[Floats, float]:
    """Cuts entries to the room there is, in place; who leaves the streets then, and who begins or
    comes in at corners."""
    net, corner = road.net, step.corners
    if not np.count_nonzero(entries > spare):
        return want.copy(), step.newcomers
    taken = np.minimum(1.0, spare / np.maximum(1e-12, entries))
    entries *= taken
    through = np.bincount(net.tail, corner.share * taken, minlength=net.nodes) + corner.outside
    accepted = 1 - corner.on * (1 - through)
    going = want * accepted.take(net.head)
    going[road.into] = want[road.into]
    return going, float(step.come @ accepted + step.begin @ through)


def crowding(vehicles: Floats, road: Roads) -> Floats:
    """Factor on speed: 1 until a fifth of the room is taken, falling to 0 when it is full."""
    full = vehicles / road.some_room_veh
    return clamp((1 - full) / (1 - _FREE), 0.0, 1.0)

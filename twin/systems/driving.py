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

STEP_S = 20.0
_FREE = 0.2  # of the room: up to it the fundamental diagram is that of the delay function


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
    """Vehicles on the streets, at the arms' mouths, and what has been counted on the way."""

    vehicles: Floats
    coming: Floats
    leaving: Floats
    passed: Floats
    out: Floats
    entered: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """What stays the same through the steps of one tick, per step; standing: queues of arms."""

    moving: Floats
    most: Floats
    standing: Floats
    source: Floats
    end: float
    corners: Corners


def advance(drive: Drive, step: Step, road: Roads) -> None:
    """One step of STEP_S of every vehicle."""
    net, corner = road.net, step.corners
    arm_in, arm_out = road.into, road.away
    want = np.minimum(drive.vehicles * step.moving, step.most)
    come = corner.come * STEP_S
    arriving = np.bincount(net.head, want, minlength=net.nodes) + come
    onwards = arriving * corner.on + corner.begin * STEP_S
    entries = onwards[net.tail] * corner.share
    entries[arm_out] = drive.leaving[road.has_out]
    spare = road.room_veh - drive.vehicles - step.standing
    spare[arm_in] -= drive.coming[road.has_in]
    source = step.source * np.maximum(0.0, spare) / road.some_room_veh
    spare = np.maximum(0.0, spare - source)
    taken = np.minimum(1.0, np.minimum(step.most, spare) / np.maximum(1e-12, entries))
    entries *= taken
    through = np.bincount(net.tail, corner.share * taken, minlength=net.nodes) + corner.outside
    accepted = 1 - corner.on * (1 - through)
    going = want * accepted[net.head]
    going[arm_in] = want[arm_in]
    ended = drive.vehicles * step.end
    drive.coming[road.has_in] += want[arm_in]
    drive.leaving[road.has_out] -= entries[arm_out]
    drive.entered += float(source.sum() + come @ accepted + corner.begin @ through * STEP_S)
    drive.left += float(ended.sum() + arriving @ (1 - corner.on) + onwards @ corner.outside)
    drive.passed += (entries + going) / 2
    drive.out += going
    drive.vehicles += entries + source - going - ended


def at_arms_apart(turning: Corners, road: Roads) -> Corners:
    """Nothing begins, ends or turns at the junction's own node: the signals see to it."""
    if not len(road.arm_in):
        return turning
    on, outside, begin, come = (
        part.copy() for part in (turning.on, turning.outside, turning.begin, turning.come)
    )
    on[-1], outside[-1], begin[-1], come[-1] = 1.0, 0.0, 0.0, 0.0
    return replace(turning, on=on, outside=outside, begin=begin, come=come)


def crowding(vehicles: Floats, road: Roads) -> Floats:
    """Factor on speed: 1 until a fifth of the room is taken, falling to 0 when it is full."""
    full = vehicles / np.maximum(1e-9, road.room_veh)
    return clamp((1 - full) / (1 - _FREE), 0.0, 1.0)

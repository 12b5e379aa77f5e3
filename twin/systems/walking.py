"""People walking through cells of pavement: a cell transmission model in plain arrays.

    flux = min(demand rho v w, supply of the next cell), speed by Weidmann, both directions

Cells are about twenty metres of both pavements of a street; the state is people per cell and
direction. A step may not be longer than the shortest cell divided by the free walking speed: cells
of 20 m take four steps a minute, 10 m eight, for the same flows and jams.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.arrays import Floats, Ints
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive
from twin.relations import column
from twin.systems.network import Corners, Network

CELL_M = 20.2  # shortest cell; four steps a minute
_BINS = 512  # of density in the tables of speed and supply
_SLOWEST_M_S = 0.05  # people in a jam still move (design choice)


class WalkingParams(Table):
    """Section [crowd.walking] of city.toml."""

    free_speed_m_s: Positive
    speed_gamma: Positive
    jam_ped_m2: Positive
    pavement_edge_m: NotNegative
    trip_s: Positive

    @cached_property
    def tables(self) -> "Tables":
        """Speed and supply by density, made once."""
        return _tables(self)


def walking_speed(density_ped_m2: Floats, params: WalkingParams) -> Floats:
    """Weidmann: v = 1.34 (1 - exp(-1.913 (1/rho - 1/5.4))) m/s, at least 0.05.

    Expert knowledge; the formula is in public use.
    """
    slower = np.exp(-params.speed_gamma / np.maximum(density_ped_m2, 1e-3))
    slower *= params.free_speed_m_s * math.exp(params.speed_gamma / params.jam_ped_m2)
    return np.maximum(params.free_speed_m_s - slower, _SLOWEST_M_S)


def cell_counts(geography: Geography) -> Ints:
    """Number of cells of each street."""
    return np.maximum(1, column(geography["link"], "length_m") // CELL_M).astype(np.int64)


def cell_total(geography: Geography) -> int:
    """Number of cells of the area."""
    return int(cell_counts(geography).sum())


@dataclass(frozen=True, slots=True)
class Tables:
    """By density in bins: speed m/s, and the share of its capacity that a cell still takes."""

    speed_m_s: Floats
    supply: Floats
    capacity_ped_m_s: float
    per_ped_m2: float
    best: int


def _tables(params: WalkingParams) -> Tables:
    """A cell takes its capacity until it is reached, then rho v, and nothing when it is full."""
    density = np.linspace(0, params.jam_ped_m2, _BINS)
    speed = walking_speed(density, params)
    flux = density * speed
    best = int(np.argmax(flux))
    supply = np.where(np.arange(_BINS) <= best, 1.0, flux / flux[best])
    supply[-1] = 0.0
    return Tables(speed, supply, float(flux[best]), (_BINS - 1) / params.jam_ped_m2, best)


@dataclass(frozen=True, slots=True)
class Pavements:
    """Fixed facts: cells of each street in a row; the counter hangs at the middle cell.

    People and flows are one row of cells per direction, one after the other: `ends` are the cells
    from which each directed street is left, `starts` those by which it is entered, `middle` those
    of its counters. Behind the cells stand flows at corners, one per directed street: `onto` says
    where what comes into each cell is found among what wants to leave the cells and what enters
    at corners, `from_` where what leaves it is found among what came into its neighbours and what
    left at corners. `way` is the directed street of each cell and direction, way_m that cell's
    length.
    """

    net: Network
    link: Ints
    way: Ints
    way_m: Floats
    ends: Ints
    starts: Ints
    middle: Ints
    onto: Ints
    from_: Ints
    cells: Ints
    cell_m: Floats
    width_m: Floats
    length_m: Floats


def pavements(geography: Geography, net: Network, params: WalkingParams) -> Pavements:
    """Both pavements of a street as one, each less its edges and at least a metre."""
    links = geography["link"]
    length, count = column(links, "length_m"), cell_counts(geography)
    last = np.cumsum(count) - 1
    link = np.repeat(np.arange(len(count)), count)
    width = 2 * np.maximum(1.0, column(links, "pavement_width_m") - params.pavement_edge_m)
    first, middle, total = last - count + 1, last - count // 2, len(link)
    ends, starts = np.concatenate((last, total + first)), np.concatenate((first, total + last))
    corner = 2 * total + np.arange(len(ends))
    cell = np.arange(2 * total)
    onto, from_ = (
        np.where(cell < total, cell - 1, cell + 1),
        np.where(cell < total, cell + 1, cell - 1),
    )
    onto[starts], from_[ends] = corner, corner
    cell_m = (length / count)[link]
    return Pavements(
        net=net,
        link=link,
        way=np.concatenate((link, net.streets + link)),
        way_m=np.tile(cell_m, 2),
        ends=ends,
        starts=starts,
        middle=np.concatenate((middle, total + middle)),
        onto=onto,
        from_=from_,
        cells=count,
        cell_m=cell_m,
        width_m=width,
        length_m=length,
    )


@dataclass(slots=True)
class Walk:
    """People per direction and cell while they walk, and what has been counted on the way.

    crossed: passed the middle of each directed street; entered and left: came into and went
    out of the streets, all in persons.
    """

    people: Floats
    crossed: Floats
    entered: float = 0.0
    left: float = 0.0


def steps_in(dt_s: float, params: WalkingParams) -> int:
    """Number of steps of at most CELL_M / free speed."""
    return math.ceil(dt_s * params.free_speed_m_s / CELL_M)


@dataclass(frozen=True, slots=True)
class Step:
    """What stays the same through the steps of one tick, per step."""

    to_bin: Floats
    tables: Tables
    by_cell: Floats
    room: Floats
    source: Floats
    end: float
    corners: Corners
    begin: Floats
    come: Floats
    newcomers: float  # all that come and begin at corners when everything has room
    gone: Floats  # share of those who arrive at a corner and leave the streets there
    gone_at_once: float  # of those who begin at corners
    flow: Floats  # room to work in: a flow per cell, then one per directed street


def plan(
    pavement: Pavements,
    params: WalkingParams,
    turning: Corners,
    target_s: Floats,
    width_m: Floats,
    dt_s: float,
) -> Step:
    """Trips begin along a street so that they make up for those that end: flow x time / trip."""
    tables, link = params.tables, pavement.link
    area, end = pavement.cell_m * width_m[link], dt_s / params.trip_s
    begun = (target_s * (end / params.free_speed_m_s)).take(pavement.way)
    begun *= pavement.way_m
    return Step(
        to_bin=tables.per_ped_m2 / area,
        tables=tables,
        by_cell=np.minimum(dt_s / pavement.cell_m, (1 - end) / params.free_speed_m_s),
        room=tables.capacity_ped_m_s * width_m[link] * dt_s,
        source=begun.reshape(2, -1),
        end=end,
        corners=turning,
        begin=turning.begin * dt_s,
        come=turning.come * dt_s,
        newcomers=turning.newcomers_s * dt_s,
        gone=turning.gone,
        gone_at_once=turning.gone_at_once_s * dt_s,
        flow=np.empty(len(pavement.way) + len(target_s)),
    )


def advance(walk: Walk, step: Step, pavement: Pavements, source: Floats | None = None) -> None:
    """One step of everybody; `source` in place of the plan's: persons who set out, per cell.

    What a cell or corner does not take stays where it was. Requests beyond a cell's supply are
    cut in proportion, whatever their direction.
    """
    net, corner, people = pavement.net, step.corners, walk.people
    bins, dense = _density_bins(people, step)
    want = _wanting(people, bins, step)
    ends = want.take(pavement.ends)
    arriving = np.bincount(net.head, ends, net.nodes) + step.come
    leaving = arriving * corner.on
    leaving += step.begin
    np.multiply(leaving.take(net.tail), corner.share, out=step.flow[want.size :])
    coming = step.flow.take(pavement.onto).reshape(2, -1)
    room, begun = step.room, step.source if source is None else source
    if dense:
        supply = step.tables.supply[bins]
        room, begun = room * supply, begun * supply
    through = _cut(coming, room, corner, pavement)
    walk.left += step.end * float(np.add.reduce(people, axis=None))
    walk.left += float(arriving @ step.gone) + step.gone_at_once
    people *= 1 - step.end
    if through is None:
        walk.entered += float(np.add.reduce(begun, axis=None)) + step.newcomers
        people -= want.reshape(2, -1)
    else:
        accepted = 1 - corner.on * (1 - through)
        walk.entered += float(begun.sum() + step.come @ accepted + step.begin @ through)
        people -= _from(coming, ends * accepted[net.head], step, pavement)
    walk.crossed += coming.take(pavement.middle)
    people += coming
    people += begun


def _density_bins(people: Floats, step: Step) -> tuple[Ints, bool]:
    """Each cell's row in the tables, and whether any is beyond its best density."""
    there = people[0] + people[1]
    there *= step.to_bin
    bins = there.astype(np.intp)
    dense = int(np.maximum.reduce(bins)) > step.tables.best
    return np.minimum(bins, _BINS - 1) if dense else bins, dense


def _wanting(people: Floats, bins: Ints, step: Step) -> Floats:
    """Who would leave each cell in the step, flat; the cells' part of the room to work in."""
    pace = step.tables.speed_m_s.take(bins)
    pace *= step.by_cell
    want = step.flow[: people.size]
    np.multiply(people, pace, out=want.reshape(2, -1))
    return want


def _cut(coming: Floats, room: Floats, corner: Corners, pavement: Pavements) -> Floats | None:
    """Cuts what comes into each cell to its room, in place; gives the part of what leaves each
    corner that gets through, None when everything has room."""
    asked = coming[0] + coming[1]
    if not np.count_nonzero(asked > room):
        return None
    taken = np.minimum(1.0, room / np.maximum(1e-12, asked))
    coming *= taken
    part = corner.share * taken[pavement.starts % len(taken)]
    found = np.bincount(pavement.net.tail, part, minlength=pavement.net.nodes)
    return np.asarray(found + corner.outside)


def _from(coming: Floats, onward: Floats, step: Step, pavement: Pavements) -> Floats:
    """What goes out of each cell: into its neighbours, or on to the corner."""
    step.flow[: coming.size] = coming.ravel()
    step.flow[coming.size :] = onward
    return step.flow.take(pavement.from_).reshape(2, -1)

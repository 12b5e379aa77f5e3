"""Streets as a directed graph: what arrives at a corner goes on, comes in, or ends there.

    ends of streets ─► corner: arrivals + from outside ─► entries of streets, outside, doors

Each directed street has a target flow. Shares at a corner follow the targets of the streets that
leave it, so that in a steady state without jams every street carries its target, whatever the
graph. Where targets do not add up at a corner the difference begins or ends there.
"""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bools, Floats, Index, Ints
from twin.geography import Geography
from twin.relations import column


@dataclass(frozen=True, slots=True)
class Network:
    """Directed streets: rows 0..L-1 go from `from_node` to `to_node`, rows L..2L-1 back.

    opens: how many streets leave each node that the area does not hold, 1 at a dead end; meet:
    how many directed streets of the area begin there, at least 1.
    """

    tail: Index
    head: Index
    nodes: int
    opens: Floats
    meet: Ints

    @property
    def streets(self) -> int:
        """Number of streets, half the number of directions."""
        return len(self.tail) // 2


@dataclass(frozen=True, slots=True)
class Corners:
    """What happens at each corner for given targets: all flows per second.

    share: of what leaves a corner, the part into each directed street; outside: the part that
    leaves the area; on: the part of arrivals that goes on; begin: what sets out at the corner;
    come: what comes in from outside.
    """

    share: Floats
    outside: Floats
    on: Floats
    begin: Floats
    come: Floats

    @property
    def gone(self) -> Floats:
        """The part of those who arrive that leaves the streets there."""
        return 1 - self.on + self.on * self.outside

    @property
    def gone_at_once_s(self) -> float:
        """Of those who set out at corners, how many leave the streets there."""
        return float(self.begin @ self.outside)

    @property
    def newcomers_s(self) -> float:
        """All that come in or set out at corners when everything has room."""
        return float(self.come.sum() + self.begin.sum())


def network(geography: Geography) -> Network:
    """The graph of the area's links."""
    links, nodes = geography["link"], geography["node"]
    start = np.asarray(links.attrs["from_node"], np.int64)
    end = np.asarray(links.attrs["to_node"], np.int64)
    here = np.bincount(np.r_[start, end], minlength=len(nodes))
    degree = column(nodes, "degree")
    opens = np.where(degree <= 1, 1.0, np.maximum(0.0, degree - here))
    tail = np.r_[start, end].astype(np.int32)
    meet = np.maximum(1, np.bincount(tail, minlength=len(nodes)))
    return Network(tail, np.r_[end, start].astype(np.int32), len(nodes), opens, meet)


def inward(net: Network, pull: Floats) -> Bools:
    """Per street whether from_node to to_node leads towards the stronger pull."""
    streets = net.streets
    both = np.r_[pull, pull]
    at_node = np.bincount(net.tail, both, minlength=net.nodes) / net.meet
    return np.asarray(at_node[net.head[:streets]] >= at_node[net.tail[:streets]])


def corners(net: Network, target_s: Floats, come_share: float = 0.5) -> Corners:
    """Shares and sources for these directed targets; streets beyond the area carry the mean of
    those that meet there, `come_share` of it inwards."""
    arriving = np.bincount(net.head, target_s, minlength=net.nodes)
    leaving = np.bincount(net.tail, target_s, minlength=net.nodes)
    beyond = net.opens * (arriving + leaving) / net.meet
    come, out = beyond * come_share, beyond * (1 - come_share)
    total_in, total_out = arriving + come, np.maximum(1e-12, leaving + out)
    return Corners(
        share=target_s / total_out[net.tail],
        outside=out / total_out,
        on=np.minimum(1.0, total_out / np.maximum(1e-12, total_in)),
        begin=np.maximum(0.0, total_out - total_in),
        come=come,
    )

"""Walking distances over the street graph: what a 15-minute circle really reaches."""

import networkx as nx
import numpy as np
import shapely

from twin.arrays import Array, Floats
from twin.entities import Geography


def walking_graph(geography: Geography) -> nx.Graph:
    """Junction rows as nodes, links as edges with `length_m` and `link`; one-way is for cars.

    Of two links between the same junctions the shorter one is kept.
    """
    links = geography["link"]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(geography["node"])))
    ends = zip(links.attrs["from_node"], links.attrs["to_node"], strict=True)
    lengths = links.attrs["length_m"].tolist()
    for link, ((start, end), length_m) in enumerate(zip(ends, lengths, strict=True)):
        known = graph.get_edge_data(int(start), int(end))
        if known is None or length_m < known["length_m"]:
            graph.add_edge(int(start), int(end), length_m=length_m, link=link)
    return graph


def walk_to_nearest_m(geography: Geography, people: Array, services: Array) -> Floats:
    """Metres on foot from each person's point to the nearest service; inf when out of reach.

    Both are arrays of shapely points in metres. The way is: straight to the nearest street,
    along streets, straight from the street; never shorter than the straight line.
    """
    if not len(services):
        return np.full(len(people), np.inf)
    lines = geography.shapes["link"]
    at_node = _from_services(geography, *_access(lines, services))
    link, along_m, off_m = _access(lines, people)
    ends = _ends(geography)[link]
    length_m = shapely.length(lines)[link]
    by_start = at_node[ends[:, 0]] + along_m
    by_end = at_node[ends[:, 1]] + length_m - along_m
    network = off_m + np.minimum(by_start, by_end)
    network = np.minimum(network, off_m + _same_link(link, along_m, *_access(lines, services)))
    straight = shapely.distance(people, services[shapely.STRtree(services).nearest(people)])
    walked: Floats = np.maximum(network, straight)
    return walked


def _access(lines: Array, points: Array) -> tuple[Array, Floats, Floats]:
    """Nearest link of each point, metres along it, metres away from it."""
    link = shapely.STRtree(lines).nearest(points)
    along_m = shapely.line_locate_point(lines[link], points)
    return link, along_m, shapely.distance(lines[link], points)


def _ends(geography: Geography) -> Array:
    attrs = geography["link"].attrs
    return np.column_stack([attrs["from_node"], attrs["to_node"]])


def _from_services(geography: Geography, link: Array, along_m: Floats, off_m: Floats) -> Floats:
    """Shortest way from any service to every junction."""
    graph = walking_graph(geography)
    length_m = geography["link"].attrs["length_m"][link]
    for number, (start, end) in enumerate(_ends(geography)[link]):
        door = ("service", number)
        graph.add_edge(door, int(start), length_m=off_m[number] + along_m[number])
        graph.add_edge(door, int(end), length_m=off_m[number] + length_m[number] - along_m[number])
    doors = [("service", number) for number in range(len(link))]
    reached = nx.multi_source_dijkstra_path_length(graph, doors, weight="length_m")
    nodes = range(len(geography["node"]))
    return np.array([reached.get(node, np.inf) for node in nodes], np.float64)


def _same_link(
    link: Array, along_m: Floats, service_link: Array, service_m: Floats, off_m: Floats
) -> Floats:
    """The way along one link when person and service are on the same one, else inf."""
    ways = np.abs(along_m[:, None] - service_m[None, :]) + off_m[None, :]
    ways = np.where(link[:, None] == service_link[None, :], ways, np.inf)
    shortest: Floats = ways.min(axis=1)
    return shortest

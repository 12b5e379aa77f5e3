"""Whose needs are counted: the doors of the houses, weighted by residents."""

from dataclasses import dataclass

import numpy as np

from twin.arrays import Array, Floats, Index
from twin.entities import Geography
from twin.entrances import doors


@dataclass(frozen=True, slots=True)
class Demand:
    """One row per house: its door (shapely point, metres), residents and zone."""

    ids: tuple[str, ...]
    doors: Array
    residents: Floats
    zone: Index

    @staticmethod
    def of(geography: Geography) -> "Demand":
        houses = geography["building"]
        residents = np.asarray(houses.attrs["residents"], np.float64)
        return Demand(houses.ids, doors(geography, "building"), residents, houses.zone)

"""The time-series store: readings, vital signs, delivery marks and dead letters.

ingest --write--> Store --scan, readings, latest, vitals--> vital signs, HTTP

`base` says what a store can do, `duck` is the embedded one. Every store passes
tests/contract/test_store.py.
"""

from sensors.store.base import (
    Horizon,
    HourRows,
    Mark,
    Points,
    ReadingSteps,
    RunSpan,
    Store,
    StoreInUse,
    StoreUnavailable,
    VitalHistory,
    VitalRows,
    VitalSpan,
)

__all__ = [
    "Horizon",
    "HourRows",
    "Mark",
    "Points",
    "ReadingSteps",
    "RunSpan",
    "Store",
    "StoreInUse",
    "StoreUnavailable",
    "VitalHistory",
    "VitalRows",
    "VitalSpan",
]

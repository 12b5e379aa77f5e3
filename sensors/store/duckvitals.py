"""The vital signs in a DuckDB file: minutes, and the hours that they are rolled up to."""

from dataclasses import fields
from typing import Any

import numpy as np

from sensors.store import ducksql as sql
from sensors.store.base import HourRows, VitalHistory, VitalRows, VitalSpan
from sensors.store.columns import last_of_each
from sensors.store.duckfile import Columns, DuckFile, columns

Values = dict[str, Any]


class DuckVitals:
    """The part of the store that keeps vital signs."""

    def __init__(self, file: DuckFile) -> None:
        self._file = file

    def _number(self, run: str) -> int:
        """The run's number in the file, made when it is new."""
        raise NotImplementedError

    def write_vitals(self, run: str, rows: VitalRows) -> None:
        self._replace(run, rows, sql.FORGET_VITALS, sql.ADD_VITALS)

    def write_hours(self, run: str, rows: HourRows) -> None:
        self._replace(run, rows, sql.FORGET_HOURS, sql.ADD_HOURS)

    def vitals(
        self,
        run: str,
        indicator: str,
        level: str,
        entity: str,
        start_ms: int,
        end_ms: int,
        step_ms: int | None = None,
    ) -> VitalHistory:
        asked: Values = {"run": run, "indicator": indicator, "level": level, "entity": entity}
        asked |= {"start": start_ms, "end": end_ms} | ({"step": step_ms} if step_ms else {})
        statement = sql.VITAL_MEANS if step_ms else sql.VITALS
        with self._file.reading() as cursor:
            return VitalHistory(**columns(cursor, statement, asked))

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows:
        asked: Values = {"run": run, "start": start_ms, "end": end_ms}
        with self._file.reading() as cursor:
            return VitalRows(**columns(cursor, sql.MINUTES, asked))

    def hours(
        self, run: str, indicator: str, level: str, entity: str, start_ms: int, end_ms: int
    ) -> VitalHistory:
        asked: Values = {"run": run, "indicator": indicator, "level": level, "entity": entity}
        with self._file.reading() as cursor:
            found = columns(cursor, sql.HOURS, asked | {"start": start_ms, "end": end_ms})
        return VitalHistory(**found)

    def vital_span(self, run: str) -> VitalSpan:
        with self._file.reading() as cursor:
            found = cursor.execute(sql.VITAL_SPAN, {"run": run}).fetchone()
        return VitalSpan(*(found or (None, None)))

    def _replace(self, run: str, rows: VitalRows | HourRows, forget: str, add: str) -> None:
        if not len(rows):
            return
        with self._file.writing() as connection:
            number = self._number(run)
            connection.register("rows", _columns(rows))
            first, last = int(rows.t_ms.min()), int(rows.t_ms.max())
            connection.execute(forget, {"run": number, "first": first, "last": last})
            connection.execute(add, {"run": number})


def _columns(rows: VitalRows | HourRows) -> Columns:
    """The rows as columns, each vital sign and time once: the last one wins."""
    keys = (rows.indicator, rows.level, rows.entity)
    codes = [np.unique(key.astype(str), return_inverse=True)[1] for key in keys]
    last = last_of_each(rows.t_ms, *codes)
    return {one.name: getattr(rows, one.name)[last] for one in fields(rows)}

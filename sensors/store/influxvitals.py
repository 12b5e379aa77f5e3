"""The vital signs in InfluxDB: minutes, and the hours that they are rolled up to."""

from sensors.store import influxql as ql
from sensors.store.base import HourRows, VitalHistory, VitalRows, VitalSpan
from sensors.store.influxanswers import hours_of, means_of, minutes_of, time_of, vitals_of
from sensors.store.influxlines import run_lines, vital_lines
from sensors.store.influxlink import InfluxLink


class InfluxVitals:
    """The part of the store that keeps vital signs."""

    def __init__(self, link: InfluxLink) -> None:
        self._link = link

    def write_vitals(self, run: str, rows: VitalRows) -> None:
        if len(rows):
            self._link.write([*vital_lines(run, rows), *run_lines(run)])

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
        tags = {"run": run, "indicator": indicator, "level": level, "entity": entity}
        condition = ql.where(start_ms, end_ms, **tags)
        if not step_ms:
            return vitals_of(self._link.ask(ql.vitals(condition)))
        steps = self._link.ask(ql.vital_steps(condition, step_ms))
        value, score = (
            self._link.ask(ql.vital_means(field, condition, step_ms))
            for field in ("value", "score")
        )
        return means_of(steps, value, score)

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows:
        condition = ql.where(start_ms, end_ms, run=run)
        return minutes_of(self._link.ask(ql.minutes(condition), chunked=True))

    def write_hours(self, run: str, rows: HourRows) -> None:
        if len(rows):
            self._link.write([*vital_lines(run, rows), *run_lines(run)])

    def hours(
        self, run: str, indicator: str, level: str, entity: str, start_ms: int, end_ms: int
    ) -> VitalHistory:
        tags = {"run": run, "indicator": indicator, "level": level, "entity": entity}
        return hours_of(self._link.ask(ql.hours(ql.where(start_ms, end_ms, **tags))))

    def vital_span(self, run: str) -> VitalSpan:
        first = time_of(self._link.ask(ql.first_minute(run)))
        return VitalSpan(first, time_of(self._link.ask(ql.last_hour(run))))

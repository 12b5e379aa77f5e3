"""Alerts as the outside sees them: the same record over HTTP, SSE and MQTT."""

from typing import Any

from api.alertdesk import to_alert
from api.ledger import Entry
from api.names import Names
from api.schemas.alerts import AlertOut
from twin.clock import iso


class AlertView:
    """Turns ledger entries into records with names and units."""

    def __init__(self, run: str, names: Names) -> None:
        self._run, self._names = run, names

    def alert(self, entry: Entry) -> AlertOut:
        """The alert as the entry left it."""
        alert = to_alert(entry)
        indicator = self._names.indicator(alert.indicator)
        place = self._names.place(alert.level, alert.entity)
        return AlertOut.model_validate(
            {
                **entry.payload["alert"],
                "indicator_zh": indicator.zh,
                "indicator_en": indicator.en,
                "entity_zh": place.zh,
                "entity_en": place.en,
                "unit": indicator.unit,
                "sensor_count": entry.payload["sensor_count"],
                "what": entry.payload["what"],
                "t": iso(entry.t_ms),
                "started": iso(alert.started_ms),
                "fired": _time(alert.fired_ms),
                "resolved": _time(alert.resolved_ms),
                "acknowledged": _time(alert.acknowledged_ms),
            }
        )

    def cloud_event(self, entry: Entry) -> dict[str, Any]:
        """CloudEvents 1.0; `sequence` is the entry's number and the feed's event id."""
        return {
            "specversion": "1.0",
            "id": f"{entry.run}/{entry.seq}",
            "source": f"/hengfu/v1/{entry.run}/alerts",
            "type": f"hengfu.alert.{entry.payload['what']}",
            "subject": entry.subject,
            "time": iso(entry.t_ms),
            "datacontenttype": "application/json",
            "sequence": str(entry.seq),
            "data": self.alert(entry).model_dump(mode="json"),
        }


def _time(t_ms: int | None) -> str | None:
    return None if t_ms is None else iso(t_ms)

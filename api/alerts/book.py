"""All open alerts, moved on by one frame at a time."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from api.alerts.alert import Alert, AlertEvent, Seen, State, What, acknowledge, alert_id, step
from api.alerts.rules import Watch, watches
from api.config import Rulebook
from api.operations.casebook import CaseBook
from api.vitals.scoring import colour_of
from api.vitals.sign import Block, Colour, Status, VitalFrame
from api.vitals.tree import overall


class AlertBook:
    """Rules against frames; looks only at rows that breach and at alerts that are open."""

    def __init__(self, rulebook: Rulebook, cases: CaseBook | None = None) -> None:
        """`cases` made of the alerts: people may have found one to be a false alarm."""
        self._cases = CaseBook() if cases is None else cases
        self._watches = watches(rulebook)
        self._composite = rulebook.composite.id
        self._open: dict[str, dict[str, Alert]] = {watch.rule.id: {} for watch in self._watches}

    def step(self, frame: VitalFrame) -> list[AlertEvent]:
        """What happened by this frame; rules in file order, entities in roster order."""
        return [event for watch in self._watches for event in self._watch(watch, frame)]

    def acknowledge(self, alert: str, by: str, note: str, now_ms: int) -> AlertEvent:
        """KeyError when no open alert has this id."""
        for alerts in self._open.values():
            for entity, one in alerts.items():
                if one.id == alert:
                    alerts[entity] = acknowledge(one, by, note, now_ms)
                    return AlertEvent(alerts[entity], What.ACKNOWLEDGED, now_ms)
        raise KeyError(alert)

    def active(self) -> list[Alert]:
        """Pending and firing alerts, oldest first."""
        every = [alert for alerts in self._open.values() for alert in alerts.values()]
        return sorted(every, key=lambda alert: alert.id)

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take up open alerts after a restart; of rules that are gone they are left out."""
        for alert in alerts:
            if alert.state is not State.RESOLVED and alert.rule in self._open:
                self._open[alert.rule][alert.entity] = alert

    def colour(self, frame: VitalFrame) -> Colour | None:
        """The quarter's colour: the composite's, or worse if a confirmed alert demands it.

        Readings confirm an alert by lasting as long as its rule asks: it fires. It is refuted
        when the case that was made of it ends as a false alarm.
        """
        block = frame.blocks[self._composite, "quarter"]
        refuted = self._cases.false_alarms(frame.t_ms)
        confirmed = [
            (alert.level, int(alert.severity))
            for alert in self.active()
            if alert.state is State.FIRING and alert.id not in refuted
        ]
        worst = overall(int(block.colour[0]), confirmed)
        return None if worst < 0 or (worst == 0 and block.colour[0] < 0) else Colour(worst)

    def _watch(self, watch: Watch, frame: VitalFrame) -> list[AlertEvent]:
        block, opened = frame.blocks.get(watch.key), self._open[watch.rule.id]
        events = [] if block is None else self._breaches(watch, block, frame)
        started = {event.alert.entity for event in events}
        for entity in [entity for entity in opened if entity not in started]:
            seen, row = _seen(watch, block, entity)
            alert, happened = step(opened[entity], seen, watch.timing, frame.t_ms)
            for what in happened:
                alert = _told(alert, watch, block, row, frame)
                events.append(AlertEvent(alert, what, frame.t_ms))
            self._keep(opened, entity, alert)
        return events

    def _breaches(self, watch: Watch, block: Block, frame: VitalFrame) -> list[AlertEvent]:
        """New alerts of entities that breach and have none; without a hold they fire at once."""
        severity = colour_of(block.score)
        opened = self._open[watch.rule.id]
        events: list[AlertEvent] = []
        for row in np.flatnonzero(severity >= watch.least).tolist():
            entity = block.entities[row]
            if entity not in opened:
                alert = _new(watch, block, row, Colour(int(severity[row])), frame)
                seen, _ = _seen(watch, block, entity)
                alert, happened = step(alert, seen, watch.timing, frame.t_ms)
                opened[entity] = alert = _told(alert, watch, block, row, frame)
                what = happened[0] if happened else What.PENDING
                events.append(AlertEvent(alert, what, frame.t_ms))
        return events

    @staticmethod
    def _keep(opened: dict[str, Alert], entity: str, alert: Alert) -> None:
        if alert.state is State.RESOLVED:
            del opened[entity]
        else:
            opened[entity] = alert


def _new(watch: Watch, block: Block, row: int, severity: Colour, frame: VitalFrame) -> Alert:
    entity = block.entities[row]
    return Alert(
        id=alert_id(frame.t_ms, watch.rule.id, entity),
        rule=watch.rule.id,
        indicator=watch.key[0],
        level=watch.key[1],
        entity=entity,
        zone=block.roster.zones[row],
        severity=severity,
        state=State.PENDING,
        started_ms=frame.t_ms,
        rule_version=frame.rule_version,
    )


def _told(
    alert: Alert, watch: Watch, block: Block | None, row: int | None, frame: VitalFrame
) -> Alert:
    """With the neurons behind it and its messages as of now."""
    if block is None or row is None:
        return alert
    zh, en = watch.say(alert, block.roster.names_zh[row], block.roster.names_en[row])
    sensors = frame.sensors(watch.key, row)
    return replace(alert, sensors=sensors or alert.sensors, message_zh=zh, message_en=en)


def _seen(watch: Watch, block: Block | None, entity: str) -> tuple[Seen | None, int | None]:
    """What the frame says; an entity that is no longer watched, or where nothing is due, is
    normal."""
    row = None if block is None else block.roster.index.get(entity)
    if block is None or row is None or block.status[row] == Status.NOT_APPLICABLE.code:
        return Seen(Colour.NORMAL, Colour.NORMAL), row
    if np.isnan(block.score[row]):
        return None, row
    score = float(block.score[row])
    tight, relaxed = colour_of(np.array([score, score - watch.rule.margin])).tolist()
    value = None if np.isnan(block.value[row]) else float(block.value[row])
    return Seen(_at_least(watch, tight), _at_least(watch, relaxed), value, score), row


def _at_least(watch: Watch, colour: int) -> Colour:
    """Colours milder than the rule cares for are normal to it."""
    return Colour(colour) if colour >= watch.least else Colour.NORMAL

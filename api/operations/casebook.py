"""The orders and reports that vital signs look at; whoever keeps the cases puts them here."""

from api.operations.report import Channel, Report
from api.operations.stage import Side
from api.operations.workorder import WorkOrder
from twin.clock import DAY_MS

KEPT_MS = 62 * DAY_MS  # twice the longest window


class CaseBook:
    """The newest version of each case, by id. Not safe for several threads at once."""

    def __init__(self) -> None:
        self._orders: dict[str, WorkOrder] = {}
        self._reports: dict[str, Report] = {}

    def put(self, case: WorkOrder | Report) -> None:
        """Take in a case, or its newer version."""
        if isinstance(case, WorkOrder):
            self._orders[case.id] = case
        else:
            self._reports[case.id] = case

    def orders(self, t_ms: int) -> list[WorkOrder]:
        """Those that were detected by then and count, in order of their ids."""
        return [
            order
            for _, order in sorted(self._orders.items())
            if order.detected_ms <= t_ms and order.counts(t_ms)
        ]

    def false_alarms(self, t_ms: int) -> set[str]:
        """Ids of what orders came from that people had found to be nothing by then."""
        return {
            source
            for order in list(self._orders.values())
            if order.sides.get(Side.FALSE_ALARM, t_ms + 1) <= t_ms
            for source in order.source
        }

    def reports(self, t_ms: int, channel: Channel) -> list[Report]:
        """Those that had come in this way by then, in order of their ids."""
        return [
            report
            for _, report in sorted(self._reports.items())
            if report.channel is channel and report.received_ms <= t_ms
        ]

    def forget(self, t_ms: int) -> None:
        """Drop cases that no window at or after t_ms looks at."""
        self._orders = {
            name: order for name, order in self._orders.items() if t_ms - order.last_ms <= KEPT_MS
        }
        self._reports = {
            name: one for name, one in self._reports.items() if t_ms - one.last_ms <= KEPT_MS
        }

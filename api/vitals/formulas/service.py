"""How fast and how well the city answers: from cases, not from neurons."""

from collections.abc import Iterable, Iterator

import numpy as np

from api.operations.report import Channel
from api.operations.stage import Stage
from api.vitals.scene import Measured, Scene
from twin.clock import MINUTE_MS


def elder_response(scene: Scene) -> Measured:
    """90th percentile of the minutes from an elder's call to the first human contact.

    Calls that came in during the window. Those still waiting count with their wait so far as
    soon as that makes the result worse.
    """
    done: list[float] = []
    waiting: list[float] = []
    for call in scene.cases.reports(scene.t_ms, Channel.ONE_TOUCH):
        if call.received_ms > scene.t_ms - scene.window_ms:
            known = _by(call.contacted_ms, scene.t_ms)
            (waiting if known is None else done).append(
                ((scene.t_ms if known is None else known) - call.received_ms) / MINUTE_MS
            )
    return _one(scene, _p90(done, waiting))


def dispatch_time(scene: Scene) -> Measured:
    """90th percentile of the time from detection to dispatch / its target by severity.

    Orders detected during the window; undispatched ones as in `elder_response`.
    """
    done: list[float] = []
    waiting: list[float] = []
    for order in scene.cases.orders(scene.t_ms):
        due_ms = order.due.get(Stage.DISPATCHED)
        if due_ms is None or order.detected_ms <= scene.t_ms - scene.window_ms:
            continue
        known = order.reached_by(Stage.DISPATCHED, scene.t_ms)
        taken_ms = (scene.t_ms if known is None else known) - order.detected_ms
        (waiting if known is None else done).append(taken_ms / (due_ms - order.detected_ms))
    return _one(scene, _p90(done, waiting))


def closed_in_time(scene: Scene) -> Measured:
    """% closed in time of the cases that were due, or closed, during the window.

    Work orders, and hotline reports that never became one.
    """
    orders = (
        (order.due.get(Stage.CLOSED), order.reached_by(Stage.CLOSED, scene.t_ms))
        for order in scene.cases.orders(scene.t_ms)
    )
    reports = (
        (report.answer_due_ms, _by(report.closed_ms, scene.t_ms))
        for report in scene.cases.reports(scene.t_ms, Channel.HOTLINE)
        if report.order is None
    )
    return _one(scene, _percent(_in_time(scene, [*orders, *reports])))


def contacted_in_time(scene: Scene) -> Measured:
    """% of hotline callers contacted in time, of those due or contacted during the window."""
    reports = (
        (report.contact_due_ms, _by(report.contacted_ms, scene.t_ms))
        for report in scene.cases.reports(scene.t_ms, Channel.HOTLINE)
    )
    return _one(scene, _percent(_in_time(scene, reports)))


def solved_satisfied(scene: Scene) -> Measured:
    """Half the % solved and half the % satisfied of the hotline reports rated in the window."""
    rated = [
        report
        for report in scene.cases.reports(scene.t_ms, Channel.HOTLINE)
        if report.rated_ms is not None
        and scene.t_ms - scene.window_ms < report.rated_ms <= scene.t_ms
    ]
    solved = _percent(one.solved for one in rated if one.solved is not None)
    satisfied = _percent(one.satisfied for one in rated if one.satisfied is not None)
    return _one(scene, (solved + satisfied) / 2)


def _in_time(scene: Scene, cases: Iterable[tuple[int | None, int | None]]) -> Iterator[bool]:
    """For (due, done): done in time or not; only what was decided during the window."""
    since_ms, now_ms = scene.t_ms - scene.window_ms, scene.t_ms
    for due_ms, done_ms in cases:
        if due_ms is None:
            continue
        if done_ms is not None and done_ms <= due_ms:
            if done_ms > since_ms:
                yield True
        elif since_ms < due_ms < now_ms:
            yield False


def _by(t_ms: int | None, now_ms: int) -> int | None:
    """The time, or None when it has not come yet."""
    return t_ms if t_ms is not None and t_ms <= now_ms else None


def _p90(done: list[float], waiting: list[float]) -> float:
    """The 90th percentile, linear between neighbours; NaN of nothing."""
    if not done and not waiting:
        return float("nan")
    both = float(np.percentile(done + waiting, 90))
    return max(both, float(np.percentile(done, 90))) if done else both


def _percent(good: Iterable[bool]) -> float:
    found = list(good)
    return 100 * sum(found) / len(found) if found else float("nan")


def _one(scene: Scene, value: float) -> Measured:
    """The same for every entity; without cases nothing is due."""
    values = np.full(scene.size, value)
    return Measured(values, ~np.isnan(values))

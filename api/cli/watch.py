"""`hengfu watch`: vital signs and alerts, live in the terminal."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import typer
from httpx_sse import connect_sse
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from api.cli.console import out
from api.cli.http import call, credentials
from api.cli.options import UrlOption
from api.trust import trust

SHADE = {
    "normal": "green",
    "blue": "blue",
    "yellow": "yellow",
    "orange": "dark_orange",
    "red": "red",
}
ALERTS_SHOWN = 15


def watch(
    url: UrlOption = "http://127.0.0.1:8000",
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after so many seconds; Ctrl-C otherwise.")
    ] = None,
) -> None:
    """Show the quarter's vital signs and the alert feed as they change."""
    tree = call("GET", url, "/api/v1/vitals")
    alerts: deque[dict[str, Any]] = deque(maxlen=ALERTS_SHOWN)
    done = threading.Event()
    threading.Thread(target=_follow, args=(url, alerts, done), daemon=True).start()
    waited = 0.0
    with Live(_screen(tree, alerts), console=out(), refresh_per_second=4) as live:
        while seconds is None or waited < seconds:
            done.wait(1.0)
            waited += 1.0
            tree = call("GET", url, "/api/v1/vitals")
            live.update(_screen(tree, alerts))
    done.set()


def _follow(url: str, alerts: "deque[dict[str, Any]]", done: threading.Event) -> None:
    """Append what the alert feed says; reconnect where it left off."""
    last = ""
    while not done.is_set():
        try:
            for event_id, event in _events(url, last):
                last = event_id
                alerts.appendleft(event)
        except httpx.HTTPError:
            done.wait(1.0)


def _events(url: str, last: str) -> Iterator[tuple[str, dict[str, Any]]]:
    headers = credentials() | ({"Last-Event-ID": last} if last else {})
    path = url.rstrip("/") + "/api/v1/alerts/stream"
    with (
        httpx.Client(timeout=httpx.Timeout(10.0, read=60.0), verify=trust(os.environ)) as client,
        connect_sse(client, "GET", path, headers=headers) as source,
    ):
        for event in source.iter_sse():
            if event.data:
                yield event.id, event.json()


def _screen(tree: dict[str, Any], alerts: "deque[dict[str, Any]]") -> Group:
    return Group(_vitals(tree), Text(), _alerts(alerts))


def _vitals(tree: dict[str, Any]) -> Table:
    table = Table(title=f"{tree['name_zh']} {tree['name_en']}  {tree['t']}", box=None)
    for column in ("", "dimension", "score", "confidence", "weakest"):
        table.add_column(column, justify="right" if column in ("score", "confidence") else "left")
    for sign in [tree, *tree["dimensions"]]:
        table.add_row(*_row(sign))
    return table


def _row(sign: dict[str, Any]) -> tuple[Text, str, str, str, str]:
    shade = SHADE.get(sign["colour"] or "", "grey50")
    score = "–" if sign["score"] is None else f"{sign['score']:.0f}"
    worst = [child for child in sign.get("indicators", []) if child["score"] is not None]
    weakest = min(worst, key=lambda child: float(child["score"]), default=None)
    named = "" if weakest is None else f"{weakest['name_zh']} {weakest['score']:.0f}"
    name = f"{sign['indicator']} {sign['name_zh']} {sign['name_en']}"
    return Text("●", style=shade), name, score, f"{sign['confidence']:.2f}", named


def _alerts(alerts: "deque[dict[str, Any]]") -> Table:
    table = Table("", "time", "alert", "where", "state", "value", title="alerts", box=None)
    for event in list(alerts):
        data = event.get("data", event)
        dot = Text("●", style=SHADE.get(data["severity"], "grey50"))
        value = "–" if data["value"] is None else f"{data['value']:.3g}"
        table.add_row(dot, data["t"], data["rule"], data["entity"], data["state"], value)
    return table

"""`hengfu keys`: who may use the service.

The keys are in the ledger, which one process owns. While a service runs, that process is the
service and is asked over HTTP; otherwise the command opens the ledger itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.table import Table

from api.cli.console import note, out
from api.cli.errors import UsageError
from api.cli.http import call
from api.cli.options import DataOption
from api.keyring import KeyRing
from api.keys import DAYS
from api.keyview import shown, shown_once
from api.ledger import LEDGER_FILE, Ledger, LedgerInUse
from api.roles import Role
from api.schemas.keys import KeyMade, KeyOut

PATH = "/api/v1/keys"
HERE = "http://127.0.0.1:8000"
OwnerOption = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="HENGFU_URL",
        help=f"Ask this service; {HERE} when not given and one holds the ledger in --data.",
        metavar="URL",
    ),
]
app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)


class Keeper(Protocol):
    """Whoever owns the keys."""

    def create(self, name: str, role: Role, days: int | None) -> KeyMade: ...

    def list(self) -> "list[KeyOut]": ...

    def revoke(self, key: str) -> None: ...


class OfService:
    """Over HTTP, with the admin's key of HENGFU_API_KEY where keys are demanded."""

    def __init__(self, url: str) -> None:
        self._url = url

    def create(self, name: str, role: Role, days: int | None) -> KeyMade:
        wanted: dict[str, Any] = {"name": name, "role": role.value, "expires_days": days}
        return KeyMade.model_validate(call("POST", self._url, PATH, json=wanted))

    def list(self) -> "list[KeyOut]":
        items = call("GET", self._url, PATH)["items"]
        return [KeyOut.model_validate(item) for item in items]

    def revoke(self, key: str) -> None:
        call("DELETE", self._url, f"{PATH}/{key}")


class OfLedger:
    """In a ledger that no service holds."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def create(self, name: str, role: Role, days: int | None) -> KeyMade:
        try:
            key, token = self._ring.create(name, role, days)
        except ValueError as error:
            raise UsageError(str(error)) from None
        return shown_once(key, token, self._ring.wall())

    def list(self) -> "list[KeyOut]":
        return [shown(key, self._ring.wall()) for key in self._ring.all()]

    def revoke(self, key: str) -> None:
        try:
            self._ring.revoke(key)
        except KeyError:
            raise UsageError(f"there is no key {key!r} (`hengfu keys list`)") from None


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    role: Annotated[
        Role,
        typer.Option(
            help="viewer reads; operator also acknowledges alerts; examiner also injects "
            "incidents and steers the city; admin also deletes runs and manages keys."
        ),
    ],
    expires: Annotated[
        int | None, typer.Option(min=1, max=DAYS, metavar="DAYS", help="Never when not given.")
    ] = None,
    data: DataOption = Path("data"),
    url: OwnerOption = None,
) -> None:
    """Make an API key; it is printed to stdout this once and kept nowhere."""
    with keeper(data, url, new=True) as (owner, where):
        made = owner.create(name, role, expires)
    until = "until it is revoked" if made.expires is None else f"until {made.expires}"
    note(f"key {made.key} ({made.name}, {made.role.value}) holds {until}; known to {where}")
    note("this is the only time that it is shown; give it to the commands as HENGFU_API_KEY")
    out().print(made.token)


@app.command("list")
def list_keys(data: DataOption = Path("data"), url: OwnerOption = None) -> None:
    """Every API key with its role and state."""
    with keeper(data, url) as (owner, _):
        found = owner.list()
    table = Table("key", "name", "role", "state", "created", "expires", "revoked", box=None)
    for key in found:
        times = (key.created, key.expires or "", key.revoked or "")
        table.add_row(key.key, key.name, key.role.value, key.state, *times)
    out().print(table)


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Id from `hengfu keys list`.", metavar="ID")],
    data: DataOption = Path("data"),
    url: OwnerOption = None,
) -> None:
    """End a key at once; streams that it opened end too."""
    with keeper(data, url) as (owner, _):
        owner.revoke(key)
    note(f"revoked {key}")


@contextmanager
def keeper(data: Path, url: str | None, new: bool = False) -> Iterator[tuple[Keeper, str]]:
    """Who owns the keys, and where that is; only `new` makes a ledger where none is."""
    if url is not None:
        yield OfService(url), url
        return
    path = data / LEDGER_FILE
    if not new and not path.exists():
        raise UsageError(f"no ledger in {data}: name its folder with --data, or a service by --url")
    try:
        ledger = Ledger(path)
    except LedgerInUse:
        yield OfService(HERE), HERE
        return
    try:
        yield OfLedger(KeyRing(ledger)), str(path)
    finally:
        ledger.close()

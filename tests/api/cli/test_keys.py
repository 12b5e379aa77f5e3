"""`hengfu keys` on a folder and on a running service; `hengfu serve` where keys are demanded."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.cli.keys import HERE, OfLedger, OfService, keeper
from api.ledger import LEDGER_FILE, Ledger

RUNS = "/api/v1/runs"


@dataclass(frozen=True)
class Folder:
    """A data folder and the commands that work on it."""

    path: Path
    key: str = ""

    def hengfu(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "HENGFU_API_KEY": self.key}
        environment.pop("HENGFU_URL", None)
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            capture_output=True, text=True, timeout=120, env=environment,
        )  # fmt: skip

    def keys(self, *arguments: str) -> str:
        """The output of `hengfu keys …`, which must succeed."""
        ended = self.hengfu("keys", *arguments, "--data", str(self.path))
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def complaint(self, *arguments: str) -> str:
        """The single line on stderr of a command that must fail."""
        ended = self.hengfu(*arguments, "--data", str(self.path))
        assert (ended.returncode, ended.stdout) == (2, "")
        assert ended.stderr.startswith("error: ")
        assert ended.stderr.count("\n") == 1
        return ended.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


def test_the_output_of_create_is_the_key_alone_and_list_never_shows_it(folder: Folder) -> None:
    token = folder.keys("create", "大屏", "--role", "viewer", "--expires", "30").strip()
    prefix, key, secret = token.split("_", 2)
    assert (prefix, len(secret)) == ("hengfu", 43)
    listed = folder.keys("list")
    assert all(part in listed for part in (key, "大屏", "viewer", "valid"))
    assert secret not in listed
    folder.keys("revoke", key)
    assert "revoked" in folder.keys("list")


def test_mistakes_are_one_line(folder: Folder) -> None:
    assert "no ledger in" in folder.complaint("keys", "list")
    assert not folder.path.exists()
    assert "printable" in folder.complaint("keys", "create", "a\tb", "--role", "viewer")
    assert "there is no key '00000000'" in folder.complaint("keys", "revoke", "00000000")


def test_what_is_no_key_is_not_sent_and_not_shown(folder: Folder) -> None:
    said = Folder(folder.path, "hunter2").complaint("keys", "list", "--url", "http://127.0.0.1:9")
    assert "HENGFU_API_KEY is not an API key" in said
    assert "hunter2" not in said


def test_whoever_owns_the_ledger_is_asked(tmp_path: Path) -> None:
    with keeper(tmp_path, "http://there:1") as (owner, where):
        assert (type(owner), where) == (OfService, "http://there:1")
    with keeper(tmp_path, None, new=True) as (owner, where):
        assert (type(owner), where) == (OfLedger, str(tmp_path / LEDGER_FILE))
        with keeper(tmp_path, None) as (other, where):
            assert (type(other), where) == (OfService, HERE)
    Ledger(tmp_path / LEDGER_FILE).close()


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], ["--host", "::"], ["--require-keys"]])
def test_serve_does_not_start_where_keys_are_demanded_and_none_is_valid(
    folder: Folder, options: list[str]
) -> None:
    assert "`hengfu keys create" in folder.complaint("serve", *options)
    key = folder.keys("create", "gone", "--role", "admin").split("_")[1]
    folder.keys("revoke", key)
    assert "none is valid" in folder.complaint("serve", *options)


@pytest.mark.stack
def test_a_service_that_demands_keys_is_served_by_the_same_commands(folder: Folder) -> None:
    boss = Folder(folder.path, folder.keys("create", "boss", "--role", "admin").strip())
    with served(folder, "--host", "0.0.0.0") as url:
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert httpx.get(url + RUNS).status_code == 401
        assert "set HENGFU_API_KEY" in folder.complaint("keys", "list", "--url", url)
        token = boss.keys("create", "eye", "--role", "viewer", "--url", url).strip()
        assert httpx.get(url + RUNS, headers={"X-API-Key": token}).status_code == 200
        eye = Folder(folder.path, token)
        assert "eye" in boss.keys("list", "--url", url)
        assert "does not allow" in eye.complaint("keys", "list", "--url", url)
        assert eye.hengfu("runs", "list", "--url", url).returncode == 0
        boss.keys("revoke", token.split("_")[1], "--url", url)
        assert httpx.get(url + RUNS, headers={"X-API-Key": token}).status_code == 401
    listed = folder.keys("list")
    assert "revoked" in listed, "what the service wrote is in the folder afterwards"
    log = (folder.path / "log").read_text()
    assert "API key revoked" in log
    for secret in (token, boss.key):
        assert secret[-43:] not in log


@contextlib.contextmanager
def served(folder: Folder, *options: str) -> Iterator[str]:
    """`hengfu serve` of a run without a broker; the url."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["serve", "--run", "r1", "--area", "core", "--broker", "mqtt://127.0.0.1:9"]
    with (folder.path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *command, "--port", str(port),
             "--data", str(folder.path), *options],
            stderr=log,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(600):
        assert process.poll() is None, "hengfu serve ended"
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{url}/healthz", timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError("hengfu serve did not answer")

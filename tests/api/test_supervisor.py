"""Children are started, tended and stopped; nothing outlives the parent."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from api.supervisor import Child, ChildDied, Family, folder_lock, port_is_free


def gone(pid: int, within_s: float = 10.0) -> bool:
    """Whether the process ends in time (a zombie that nobody reaps has ended too)."""
    waited = subprocess.run(
        ["timeout", str(within_s), "tail", f"--pid={pid}", "-f", "/dev/null"], check=False
    )
    return waited.returncode == 0 or Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


class Script(Child):
    """A child that runs a Python script in place of a role."""

    __slots__ = ()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, *self.arguments], stderr=log)


def script(tmp_path: Path, text: str, restarts: int = 5) -> Script:
    return Script("script", ["-c", textwrap.dedent(text)], tmp_path / "log", restarts=restarts)


def test_a_child_that_fails_is_reported_with_its_last_words(tmp_path: Path) -> None:
    family, child = Family(), script(tmp_path, "raise SystemExit('the store is locked')")
    family.add(child)
    child.process.wait()  # type: ignore[union-attr]
    with pytest.raises(ChildDied, match="the store is locked"):
        family.tend()


def test_a_killed_child_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    child = script(tmp_path, "import time; time.sleep(60)", restarts=1)
    family = Family()
    family.add(child)
    for again in (True, False):
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        if again:
            assert family.tend() == ["script"]
        else:
            with pytest.raises(ChildDied):
                family.tend()


def test_a_deaf_child_is_killed_in_the_end(tmp_path: Path) -> None:
    deaf = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.stderr.write("deaf")
        sys.stderr.flush()
        time.sleep(60)
    """
    child = script(tmp_path, deaf)
    child.start()
    while child.last_words() != "deaf":
        os.sched_yield()
    child.stop(within_s=0.2)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_a_data_folder_serves_one_process_at_a_time(tmp_path: Path) -> None:
    with folder_lock(tmp_path), pytest.raises(BlockingIOError), folder_lock(tmp_path):
        pytest.fail("the folder was given twice")
    with folder_lock(tmp_path):
        assert (tmp_path / "lock").exists()


def test_a_port_that_is_listened_on_is_not_free() -> None:
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
    assert port_is_free("127.0.0.1", port)

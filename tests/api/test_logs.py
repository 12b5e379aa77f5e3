"""Log lines carry what happened, never what happened to be in memory."""

import io
import json

import pytest
import structlog

from api.logs import configure_logs


def test_a_traceback_shows_no_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    try:
        password = "hush"
        raise ValueError(f"{len(password)} letters")
    except ValueError:
        structlog.get_logger().exception("it broke")
    finally:
        structlog.reset_defaults()
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "it broke"
    assert "4 letters" in json.dumps(line["exception"])
    assert "hush" not in json.dumps(line)


class FullDisk(io.StringIO):
    """Takes nothing."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_loses_a_line_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", FullDisk())
    configure_logs()
    try:
        structlog.get_logger().warning("nobody will read this")
    finally:
        structlog.reset_defaults()

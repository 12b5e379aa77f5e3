"""Log lines carry what happened, never what happened to be in memory."""

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

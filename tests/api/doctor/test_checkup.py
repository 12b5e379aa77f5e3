"""The whole list of checks."""

import json
from pathlib import Path

from support.doctor import make_asked

from api.cli.doctor import document, line
from api.doctor.asked import Asked
from api.doctor.checkup import CHECKS, checkup
from api.doctor.finding import Finding, Result, fail, ok, warn


def test_with_nothing_running_every_check_answers_in_one_line(tmp_path: Path) -> None:
    found = dict(checkup(make_asked(tmp_path)))
    assert list(found) == list(CHECKS)
    assert {name for name, one in found.items() if one.result is Result.FAIL} == {"broker"}
    assert [one for one in found.values() if "\n" in one.says + one.do] == []
    assert [one for one in found.values() if bool(one.do) is (one.result is Result.OK)] == []


def test_a_secret_that_gets_into_a_line_is_hidden(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HENGFU_INFLUX_TOKEN=from-the-file\n")

    def leaky(asked: Asked) -> Finding:
        return fail(f"{asked.broker}\nfrom-the-file", "try shell-token again")

    asked = make_asked(
        tmp_path,
        environment={"HENGFU_INFLUX_TOKEN": "shell-token"},
        broker="mqtt://me:hush-hush@h",
    )
    ((_, found),) = checkup(asked, {"leaky": leaky})
    assert found.says == "mqtt://me:(hidden)@h (hidden)"
    assert found.do == "try (hidden) again"


def test_lines_are_for_people_and_the_document_for_programs() -> None:
    found = {"a": ok("well"), "b": warn("so [so]", "look"), "c": fail("bad", "act")}
    assert [line(name, one).plain for name, one in found.items()] == [
        "✓ a         well", "! b         so [so] → look", "✗ c         bad → act",
    ]  # fmt: skip
    told = json.loads(document(found))
    assert told["ok"] is False
    assert told["checks"][1] == {"check": "b", "result": "warn", "says": "so [so]", "do": "look"}
    assert json.loads(document({"a": ok("well"), "b": warn("x", "y")}))["ok"] is True

"""docs/wire.md says what the code does."""

import re
from pathlib import Path

import pytest

from sensors import senml, topics, wire

DOC = (Path(__file__).parents[2] / "docs" / "wire.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", DOC, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_good_pack(example: str) -> None:
    assert wire.decode(example.encode()).zone == "z-03-04"


def test_both_kinds_of_sender_have_an_example() -> None:
    assert [wire.decode(one.encode()).seq for one in EXAMPLES] == [42, None]


def test_every_reason_of_the_code_is_explained_and_no_other() -> None:
    source = "".join(Path(module.__file__).read_text("utf-8") for module in (wire, senml))
    raised = set(re.findall(r'WireError\(\s*"([a-z-]+)"', source))
    table = DOC.partition("What is refused")[2].partition("Of a good pack")[0]
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
    assert raised == explained


def test_every_channel_is_listed() -> None:
    for channel in topics.CHANNELS:
        assert f"`{channel}" in DOC

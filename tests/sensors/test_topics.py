"""Topic names are built and parsed by the same table."""

import pytest

from sensors import topics

BUILT = [
    (topics.readings_topic("r1", "z-01-02", "w1"), "readings", ("z-01-02", "w1")),
    (topics.confirmed_topic("r1", "z-01-02", "w1"), "confirmed", ("z-01-02", "w1")),
    (topics.status_topic("r1", "ingest"), "status", ("ingest",)),
    (topics.clock_topic("r1"), "clock", ()),
    (topics.warnings_topic("r1"), "warnings", ()),
    (topics.vitals_topic("r1", "zone", "z-01-02"), "vitals", ("zone", "z-01-02")),
    (topics.alert_topic("r1", "a1"), "alerts", ("a1",)),
    (topics.command_topic("r1", "city"), "commands", ("city",)),
    (topics.ack_topic("r1", "c1"), "acks", ("c1",)),
    (topics.progress_topic("r1", "o1"), "progress", ("o1",)),
    (topics.report_topic("r1", "12345"), "reports", ("12345",)),
]


@pytest.mark.parametrize(("topic", "channel", "names"), BUILT)
def test_what_is_built_is_parsed_back(topic: str, channel: str, names: tuple[str, ...]) -> None:
    assert topic.startswith("hengfu/v1/r1/")
    assert topics.parse(topic) == topics.Topic("r1", channel, names)


def test_a_wildcard_may_stand_for_one_level() -> None:
    assert topics.readings_topic("r1", topics.ANY, topics.ANY) == "hengfu/v1/r1/readings/+/+"


@pytest.mark.parametrize("level", ["", "a b", "a/b", "#", "a+", "nul\0"])
def test_a_level_that_would_break_a_topic_is_refused(level: str) -> None:
    with pytest.raises(ValueError, match="cannot be one level"):
        topics.status_topic("r1", level)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "hengfu/v2/r1/clock",
        "hengfu/v1/r1",
        "hengfu/v1//clock",
        "hengfu/v1/r1/readings/z",
        "hengfu/v1/r1/readings/z/g/more",
        "hengfu/v1/r1/weather/x",
        "other/v1/r1/clock",
    ],
)
def test_a_foreign_topic_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="is not a topic under"):
        topics.parse(topic)

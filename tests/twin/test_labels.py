"""The label file."""

from pathlib import Path

from twin.labels import Label, label_lines, read_labels, write_labels


def label(id: str, start_ms: int) -> Label:
    return Label(
        id=id,
        scenario="crowd_surge",
        kind="plaza",
        target="plaza-junction-1",
        zone="z-06-02",
        start_ms=start_ms,
        end_ms=None,
        magnitude=1.0,
        cause="injected",
    )


def test_a_label_file_gives_back_what_was_written(tmp_path: Path) -> None:
    labels = [label("a", 1), label("b", 2)]
    write_labels(tmp_path / "labels.jsonl", labels)
    assert read_labels(tmp_path / "labels.jsonl") == labels


def test_the_bytes_do_not_depend_on_the_order_of_the_labels() -> None:
    labels = [label("a", 1), label("b", 2), label("c", 1)]
    assert label_lines(labels) == label_lines(reversed(labels))

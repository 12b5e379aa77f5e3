"""Secrets are judged without being shown."""

from pathlib import Path

import pytest

from api.doctor.secrets import HIDDEN, hide, password_of, read_env_file, secrets_in, weakness


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is empty"),
        ("short", "is shorter than 12 characters"),
        ("Change-Me-1234", "is a placeholder"),
        ("my-password-000", "is a placeholder"),
        ("aaaaaaaaaaaaaaaa", "repeats a few characters"),
        ("9f0c2b7d51e84a63b0aa", None),
    ],
)
def test_a_weak_secret_is_called_what_it_is(value: str, said: str | None) -> None:
    assert weakness(value) == said


def test_an_env_file_is_read_as_compose_reads_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment = no\n\nA=1\nB='two words'\nC=a=b\nnothing\n")
    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "a=b"}


def test_the_password_in_the_brokers_address_is_a_secret_too() -> None:
    held = {
        "HENGFU_BROKER": "mqtt://me:p%40ss-word@h",
        "HENGFU_X_TOKEN": "t",
        "HENGFU_AREA": "core",
    }
    assert secrets_in(held) == {"HENGFU_BROKER": "p@ss-word", "HENGFU_X_TOKEN": "t"}
    assert password_of("mqtt://[broken") == ""


def test_no_secret_stays_in_a_line() -> None:
    line = hide("abcdef and abcdefgh, not abc", ["abcdef", "abcdefgh", "abc", ""])
    assert line == f"{HIDDEN} and {HIDDEN}, not abc"

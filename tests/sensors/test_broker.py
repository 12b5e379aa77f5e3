"""Choosing a broker and its login; what needs a server is in tests/stack/test_broker.py."""

from pathlib import Path

import pytest

from sensors.broker import BrokerError, mosquitto_hash, start_broker


def test_the_hash_is_what_mosquitto_passwd_writes() -> None:
    """Compared with a line made by mosquitto_passwd 2.0.11."""
    salt = bytes.fromhex("07ce9fef38f9cf48cc277b3a")
    assert mosquitto_hash("secret", salt) == (
        "$7$101$B86f7zj5z0jMJ3s6$SJDI0dc16TxygMlwP+d11QR8XeA6BUsqbcvn"
        "C+yBjtfU/A3ygDQKuojFPkgOplG8TDVhnxrDZXp0LZF6IfARfw=="
    )


def test_an_unknown_kind_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="broker 'rabbit' is unknown: expected auto, mosquitto"):
        start_broker("rabbit", tmp_path)

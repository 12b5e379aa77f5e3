"""Whom a client of the service trusts when the answer comes over HTTPS."""

import ssl
from collections.abc import Mapping

from twin.config import ConfigError

CA_FILE = "HENGFU_CA_FILE"


def trust(environment: Mapping[str, str]) -> ssl.SSLContext | bool:
    """The authority of the CA file; the system's (True) when none is named.

    Raises ConfigError naming the variable.
    """
    file = environment.get(CA_FILE, "")
    if not file:
        return True
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:  # SSLError is one
        expected = "expected a file of PEM certificates"
        raise ConfigError("environment", CA_FILE, file, expected) from error

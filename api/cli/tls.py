"""The certificate of the HTTP service, looked at before anything starts."""

import ssl
from pathlib import Path

from api.cli.errors import UsageError


def check_pair(cert: Path | None, key: Path | None) -> None:
    """Raises UsageError unless both are given and belong together, or neither is given."""
    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise UsageError("--tls-cert and --tls-key (HENGFU_TLS_CERT, HENGFU_TLS_KEY) go together")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password="")
    except (OSError, ValueError) as error:
        words = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise UsageError(
            f"--tls-cert {cert}, --tls-key {key}: expected a PEM certificate and its "
            f"unencrypted key ({str(words).lower().replace('_', ' ')})"
        ) from None

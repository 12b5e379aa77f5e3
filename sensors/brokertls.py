"""TLS towards the broker: three names of the environment, and what a failure means."""

import ssl
from collections.abc import Mapping

from sensors.brokerurl import BusError

CA_FILE = "HENGFU_BROKER_CA_FILE"
CERT_FILE = "HENGFU_BROKER_CERT_FILE"
KEY_FILE = "HENGFU_BROKER_KEY_FILE"


def broker_context(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Trust in the system's authorities or in those of the CA file; our own certificate if given.

    Raises BusError naming the variable.
    """
    ca_file = environment.get(CA_FILE) or None
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # SSLError is one
        raise BusError(f"{CA_FILE}={ca_file}: expected a file of PEM certificates") from error
    _identify(context, environment.get(CERT_FILE), environment.get(KEY_FILE))
    return context


def _identify(context: ssl.SSLContext, cert_file: str | None, key_file: str | None) -> None:
    if key_file and not cert_file:
        raise BusError(f"{KEY_FILE} is set without {CERT_FILE}")
    if not cert_file:
        return
    try:
        context.load_cert_chain(cert_file, key_file or None, password="")
    except (OSError, ValueError) as error:
        raise BusError(
            f"{CERT_FILE}={cert_file}, {KEY_FILE}={key_file or ''}: "
            f"expected a PEM certificate and its unencrypted key ({reason(error)})"
        ) from error


def reason(error: BaseException, tls: bool = False) -> str:
    """What to look at, in a few words, after a connection (with TLS or not) could not be made."""
    if tls and (isinstance(error, ConnectionResetError) or _not_tls(error)):
        return "no TLS is spoken at this port: mqtt:// in HENGFU_BROKER, or another port?"
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = _HINTS.get(error.verify_code, f"look at {CA_FILE}")
        return f"certificate not accepted: {error.verify_message.rstrip('.')} ({hint})"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _not_tls(error: BaseException) -> bool:
    known = ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING")
    return isinstance(error, ssl.SSLError) and error.reason in known


# By OpenSSL's X509_V_ERR numbers
_HINTS = {
    9: "not valid yet: is this machine's clock right?",
    10: "expired: renew it, or set this machine's clock right",
    18: f"set {CA_FILE} to its authority",
    19: f"set {CA_FILE} to its authority",
    20: f"set {CA_FILE} to its authority",
    21: f"set {CA_FILE} to its authority",
    62: "HENGFU_BROKER names another host than the certificate",
    64: "HENGFU_BROKER names another address than the certificate",
}

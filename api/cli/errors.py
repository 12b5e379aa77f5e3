"""Known mistakes as one clear line each."""

import errno

import httpx

from api.calibration import CalibrationError
from api.ledger import LedgerUnavailable
from api.realism.readers.table import RealFileError
from api.realism.split import SplitError
from api.realism.twosample import ExtraMissing
from api.runclock import NoRun
from api.trust import CA_FILE
from sensors.broker import BrokerError
from sensors.bus import BusError
from sensors.store import StoreUnavailable
from twin.config import ConfigError


class UsageError(Exception):
    """Something the person at the keyboard can put right; the text says how."""


_OURS = (
    CalibrationError,
    ConfigError,
    ExtraMissing,
    RealFileError,
    SplitError,
    UsageError,
    NoRun,
    BrokerError,
    BusError,
    StoreUnavailable,
    LedgerUnavailable,
)


_FULL = (errno.ENOSPC, errno.EDQUOT)  # writing into an open file names none


def one_line(error: Exception) -> str | None:
    """The line for a mistake that is known, or None for a defect of ours."""
    if isinstance(error, _OURS):
        return " ".join(str(error).split())
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return untrusted(error)
    if isinstance(error, httpx.ConnectError):
        return (
            f"nothing answers at {error.request.url}: is `hengfu up` running? (--url, HENGFU_URL)"
        )
    if isinstance(error, httpx.HTTPError):
        return f"the service did not answer: {error}"
    if isinstance(error, OSError) and (error.filename or error.errno in _FULL):
        return f"{error.filename or 'file'}: {error.strerror}"
    return None


def untrusted(error: httpx.ConnectError) -> str:
    """The line for a certificate that a client of the service does not accept."""
    why = str(error).rpartition("failed: ")[2].rpartition(" (_ssl")[0].rstrip(".")
    return (
        f"the certificate at {error.request.url} is not accepted: {why}; "
        f"set {CA_FILE} to its authority, or ask for the host that it names"
    )

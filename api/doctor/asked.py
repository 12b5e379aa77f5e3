"""What the doctor is asked to look at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.clock import wall_ms

LISTEN_S = 6.0  # the city tells its clock every five seconds
ANSWER_S = 6.0  # how long a broker may take


@dataclass(frozen=True, slots=True)
class Asked:
    """Addresses, folders and the environment.

    `role` is what to log in for (city, ingest, monitor, viewer); `read_config` raises ConfigError
    or says what it has read; `wall` is this machine's clock in ms UTC.
    """

    environment: Mapping[str, str]
    broker: str
    role: str
    store: str
    data: Path
    url: str
    env_file: Path
    read_config: Callable[[], str]
    run: str | None = None
    wall: Callable[[], int] = wall_ms
    listen_s: float = LISTEN_S
    answer_s: float = ANSWER_S

"""What a service says of itself on hengfu/v1/{run}/status/{service}, retained."""

import orjson

from sensors.bus import Presence
from sensors.topics import status_topic


def presence(run: str, service: str) -> Presence:
    """Birth on every connect; the will when it is gone."""
    return Presence(
        status_topic(run, service), _status(service, "online"), _status(service, "offline")
    )


def _status(service: str, state: str) -> bytes:
    return orjson.dumps({"v": 1, "service": service, "state": state})

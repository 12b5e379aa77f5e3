"""The engine of 1.6 in the clothes of another version, to walk the paths that are that version's.

It shows that our side asks what the documentation says; what a real server does is seen by the
contract suite with HENGFU_TEST_INFLUX_URL.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from api.bench.influxshim import Answer, Shim

BUCKET_ID = "0a1b2c3d4e5f6071"


@dataclass(slots=True)
class Clothes:
    """What the pretended server has: `retention_s` of its buckets, and its one organisation."""

    version: str = "v2.9.1"
    org: str = "hengfu"
    retention_s: int = 0
    dbrps: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, str]] = field(default_factory=list)


class PretendShim(Shim):
    """Answers the management API of 2.x from `clothes`; data goes to the engine."""

    def __init__(self, engine: str, token: str, clothes: Clothes) -> None:
        self.clothes = clothes
        super().__init__(engine, token)

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        parts = urlsplit(path)
        if parts.path == "/ping":
            return 204, {"X-Influxdb-Version": self.clothes.version}, b""
        if not self.clothes.version.startswith("v2"):
            return None
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if asked.get("org", self.clothes.org) != self.clothes.org:
            return _json(404, {"message": f'organization name "{asked["org"]}" not found'})
        answers = {
            ("GET", "/api/v2/buckets"): self._buckets,
            ("GET", "/api/v2/dbrps"): self._mapped,
            ("POST", "/api/v2/dbrps"): self._map,
            ("POST", "/api/v2/delete"): self._delete,
        }
        answer = answers.get((method, parts.path))
        return answer(asked, json.loads(body or b"{}")) if answer else None

    def _buckets(self, asked: dict[str, str], body: Any) -> Answer:
        found = self._ask("SHOW DATABASES").json()["results"][0]["series"][0]["values"]
        rules = [{"type": "expire", "everySeconds": self.clothes.retention_s}]
        bucket = {"id": BUCKET_ID, "name": asked["name"], "retentionRules": rules}
        return _json(200, {"buckets": [bucket] if [asked["name"]] in found else []})

    def _mapped(self, asked: dict[str, str], body: Any) -> Answer:
        return _json(200, {"content": self.clothes.dbrps})

    def _map(self, asked: dict[str, str], body: Any) -> Answer:
        self.clothes.dbrps.append(body)
        return _json(201, body)

    def _delete(self, asked: dict[str, str], body: Any) -> Answer:
        self.clothes.deleted.append(body)
        measurement = re.search(r'_measurement="([^"]+)"', body["predicate"])
        run = re.search(r'\brun="([^"]+)"', body["predicate"])
        assert run is not None
        place = f'FROM "{measurement[1]}" ' if measurement else ""
        until = f"AND time <= '{body['stop'].replace('+00:00', 'Z')}'" if measurement else ""
        self._ask(f"DELETE {place}WHERE \"run\" = '{run[1]}' {until}", asked["bucket"])
        return 204, {}, b""

    def _ask(self, statement: str, database: str = "") -> Any:
        return self.client.post(f"{self.engine}/query", params={"q": statement, "db": database})


def _json(status: int, answer: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(answer).encode()

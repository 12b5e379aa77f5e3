"""An InfluxDB 2.x or 3 Core that somebody runs for the tests, named by the environment.

HENGFU_TEST_INFLUX_URL, _TOKEN (it must be allowed to create and delete buckets) and, for 2.x,
_ORG. HENGFU_TEST_INFLUX_BUCKET is the beginning of the names of the buckets that come and go.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from sensors.store.influxsettings import InfluxSettings

URL = "HENGFU_TEST_INFLUX_URL"


@dataclass(frozen=True, slots=True)
class GivenInflux:
    """The server; each test gets a bucket of its own."""

    url: str
    token: str
    org: str
    prefix: str
    generation: str

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> "GivenInflux":
        """KeyError when the token is not given."""
        url, token = environment[URL], environment["HENGFU_TEST_INFLUX_TOKEN"]
        ping = httpx.get(f"{url}/ping", headers={"Authorization": f"Token {token}"})
        version = ping.headers["X-Influxdb-Version"].lstrip("v")
        org = environment.get("HENGFU_TEST_INFLUX_ORG", "")
        prefix = environment.get("HENGFU_TEST_INFLUX_BUCKET", "hengfu-test")
        return cls(url, token, org, prefix, version.split(".")[0])

    @contextmanager
    def bucket(self) -> Iterator[InfluxSettings]:
        name = f"{self.prefix}-{uuid.uuid4().hex[:12]}"
        made = self._create_2(name) if self.generation == "2" else self._create_3(name)
        token = SecretStr(self.token)
        try:
            yield InfluxSettings(url=self.url, token=token, org=self.org, bucket=name)
        finally:
            self._call("DELETE", made)

    def _create_2(self, name: str) -> str:
        orgs = self._call("GET", f"/api/v2/orgs?org={self.org}").json()["orgs"]
        asked = {"orgID": orgs[0]["id"], "name": name, "retentionRules": []}
        return f"/api/v2/buckets/{self._call('POST', '/api/v2/buckets', asked).json()['id']}"

    def _create_3(self, name: str) -> str:
        path = "/api/v3/configure/database"
        self._call("POST", path, {"db": name})
        return f"{path}?db={name}&hard_delete_at=now"

    def _call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Token {self.token}"}
        response = httpx.request(method, self.url + path, json=body, headers=headers, timeout=30)
        response.raise_for_status()
        return response

"""The line to InfluxDB: writes by its own client, questions in InfluxQL over plain HTTP."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import urllib3
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException

from sensors.store import influxerrors as errors
from sensors.store.base import StoreUnavailable
from sensors.store.influxreply import Series, answer_of, lines_of, words_of
from sensors.store.influxsettings import InfluxSettings

LINES = 5_000  # per request: 0.7 MB, the best size when measured
CONNECT_WITHIN_S, ANSWER_WITHIN_S = 5.0, 60.0
ERASE_WITHIN_S = 600.0  # 1.x took up to 2 ms per series


class InfluxLink:
    """Speaks HTTP, knows nothing of readings. Threads may share it; errors are StoreUnavailable."""

    def __init__(self, settings: InfluxSettings) -> None:
        """Opens no connection yet."""
        self.settings = settings
        token = settings.token.get_secret_value()
        self._http = httpx.Client(
            base_url=settings.url,
            headers={"Authorization": f"Token {token}", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            verify=_trust(settings),
            trust_env=False,
        )
        self._client = InfluxDBClient(
            settings.url,
            token,
            org=settings.org,
            timeout=(int(CONNECT_WITHIN_S * 1000), int(ANSWER_WITHIN_S * 1000)),
            ssl_ca_cert=None if settings.ca_file is None else str(settings.ca_file),
        )
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)
        self._closed = False

    def write(self, lines: Sequence[str]) -> None:
        """Lines in as few requests as are good for the server; nothing is done for no lines."""
        for start in range(0, len(lines), LINES):
            body = "\n".join(lines[start : start + LINES]).encode()
            with self._translated():
                self._writer.write(self.settings.bucket, self.settings.org, body)

    def ask(self, statement: str, chunked: bool = False) -> Iterator[Series]:
        """The answer; times are ms UTC. Chunked it comes in parts of 10,000 rows or one series."""
        asked = {"db": self.settings.bucket, "q": statement, "epoch": "ms"}
        asked |= {"chunked": "true"} if chunked else {}
        with self._translated(), self._http.stream("GET", "/query", params=asked) as response:
            if response.status_code != 200:
                raise errors.refused(self.settings, response.status_code, words_of(response.read()))
            for line in filter(None, lines_of(response.iter_bytes())):
                yield from self._series(line)

    def tell(self, statement: str) -> None:
        """A statement of 1.x that erases."""
        asked = {"db": self.settings.bucket, "q": statement}
        response = self.call("POST", "/query", asked, within_s=ERASE_WITHIN_S)
        self._series(response.content)

    def call(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None = None,
        body: Any = None,
        within_s: float = ANSWER_WITHIN_S,
    ) -> httpx.Response:
        """Any other request; raises unless it succeeds."""
        response = self.attempt(method, path, params, body, within_s)
        if not response.is_success:
            raise errors.refused(self.settings, response.status_code, words_of(response.read()))
        return response

    def attempt(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None = None,
        body: Any = None,
        within_s: float = ANSWER_WITHIN_S,
    ) -> httpx.Response:
        """Any other request, whatever the server makes of it."""
        with self._translated():
            return self._http.request(method, path, params=params, json=body, timeout=within_s)

    def close(self) -> None:
        self._closed = True
        self._http.close()
        self._client.close()  # type: ignore[no-untyped-call]

    def _series(self, text: bytes) -> Iterator[Series]:
        with self._translated():
            answer = answer_of(text)
        if answer.complaint():
            raise errors.refused(self.settings, 200, answer.complaint())
        return answer.series()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        if self._closed:
            raise StoreUnavailable(f"the store at {self.settings.url} is closed")
        try:
            yield
        except ApiException as error:
            words = words_of(str(error.body or error.reason or "").encode())
            raise errors.refused(self.settings, int(error.status or 500), words) from error
        except (httpx.HTTPError, urllib3.exceptions.HTTPError, OSError) as error:
            raise errors.unreachable(self.settings, error) from error
        except msgspec.MsgspecError as error:
            raise errors.unreachable(self.settings, error) from error


def _trust(settings: InfluxSettings) -> ssl.SSLContext | bool:
    return True if settings.ca_file is None else ssl.create_default_context(cafile=settings.ca_file)

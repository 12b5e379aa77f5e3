"""What is particular to the InfluxDB store, against the real engine behind a shim."""

import json
import socket
import ssl
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from pydantic import SecretStr
from support.certificates import Authority, make_authority
from support.influxpretend import BUCKET_ID, Clothes, PretendShim
from support.influxserver import InfluxServer, influx_for_tests, start_influx

from api.bench.influxshim import Answer, Shim
from sensors.deadletter import DeadLetter
from sensors.network import Network, SeriesTable
from sensors.reading import ReadingBatch
from sensors.store.base import Mark, StoreUnavailable, VitalRows
from sensors.store.influx import InfluxStore
from sensors.store.influxerrors import InfluxRefused
from sensors.store.influxsettings import InfluxSettings

pytestmark = pytest.mark.stack

T0 = 1_777_600_000_000
FOREVER = 1 << 42


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer]:
    yield from influx_for_tests(tmp_path_factory.mktemp("influx"))


@pytest.fixture
def settings(server: InfluxServer) -> Iterator[InfluxSettings]:
    with server.bucket() as found:
        yield found


@pytest.fixture
def clothes() -> Clothes:
    return Clothes()


@pytest.fixture
def dressed(
    server: InfluxServer, settings: InfluxSettings, clothes: Clothes
) -> Iterator[InfluxSettings]:
    """The same bucket, seen through a server that says that it is another version."""
    shim = PretendShim(server.shim.engine, server.shim.token, clothes)
    yield settings.model_copy(update={"url": shim.url})
    shim.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def behind_tls(
    server: InfluxServer, settings: InfluxSettings, authority: Authority
) -> Iterator[InfluxSettings]:
    """The same bucket by https, with a certificate of an authority that nobody knows."""
    pair = authority.issue("influx")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    shim = Shim(server.shim.engine, server.shim.token, context)
    yield settings.model_copy(update={"url": shim.url})
    shim.stop()


def network_of(sensors: int) -> Network:
    """As much of a network as a store looks at: its series."""
    names = tuple(f"link-{row}:noise_laeq:1:laeq" for row in range(sensors))
    rows = np.arange(sensors, dtype=np.int32)
    zone = np.zeros(sensors, np.int32)
    series = SeriesTable(rows, zone, names, zone, {}, ("z-01-01",))
    return cast(Network, SimpleNamespace(series=series))


ONE = network_of(1)


def ticks(count: int, first: int = 0) -> ReadingBatch:
    """One sensor at so many seconds after T0."""
    t_ms = T0 + 1000 * np.arange(first, first + count, dtype=np.int64)
    return ReadingBatch(np.zeros(count, np.int32), t_ms, t_ms / 1e9)


def stored(store: InfluxStore, run: str = "r") -> int:
    return len(store.readings(run, "link-0:noise_laeq:1", None, 0, FOREVER, 100_000))


# What a wrong setting says.


def changed(settings: InfluxSettings, **update: object) -> InfluxSettings:
    return settings.model_copy(update=update)


def refusal(settings: InfluxSettings) -> str:
    """The one line with which the store does not open."""
    with pytest.raises(InfluxRefused) as caught:
        InfluxStore(settings)
    line = str(caught.value)
    assert "\n" not in line
    assert settings.token.get_secret_value() not in line
    return line


def test_a_wrong_token_is_named(settings: InfluxSettings) -> None:
    line = refusal(changed(settings, token=SecretStr("wrong-token")))
    assert line.startswith("HENGFU_INFLUX_TOKEN is not accepted by InfluxDB at HENGFU_INFLUX_URL=")


def test_a_missing_bucket_is_named(settings: InfluxSettings) -> None:
    line = refusal(changed(settings, bucket="nowhere"))
    assert line.startswith("HENGFU_INFLUX_BUCKET=nowhere does not exist at InfluxDB at")


def test_a_bucket_that_forgets_by_age_is_refused(
    server: InfluxServer, settings: InfluxSettings
) -> None:
    """The city's time is not the server's: what it takes for old may be now."""
    server.ask(f'ALTER RETENTION POLICY "autogen" ON "{settings.bucket}" DURATION 52w')
    assert f"HENGFU_INFLUX_BUCKET={settings.bucket} must keep its data" in refusal(settings)


def test_an_engine_without_the_write_path_of_2_is_too_old(
    server: InfluxServer, settings: InfluxSettings
) -> None:
    line = refusal(changed(settings, url=f"http://127.0.0.1:{server.port}"))
    assert "HENGFU_INFLUX_URL" in line
    assert "is InfluxDB 1.6.7~rc0, which has no /api/v2/write: expected 2.x" in line


@pytest.mark.parametrize("version", ["", "9.1", "v0.13.0"])
def test_a_version_that_is_not_known_is_named(
    dressed: InfluxSettings, clothes: Clothes, version: str
) -> None:
    clothes.version = version
    assert f"is InfluxDB {version or 'of no version'}, which this program" in refusal(dressed)


@pytest.mark.parametrize("org", ["", "others"])
def test_a_wrong_or_missing_organisation_is_named(dressed: InfluxSettings, org: str) -> None:
    assert refusal(changed(dressed, org=org)).startswith("HENGFU_INFLUX_ORG")


def test_a_bucket_of_2_that_is_missing_or_forgets_is_named(
    dressed: InfluxSettings, clothes: Clothes
) -> None:
    assert "HENGFU_INFLUX_BUCKET=no does not exist" in refusal(changed(dressed, bucket="no"))
    clothes.retention_s = 3600
    assert "must keep its data without end (retention 0): it keeps 3600 s" in refusal(dressed)


def test_nobody_at_the_address_is_worth_trying_again(settings: InfluxSettings) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(StoreUnavailable, match=r"^InfluxDB at HENGFU_INFLUX_URL=.* does not"):
            InfluxStore(changed(settings, url=url))


class Mute(Shim):
    """Says yes and writes something that is not JSON."""

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        return 200, {"X-Influxdb-Version": "1.8.10"}, b"<html>welcome</html>"


def test_something_that_is_not_influxdb_is_one_clear_line(settings: InfluxSettings) -> None:
    shim = Mute("http://127.0.0.1:1", settings.token.get_secret_value())
    with pytest.raises(StoreUnavailable, match=r"^InfluxDB at HENGFU_INFLUX_URL=[^\n]+$"):
        InfluxStore(changed(settings, url=shim.url))
    shim.stop()


def test_behind_tls_it_works_with_the_authority_in_the_ca_file(
    behind_tls: InfluxSettings, authority: Authority
) -> None:
    assert behind_tls.url.startswith("https://")
    store = InfluxStore(changed(behind_tls, ca_file=authority.pair.cert))
    store.write("r", ticks(3), ONE, [Mark("z-01-01", "g", 1, 1)])
    assert (stored(store), store.marks("r")) == (3, [Mark("z-01-01", "g", 1, 1)])
    store.close()


def test_an_unknown_authority_is_named_with_the_variable(behind_tls: InfluxSettings) -> None:
    with pytest.raises(StoreUnavailable, match=r"not accepted: .*INFLUX_CA_FILE") as said:
        InfluxStore(behind_tls)
    assert "\n" not in str(said.value)


def test_a_closed_store_is_unavailable(settings: InfluxSettings) -> None:
    store = InfluxStore(settings)
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        store.runs()
    with pytest.raises(StoreUnavailable, match="is closed"):
        store.write("r", ticks(1), ONE)


# What happens while it works.


def test_what_was_written_outlives_kill_9_and_the_same_store_goes_on(
    server: InfluxServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = start_influx(tmp_path_factory.mktemp("killed"))
    with own.bucket() as settings:
        store = InfluxStore(settings)
        store.write("r", ticks(5000), ONE, [Mark("z-01-01", "g", 1, 50)])
        own.kill()
        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.write("r", ticks(1, 5000), ONE)
        with pytest.raises(StoreUnavailable, match="does not answer"):
            store.marks("r")
        own.restart()
        assert store.marks("r") == [Mark("z-01-01", "g", 1, 50)]
        assert stored(store) == 5000
        store.write("r", ticks(1, 5000), ONE)
        assert stored(store) == 5001
        store.close()
    own.stop()


class Falling(Shim):
    """Fails after so many writes, as a server that goes down."""

    writes = 0

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        if path.startswith("/api/v2/write") and body:
            self.writes += 1
            if self.writes > 1:
                return 503, {}, b'{"code": "unavailable", "message": "going down"}'
        return None


def test_a_crash_between_readings_and_marks_leaves_no_mark(
    server: InfluxServer, settings: InfluxSettings
) -> None:
    """So the packs come again: repeated, never lost."""
    shim = Falling(server.shim.engine, server.shim.token)
    store = InfluxStore(changed(settings, url=shim.url))
    with pytest.raises(StoreUnavailable, match=r"cannot do this now: .*going down"):
        store.write("r", ticks(3), ONE, [Mark("z-01-01", "g", 1, 1)])
    assert (stored(store), store.marks("r")) == (3, [])
    shim.writes = -9
    store.write("r", ticks(3), ONE, [Mark("z-01-01", "g", 1, 1)])
    assert (stored(store), store.marks("r")) == (3, [Mark("z-01-01", "g", 1, 1)])
    store.close()
    shim.stop()


def test_a_bucket_that_vanishes_is_named_by_writes_and_questions(
    server: InfluxServer, settings: InfluxSettings
) -> None:
    store = InfluxStore(settings)
    server.ask(f'DROP DATABASE "{settings.bucket}"')
    with pytest.raises(InfluxRefused, match="HENGFU_INFLUX_BUCKET="):
        store.write("r", ticks(1), ONE)
    with pytest.raises(InfluxRefused, match="HENGFU_INFLUX_BUCKET="):
        store.marks("r")
    store.close()


def test_a_batch_of_many_requests_is_whole(settings: InfluxSettings) -> None:
    store = InfluxStore(settings)
    store.write("r", ticks(12_000), ONE)
    assert stored(store) == 12_000
    store.close()


def test_a_scan_of_more_than_one_slice_is_whole_and_in_order(settings: InfluxSettings) -> None:
    sensors, count = 100, 2_100
    network = network_of(sensors)
    store = InfluxStore(settings)
    series = np.tile(np.arange(sensors, dtype=np.int32), count)
    t_ms = T0 + np.repeat(np.arange(count, dtype=np.int64) * 1000, sensors)
    store.write("r", ReadingBatch(series, t_ms, series + t_ms / 1e9), network)
    batches = list(store.scan("r", network, None, 0, FOREVER))
    found = ReadingBatch.concat(batches)
    assert len(batches) >= 2
    assert np.array_equal(found.t_ms, t_ms)
    assert np.array_equal(found.series, series)
    assert np.array_equal(found.value, series + t_ms / 1e9)
    store.close()


def test_points_have_the_documented_measurement_tags_and_fields(
    server: InfluxServer, settings: InfluxSettings
) -> None:
    store = InfluxStore(settings)
    store.write("run 1", ticks(1), ONE)
    (series,) = server.ask('SELECT * FROM "noise_laeq"', settings.bucket)["series"]
    assert series["columns"] == ["time", "quantity", "run", "sensor", "value", "zone"]
    assert series["values"] == [[T0, "laeq", "run%201", "link-0:noise_laeq:1", T0 / 1e9, "z-01-01"]]
    assert stored(store, "run 1") == 1
    store.close()


@pytest.mark.parametrize("name", ["x' OR 'a'='a", 'k"; DROP DATABASE "x', "a b,c=d\\", "一\n二"])
def test_strange_names_are_kept_and_reach_nothing_else(settings: InfluxSettings, name: str) -> None:
    store = InfluxStore(settings)
    store.write("r", ticks(1), ONE)
    mark, letter = Mark(name, name, 1, 1), DeadLetter(T0, name, "not-json", name, name.encode())
    store.write(name, ticks(2), ONE, [mark], [letter])
    assert (store.marks(name), store.dead_letters(name, 9)) == ([mark], [letter])
    assert (stored(store, name), stored(store, "r")) == (2, 1)
    assert store.readings(name, name, name, 0, FOREVER, 9).t_ms.tolist() == []
    assert store.latest(name, name).t_ms.tolist() == []
    assert list(store.scan(name, ONE, [name], 0, FOREVER)) != [ticks(2)]
    store.delete(name)
    assert [span.run for span in store.runs()] == ["r"]
    store.close()


def test_a_vital_sign_replaced_by_a_missing_one_is_missing(settings: InfluxSettings) -> None:
    """In InfluxDB a point keeps the fields that the newer one does not have."""
    store = InfluxStore(settings)
    texts = [np.array([text], object) for text in ("noise", "street", "a")]
    for number in (50.0, np.nan):
        value = np.array([number])
        rows = VitalRows(np.array([T0]), *texts, value, value, np.array([0.5]))
        store.write_vitals("r", rows)
    for step_ms in (None, 60_000):
        found = store.vitals("r", "noise", "street", "a", 0, FOREVER, step_ms)
        assert np.isnan([*found.value, *found.score]).tolist() == [True, True]
        assert found.confidence.tolist() == [0.5]
    store.close()


# Other versions than the one that is installed.


def test_the_bucket_of_2_is_mapped_once(dressed: InfluxSettings, clothes: Clothes) -> None:
    for _ in range(2):
        InfluxStore(dressed).close()
    (mapping,) = clothes.dbrps
    assert (mapping["bucketID"], mapping["database"]) == (BUCKET_ID, dressed.bucket)
    assert (mapping["org"], mapping["default"]) == (dressed.org, True)


def test_in_2_a_run_is_deleted_by_predicate(dressed: InfluxSettings, clothes: Clothes) -> None:
    store = InfluxStore(dressed)
    for run in ("a", "b"):
        store.write(run, ticks(3), ONE, [Mark("z-01-01", "g", 1, 1)])
    store.delete("a")
    assert clothes.deleted[0]["predicate"] == 'run="a"'
    assert ([span.run for span in store.runs()], stored(store, "b")) == (["b"], 3)
    store.close()


def test_in_2_old_dead_letters_are_deleted_by_predicate(
    dressed: InfluxSettings, clothes: Clothes
) -> None:
    store = InfluxStore(dressed)
    letters = [DeadLetter(T0 + place, "t", "r", "d", b"x") for place in range(12_000)]
    store.write_dead("a", letters)
    (asked,) = clothes.deleted
    assert asked["predicate"] == '_measurement="dead_letter" AND run="a"'
    assert asked["stop"] == "2026-05-01T01:46:42.000+00:00"
    store.close()


def test_3_core_works_but_for_deleting(dressed: InfluxSettings, clothes: Clothes) -> None:
    clothes.version = "3.2.1"
    store = InfluxStore(dressed)
    store.write("a", ticks(3), ONE, [Mark("z-01-01", "g", 1, 1)])
    assert stored(store, "a") == 3
    with pytest.raises(
        InfluxRefused, match=r"3 Core at HENGFU_INFLUX_URL=.* cannot delete run 'a'"
    ):
        store.delete("a")
    store.close()


def test_the_pretended_answers_are_json(dressed: InfluxSettings) -> None:
    """Guards the clothes themselves: a test that cannot fail proves nothing."""
    shim = PretendShim("http://127.0.0.1:1", "t", Clothes(org="x"))
    answer = shim.answer("GET", "/api/v2/buckets?org=y&name=b", b"")
    shim.stop()
    assert answer is not None
    assert (answer[0], json.loads(answer[2])["message"]) == (404, 'organization name "y" not found')

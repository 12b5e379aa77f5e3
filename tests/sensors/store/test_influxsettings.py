"""Settings of InfluxDB: each mistake names its variable, no secret is ever shown."""

from pathlib import Path

import pytest

from sensors.store.influxsettings import BUCKET, CA_FILE, ORG, TOKEN, URL, influx_settings
from twin.config import ConfigError

GOOD = {URL: "http://influx:8086/", TOKEN: "s3cret-token==", ORG: "hengfu", BUCKET: "twin"}


def test_the_four_variables_become_settings_without_a_trailing_slash() -> None:
    settings = influx_settings({**GOOD, "PATH": "/bin"})
    assert (settings.url, settings.org, settings.bucket) == ("http://influx:8086", "hengfu", "twin")
    assert settings.token.get_secret_value() == "s3cret-token=="
    assert settings.ca_file is None


def test_the_token_is_not_in_the_text_of_the_settings() -> None:
    settings = influx_settings(GOOD)
    assert "s3cret" not in f"{settings} {settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", [URL, TOKEN, BUCKET])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    environment = {**GOOD, name: value}
    given = {key: text for key, text in environment.items() if text is not None}
    with pytest.raises(ConfigError, match=f"^environment: {name} = 'missing': expected "):
        influx_settings(given)


@pytest.mark.parametrize("url", ["influx:8086", "ftp://influx", "http://", "http://h/?a=b", "x"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(ConfigError, match=f"{URL} = .*expected http:// or https://"):
        influx_settings({**GOOD, URL: url})


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError, match=URL) as caught:
        influx_settings({**GOOD, URL: "http://user:hunter2@influx:8086"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("token", ["a b", "line\nbreak", "口令"])
def test_a_token_that_cannot_be_one_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ConfigError, match=TOKEN) as caught:
        influx_settings({**GOOD, TOKEN: token})
    assert token not in str(caught.value)


def test_certificates_that_are_not_there_or_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    for name in ("none.pem", "bad.pem"):
        with pytest.raises(ConfigError, match=f"{CA_FILE} = '.*{name}': expected a file of PEM"):
            influx_settings({**GOOD, CA_FILE: str(tmp_path / name)})

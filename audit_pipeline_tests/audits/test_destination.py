"""Where lineage goes is read from a file or the environment, and mistakes say their line."""

from pathlib import Path

import pytest

from audit_pipeline.audits.destination import (
    ApiKey,
    FileTransport,
    HttpTransport,
    KafkaTransport,
    Transport,
)
from audit_pipeline.audits.destination_reader import DestinationError, read_destination
from audit_pipeline.audits.home import Home

HTTP = "transport:\n  type: http\n  url: http://marquez:5000\n"
KAFKA = "transport:\n  type: kafka\n  topic: lineage\n  config:\n"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "ENDPOINT", "API_KEY"):
        monkeypatch.delenv(f"OPENLINEAGE_{name}", raising=False)


def read(folder: Path, text: str) -> Transport | None:
    (folder / "openlineage.yml").write_text(text, encoding="utf-8")
    return read_destination(Home(folder))


def mistake(folder: Path, text: str) -> str:
    with pytest.raises(DestinationError) as raised:
        read(folder, text)
    return str(raised.value)


def test_without_a_file_and_without_the_environment_there_is_none(tmp_path: Path) -> None:
    assert read_destination(Home(tmp_path)) is None


def test_http_is_read_with_what_is_usual_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, HTTP)

    assert found == HttpTransport(url="http://marquez:5000")
    assert found.place == "http://marquez:5000/api/v1/lineage"


def test_http_is_read_with_everything_said(tmp_path: Path) -> None:
    more = "  endpoint: /events/\n  timeout: 2\n  verify: ca.pem\n  compression: gzip\n"
    auth = "  auth: {type: api_key, api_key_env: MARQUEZ_KEY}\n"
    found = read(tmp_path, HTTP + more + auth)

    assert isinstance(found, HttpTransport)
    assert found.place == "http://marquez:5000/events"
    assert found.auth == ApiKey(type="api_key", api_key_env="MARQUEZ_KEY")
    assert found.verify == str(tmp_path / "ca.pem")


def test_kafka_and_file_are_read(tmp_path: Path) -> None:
    kafka = read(
        tmp_path, KAFKA + "    bootstrap.servers: b1:9092\n    sasl.password_env: SECRET\n"
    )
    file = read(tmp_path, "transport: {type: file, log_file_path: events.jsonl, append: true}")

    assert isinstance(kafka, KafkaTransport)
    assert kafka.place == "topic lineage of Kafka at b1:9092"
    assert isinstance(file, FileTransport)
    assert file.place == f"the file {tmp_path}/events.jsonl"


def test_the_environment_names_a_backend_as_for_openlineages_own_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", "https://marquez.example.com/")
    found = read_destination(Home(tmp_path))
    assert found == HttpTransport(url="https://marquez.example.com")

    monkeypatch.setenv("OPENLINEAGE_ENDPOINT", "events")
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "geheim")
    found = read_destination(Home(tmp_path))
    assert isinstance(found, HttpTransport)
    assert found.place == "https://marquez.example.com/events"
    assert found.auth == ApiKey(type="api_key", api_key_env="OPENLINEAGE_API_KEY")
    assert "geheim" not in repr(found)

    assert read(tmp_path, HTTP) == HttpTransport(url="http://marquez:5000")


def test_a_wrong_address_in_the_environment_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", "https://me:geheim@marquez")
    with pytest.raises(DestinationError, match="OPENLINEAGE_URL holds a user or a pass") as raised:
        read_destination(Home(tmp_path))
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "openlineage.yml:1: transport: is missing; write transport: {type: http, url: …}"),
        ("transport: {type: [}", "openlineage.yml:1: is no valid YAML"),
        (
            "transport:\n  type: htp\n",
            "openlineage.yml:2: transport.type: found 'htp'; write one of",
        ),
        (
            "transport:\n  tpye: http\n",
            "openlineage.yml:1: transport.type: is missing; write one of http, kafka, file",
        ),
        (
            "transport:\n  type: http\n",
            "openlineage.yml:1: transport.url: the key 'url' is missing",
        ),
        (
            HTTP + "  tiemout: 3\n",
            "openlineage.yml:4: transport.tiemout: unknown key 'tiemout' (did",
        ),
        (
            HTTP + "  timeout: 99\n",
            "openlineage.yml:4: transport.timeout: found 99; write less than",
        ),
        (HTTP + "  verify: false\n", "openlineage.yml:4: transport.verify: found False;"),
        (HTTP + "facets: {}\n", "openlineage.yml:4: facets: unknown key 'facets'"),
        (HTTP.replace("http://", "ftp://"), "transport.url: is no address of HTTP"),
        (HTTP.replace("5000", "70000"), "transport.url: is no address"),
        (HTTP.replace("5000", "5000/?a=b"), "transport.url: has a space, an accent, ? or #"),
        (HTTP.replace("://", "://me:geheim@"), "transport.url: holds a user or a password; write"),
        (
            HTTP + "  auth: geheim\n",
            "openlineage.yml:4: transport.auth: found something else (str)",
        ),
        (
            HTTP + "  auth:\n    type: api_key\n    apiKey: geheim\n",
            "openlineage.yml:4: transport.auth: a key of the backend never stands in this file;",
        ),
        (
            HTTP + "  auth:\n    type: api_key\n    api_key_env: 1geheim\n",
            "openlineage.yml:6: transport.auth.api_key_env: found something else (str)",
        ),
        (KAFKA + "    a: b\n", "transport.config: the setting 'bootstrap.servers' is missing"),
        (
            KAFKA + "    bootstrap.servers: b\n    sasl.password: geheim\n",
            "and name the variable: sasl.password_env: NAME",
        ),
        (
            KAFKA + "    bootstrap.servers: b\n    x: [geheim]\n",
            "openlineage.yml:6: transport.config.x: found something else (list)",
        ),
        (
            "transport:\n  type: file\n  log_file_path: x\n  append: false\n",
            "openlineage.yml:4: transport.append: found False; write True",
        ),
    ],
)
def test_a_mistake_says_its_line_and_repeats_no_secret(
    tmp_path: Path, text: str, said: str
) -> None:
    told = mistake(tmp_path, text)

    assert said in told
    assert "geheim" not in told


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "openlineage.yml").mkdir()

    with pytest.raises(DestinationError, match=r"openlineage.yml: cannot be read: Is a directory"):
        read_destination(Home(tmp_path))

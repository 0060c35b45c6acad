"""Sentences for whatever goes wrong between here and the service."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest

from finetune_studio.domain.errors import ProviderError, UsageError
from finetune_studio.providers.errors import RateLimitError, UnreachableError, provider_error
from finetune_studio.providers.openai_client import checked_base_url
from finetune_studio.providers.openai_wire import OpenAIWireProvider, Timeouts
from finetune_studio.providers.registry import address_of
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.targets.registry import load_profiles
from tests.helpers.fake_provider_server import FakeProviderServer


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as running:
        yield running


def error_at(base_url: str, key: str = "sk-some-key-of-mine-00001") -> ProviderError:
    provider = OpenAIWireProvider(WireFacts("fake", "Fake"), base_url, Secret(key), Timeouts(1, 1, 1))
    try:
        with pytest.raises(ProviderError) as caught:
            provider.list_models()
    finally:
        provider.close()
    return caught.value


def test_server_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    error = error_at(f"http://127.0.0.1:{port}/v1")
    assert isinstance(error, UnreachableError)
    assert "cannot be reached" in error.text


def test_address_that_does_not_exist() -> None:
    error = error_at("https://no-such-host.invalid/v1")
    assert isinstance(error, UnreachableError)
    assert "was not found" in error.text or "cannot be reached" in error.text


def test_https_to_a_server_that_speaks_http(server: FakeProviderServer) -> None:
    error = error_at(server.base_url.replace("http://", "https://"))
    assert isinstance(error, UnreachableError)
    assert "certificate" in error.text or "cannot be reached" in error.text


@pytest.mark.parametrize(
    ("kind", "words", "code"),
    [
        ("401", "does not accept the API key", "code_401"),
        ("403", "no longer lets this organisation", "training_not_available"),
        ("404", "does not have what was asked for", "code_404"),
        ("html", "answered with a web page", "not_a_service"),
        ("garbage", "cannot be read", "garbled_answer"),
        ("empty", "cannot be read", "garbled_answer"),
        ("wrong_shape", "cannot be read", "garbled_answer"),
        ("500_before", "had an error of its own (500)", "code_500"),
        ("timeout_before", "did not answer in time", "timeout"),
        ("reset_before", "broke off", "connection"),
        ("truncated", "broke off", "connection"),
    ],
)
def test_sentences(server: FakeProviderServer, kind: str, words: str, code: str) -> None:
    server.inject("GET", "/models", kind)
    error = error_at(server.base_url, server.key)
    assert words in error.text
    assert error.code == code


def test_rate_limit_says_how_long(server: FakeProviderServer) -> None:
    server.retry_after = "90"
    server.inject("GET", "/models", "429")
    error = error_at(server.base_url, server.key)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 90
    assert "in 90 seconds" in error.advice


def test_rate_limit_may_name_a_time(server: FakeProviderServer) -> None:
    server.retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.inject("GET", "/models", "429")
    error = error_at(server.base_url, server.key)
    assert isinstance(error, RateLimitError)
    assert error.retry_after is not None
    assert 80 < error.retry_after < 100
    server.retry_after = "tomorrow"
    server.inject("GET", "/models", "429")
    assert error_at(server.base_url, server.key).advice == "Try again in a while; nothing was started."


def test_a_key_that_the_service_repeats_is_masked(server: FakeProviderServer) -> None:
    error = error_at(server.base_url, "sk-wrong-key-that-comes-back")
    assert "sk-wrong" not in str(error)
    assert "[key]" in error.text


def test_a_key_with_odd_characters() -> None:
    assert "characters that no key has" in error_at("http://127.0.0.1:9/v1", "sk-ключ").text
    assert "characters that no key has" in error_at("http://127.0.0.1:9/v1", "sk-a\nb").text


def test_tls_trouble_while_talking_is_in_doubt() -> None:
    broken = RuntimeError("Connection error.")
    broken.__cause__ = ssl.SSLError("bad record mac")
    error = provider_error(broken, title="Fake", base_url="https://x/", secret=Secret("k"))
    assert isinstance(error, ProviderError)
    assert error.outcome_unknown


@pytest.mark.parametrize(
    ("first", "last", "words"), [(2020, 2021, "has expired"), (2090, 2091, "is not yet")]
)
def test_a_certificate_that_the_date_speaks_against_names_the_clock(
    tmp_path: Path, first: int, last: int, words: str
) -> None:
    with dated_server(tmp_path, first, last) as (url, trusted):
        client = httpx2.Client(verify=trusted, trust_env=False)
        with client, pytest.raises(httpx2.ConnectError) as refused:
            client.get(url)
    error = provider_error(
        refused.value, title="Fake", base_url=url, secret=Secret("sk-1-not-a-key"), changes=True
    )
    assert isinstance(error, UnreachableError)
    assert f"its certificate {words}" in error.text
    assert "The clock says" in error.advice


@contextmanager
def dated_server(folder: Path, first: int, last: int) -> Iterator[tuple[str, ssl.SSLContext]]:
    """A TLS server whose certificate holds for some years, and a context that trusts it but for its dates."""
    x509 = pytest.importorskip("cryptography.x509")
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    primitives = pytest.importorskip("cryptography.hazmat.primitives")
    from cryptography.hazmat.primitives import serialization as forms

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(first, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(last, 1, 1, tzinfo=UTC))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, primitives.hashes.SHA256())
    )
    pem = folder / "server.pem"
    plain = (forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    pem.write_bytes(key.private_bytes(*plain) + made.public_bytes(forms.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            taken, _ = listening.accept()
            with contextlib.suppress(OSError), taken, context.wrap_socket(taken, server_side=True):
                pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/", ssl.create_default_context(cafile=str(pem))
        thread.join(5)


def test_an_error_of_another_call_is_not_taken_for_this_one(server: FakeProviderServer) -> None:
    try:
        raise ProviderError("Another call failed.")
    except ProviderError:
        server.inject("GET", "/models", "401")
        assert "does not accept" in error_at(server.base_url, server.key).text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.openai.com/v1",
        "ftp://x/v1",
        "http://api.example.com/v1",
        "https://me:secret@x.org/v1",
        "https://",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_base_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.org/v1",
        "http://localhost:8000/v1",
        "http://127.0.0.1:1/v1/",
        "http://192.168.1.5/v1",
        "http://gpu-box:8000/v1",
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    assert checked_base_url(f" {url} ").endswith("/v1/")


def test_profiles_and_addresses() -> None:
    profiles = load_profiles()
    assert address_of(profiles["openai"]) == "https://api.openai.com/v1/"
    with pytest.raises(UsageError, match="an address of its own"):
        address_of(replace(profiles["openai"], base_url_editable=False), "https://elsewhere.example/v1")
    with pytest.raises(UsageError, match="RESOURCE"):
        address_of(profiles["azure"])
    with pytest.raises(UsageError, match="needs an address"):
        address_of(profiles["custom"])

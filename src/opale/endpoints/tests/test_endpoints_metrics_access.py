"""Who reads /metrics: this machine, or whoever has the token."""

import pytest
from pytest_django import Settings

from opale.endpoints.metrics_access import may_read_metrics

TOKEN = "a-token-for-prometheus"


def asked(host: str | None, **headers: str) -> bool:
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    client = None if host is None else (host, 40000)
    return may_read_metrics({"type": "http", "client": client, "headers": named})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_reads_them_without_a_token(host: str) -> None:
    assert asked(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "", "x", None])
def test_others_do_not(host: str | None) -> None:
    assert not asked(host)


@pytest.mark.parametrize(
    "name", ["x_forwarded_for", "x_forwarded_proto", "forwarded", "x_real_ip", "via"]
)
def test_what_a_proxy_on_this_machine_hands_on_is_not_of_this_machine(name: str) -> None:
    assert not asked("127.0.0.1", **{name: "127.0.0.1"})


def test_with_a_token_it_alone_counts(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert asked("192.0.2.1", authorization=f"Bearer {TOKEN}", x_forwarded_for="192.0.2.9")
    assert not asked("127.0.0.1")
    for wrong in ("", f"Basic {TOKEN}", "Bearer ", f"Bearer {TOKEN}x", "Bearer \u00e9"):
        assert not asked("127.0.0.1", authorization=wrong)

"""Logging in: password, second factor, passkey, an outside identity; and how it ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from tests.personas import Personas

from opale.kernel.models import Change
from opale.organisation.models import User
from opale.organisation.tests import issuer as oidc

LOGIN, PASSWORD = "/account/login/", "correct horse 7 battery"
AGENT = "desk_agent"


@pytest.fixture
def agent(personas: Personas) -> Iterator[User]:
    user = personas.users[AGENT]
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    cache.clear()
    yield user
    cache.clear()


def log_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    words = {"login": "desk_agent@opale.example", "password": password, **more}
    return client.post(LOGIN, words)


def inside(client: Client) -> bool:
    return client.get("/people/").status_code == 200


def test_the_right_password_opens(agent: User, client: Client) -> None:
    assert not inside(client)
    assert log_in(client).status_code == 302
    assert inside(client)


def test_a_wrong_password_does_not_and_tells_nothing(agent: User, client: Client) -> None:
    known = log_in(client, "wrong").content
    unknown = client.post(LOGIN, {"login": "nobody@opale.example", "password": "wrong"}).content
    assert not inside(client)
    for page in (known, unknown):
        assert b"not correct" in page


def test_after_five_failures_the_right_password_waits_too(agent: User, client: Client) -> None:
    for _ in range(5):
        log_in(client, "wrong")
    refused = log_in(client)
    assert b"Too many failed login attempts" in refused.content
    assert not inside(client)


def test_ten_failures_from_one_address_stop_it_for_every_login(agent: User, client: Client) -> None:
    for number in range(10):
        client.post(LOGIN, {"login": f"guess{number}@opale.example", "password": "wrong"})
    log_in(client)
    assert not inside(client)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    log_in(elsewhere)
    assert inside(elsewhere)


def test_sixty_posts_a_minute_are_the_limit(agent: User, client: Client) -> None:
    statuses = {client.post(LOGIN, {"login": "x"}).status_code for _ in range(61)}
    assert 429 in statuses


def test_a_closed_login_opens_nothing(agent: User, client: Client, personas: Personas) -> None:
    log_in(client)
    User.objects.filter(pk=agent.pk).update(password="!")
    assert not inside(Client())
    assert not log_in(Client()).wsgi_request.user.is_authenticated


def test_a_second_factor_is_asked_and_kept_encrypted(agent: User, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(agent, secret)
    assert secret not in str(Authenticator.objects.get().data)
    asked = log_in(client)
    assert asked["Location"].startswith("/account/2fa/authenticate/")
    assert not inside(client)
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/account/2fa/authenticate/", {"code": code})
    assert inside(client)


def test_a_passkey_login_is_offered_for_this_site(agent: User, client: Client) -> None:
    options = client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    assert options.status_code == 200
    assert options.json()["request_options"]["publicKey"]["rpId"] == "testserver"


def test_a_session_is_listed_and_revoked_with_its_stream(agent: User, client: Client) -> None:
    elsewhere = Client(headers={"User-Agent": "Elsewhere"})
    log_in(elsewhere)
    log_in(client)
    assert inside(client)
    assert b"Elsewhere" in client.get("/account/sessions/").content
    key = elsewhere.session.session_key
    client.post("/account/sessions/")
    assert inside(client)
    assert not inside(elsewhere)
    assert Change.objects.filter(topic=f"session:{key}").exists()


def test_one_session_is_ended_and_the_others_go_on(agent: User, client: Client) -> None:
    lost, kept = Client(), Client()
    for each in (lost, kept, client):
        log_in(each)
    assert inside(lost)
    assert inside(kept)
    key = lost.session.session_key
    ended = UserSession.objects.get(session_key=key)
    address = f"/account/sessions/{ended.pk}/end/"
    assert address in client.get("/account/sessions/").content.decode()
    assert client.post(address).status_code == 302
    assert [inside(lost), inside(kept), inside(client)] == [False, True, True]
    assert Change.objects.filter(topic=f"session:{key}").exists()
    assert client.post(address).status_code == 404


def test_nobody_ends_the_session_of_somebody_else(
    agent: User, client: Client, personas: Personas
) -> None:
    log_in(client)
    assert inside(client)
    mine = UserSession.objects.get(session_key=client.session.session_key)
    assert (
        personas.client("administrator").post(f"/account/sessions/{mine.pk}/end/").status_code
        == 404
    )
    assert inside(client)


def test_a_session_notes_its_use_once_a_minute(agent: User, client: Client) -> None:
    log_in(client)
    inside(client)
    before = UserSession.objects.get().last_seen_at
    inside(client)
    assert UserSession.objects.get().last_seen_at == before


def test_logging_out_ends_the_stream(agent: User, client: Client) -> None:
    log_in(client)
    key = client.session.session_key
    client.post("/account/logout/")
    assert not inside(client)
    assert Change.objects.filter(topic=f"session:{key}").exists()


@pytest.mark.parametrize(
    "path", ["/account/signup/", "/account/email/", "/account/3rdparty/signup/"]
)
def test_nobody_makes_himself_a_login(agent: User, client: Client, path: str) -> None:
    client.post(path, {"email": "new@opale.example", "password1": PASSWORD})
    assert not User.objects.filter(email="new@opale.example").exists()


@pytest.fixture
def issuer(settings: Settings) -> Iterator[oidc.Issuer]:
    with oidc.running() as running:
        app = {
            "provider_id": "oidc",
            "name": "Staff",
            "client_id": oidc.CLIENT,
            "secret": oidc.SECRET,
            "settings": {"server_url": running.url, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield running


def come_from(client: Client, issuer: oidc.Issuer, **identity: Any) -> None:
    issuer.identity = {"sub": "17", **identity}
    sent = client.post("/account/oidc/oidc/login/")
    assert sent["Location"].startswith(f"{issuer.url}/authorize?")
    client.get(issuer.authorize(sent["Location"]))


def test_an_outside_identity_opens_the_login_of_its_verified_address(
    agent: User, client: Client, issuer: oidc.Issuer
) -> None:
    come_from(client, issuer, email="Desk_Agent@opale.example", email_verified=True)
    assert inside(client)


def test_an_identity_that_came_once_is_known_by_its_subject(
    agent: User, client: Client, issuer: oidc.Issuer
) -> None:
    come_from(client, issuer, email=agent.email, email_verified=True)
    again = Client()
    come_from(again, issuer, email="renamed@opale.example", email_verified=True)
    assert inside(again)


@pytest.mark.parametrize(
    "identity",
    [
        {"email": "desk_agent@opale.example", "email_verified": False},
        {"email": "desk_agent@opale.example"},
        {"email": "stranger@elsewhere.example", "email_verified": True},
        {},
    ],
    ids=["not verified", "not said", "a stranger", "no address"],
)
def test_any_other_outside_identity_opens_nothing(
    agent: User, client: Client, issuer: oidc.Issuer, identity: dict[str, Any]
) -> None:
    come_from(client, issuer, **identity)
    assert not inside(client)
    assert not User.objects.filter(email="stranger@elsewhere.example").exists()


def test_a_code_of_another_browser_opens_nothing(
    agent: User, client: Client, issuer: oidc.Issuer
) -> None:
    issuer.identity = {"sub": "17", "email": agent.email, "email_verified": True}
    sent = client.post("/account/oidc/oidc/login/")
    victim = Client()
    victim.get(issuer.authorize(sent["Location"]))
    assert not inside(victim)

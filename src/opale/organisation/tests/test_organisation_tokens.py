"""API tokens: hashed, narrowed, expiring, shown once."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.clock import travel
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.organisation import actions
from opale.organisation.models import ApiToken


def ask(token: str, path: str = "/api/v1/me") -> int:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_opens_the_api_in_the_name_of_its_user(personas: Personas) -> None:
    token = personas.token("desk_agent")
    me = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert me["key"] == f"user:{personas.users['desk_agent'].pk}"
    assert me["name"] == "Desk Agent (test)"
    assert "desk.work" in me["rights"]


def test_the_secret_is_not_kept(personas: Personas) -> None:
    token = personas.token("desk_agent")
    row = ApiToken.objects.get()
    assert token not in str(row.__dict__)
    assert row.digest != token


def test_a_token_is_narrowed_to_its_scopes(personas: Personas) -> None:
    token = personas.token("desk_agent", "customers.read")
    assert ask(token) == 200
    assert ask(token, "/api/v1/people") == 403


def test_a_token_grants_nothing_that_its_user_lost(personas: Personas) -> None:
    token = personas.token("desk_agent", "desk.work")
    actions.close_access(personas.people["desk_agent"], by=personas.actor("administrator"))
    assert ask(token) == 401


def test_a_scope_that_is_not_held_is_refused(personas: Personas) -> None:
    with pytest.raises(Invalid) as refused:
        personas.token("employee", "desk.work")
    assert "scopes" in refused.value.fields


def test_an_expired_token_opens_nothing(personas: Personas) -> None:
    token = personas.token("desk_agent")
    with travel(timedelta(days=2)):
        assert ask(token) == 401


def test_a_revoked_token_opens_nothing(personas: Personas) -> None:
    token = personas.token("desk_agent")
    row = ApiToken.objects.get()
    actions.revoke_token(row.pk, by=personas.actor("desk_agent"))
    actions.revoke_token(row.pk, by=personas.actor("desk_agent"))
    assert ask(token) == 401


def test_nobody_else_finds_the_token(personas: Personas) -> None:
    personas.token("desk_agent")
    with pytest.raises(NotFound):
        actions.revoke_token(ApiToken.objects.get().pk, by=personas.actor("run_engineer"))


def test_a_contact_has_no_token(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        personas.token("customer_contact")


@pytest.mark.parametrize("token", ["", "opale_wrong", "x" * 5000])
def test_a_wrong_token_is_nobody(personas: Personas, token: str) -> None:
    assert ask(token) == 401


def test_a_wrong_token_is_not_saved_by_the_session_beside_it(personas: Personas) -> None:
    client = personas.client("administrator")
    answer = client.get("/api/v1/me", headers={"Authorization": "Bearer opale_wrong"})
    assert answer.status_code == 401


def test_a_token_opens_no_page(personas: Personas) -> None:
    assert ask(personas.token("desk_agent"), "/people/") == 302


def test_the_last_use_is_noted_once_a_minute(personas: Personas) -> None:
    token = personas.token("desk_agent")
    ask(token)
    first = ApiToken.objects.get().last_used_at
    ask(token)
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_the_page_shows_a_new_secret_once(personas: Personas) -> None:
    client = personas.client("desk_agent")
    made = client.post("/tokens/", {"name": "Export", "days": "30"})
    assert b"opale_" in made.content
    assert "no-store" in made["Cache-Control"]
    again = client.get("/tokens/").content.decode()
    assert ApiToken.objects.get().prefix in again
    assert "org-secret" not in again


def test_a_repeated_creation_gives_no_second_token(personas: Personas) -> None:
    token = personas.token("desk_agent")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    body = {"name": "Export"}
    first, again = (
        Client().post("/api/v1/tokens", body, "application/json", headers=headers) for _ in "12"
    )
    assert (first.status_code, again.status_code) == (201, 409)
    assert ApiToken.objects.count() == 2

"""API tokens: hashed, narrowed, expiring, shown once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from tests.personas import Personas

from opale.kernel.clock import now, travel
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.kernel.isolation import as_customers
from opale.organisation.actions import access, tokens
from opale.organisation.models import ApiToken, ApiTokenQuerySet, AuditEntry
from opale.organisation.queries.identity import actor_of_token


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
    access.close_access(personas.people["desk_agent"], by=personas.actor("administrator"))
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
    tokens.revoke_token(row.pk, by=personas.actor("desk_agent"))
    tokens.revoke_token(row.pk, by=personas.actor("desk_agent"))
    assert ask(token) == 401


def test_nobody_else_finds_the_token(personas: Personas) -> None:
    personas.token("desk_agent")
    with pytest.raises(NotFound):
        tokens.revoke_token(ApiToken.objects.get().pk, by=personas.actor("run_engineer"))


def test_a_contact_makes_uses_and_revokes_a_token(personas: Personas) -> None:
    client = personas.client("customer_contact")
    assert b"opale_" in client.post("/tokens/new/", {"name": "Export", "days": "30"}).content
    far = client.post("/tokens/new/", {"name": "Export", "days": "9" * 12})
    assert far.status_code == 422, "no calendar has that day"
    made = client.post("/api/v1/tokens", {"name": "ERP"}, "application/json").json()
    assert {row["name"] for row in client.get("/api/v1/tokens").json()["items"]} == {
        "ERP",
        "Export",
    }
    assert ask(made["token"]) == 200
    assert client.post(f"/tokens/{made['id']}/revocation/").status_code == 302
    assert ask(made["token"]) == 401


def test_a_request_by_the_token_of_a_contact_is_held_by_the_database(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []

    def look(*_args: object, **_options: object) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, current_setting('opale.customers'),"
                " current_setting('opale.login')"
            )
            seen.append(cursor.fetchone())
        raise NotFound

    monkeypatch.setattr(ApiTokenQuerySet, "visible_to", look)
    token = personas.token("customer_contact")
    assert ask(token, "/api/v1/tokens") == 404
    login = personas.users["customer_contact"].pk
    assert seen == [("opale_portal", str(personas.customer.pk), str(login))]


def test_the_portal_reads_and_ends_only_the_tokens_of_its_login(personas: Personas) -> None:
    for name in ("customer_contact", "foreign_contact", "desk_agent"):
        personas.token(name)
    contact = personas.users["customer_contact"]
    with as_customers([personas.customer.pk], login=contact.pk):
        assert [token.user_id for token in ApiToken.objects.all()] == [contact.pk]
        assert ApiToken.objects.update(revoked_at=now()) == 1
    with as_customers([personas.customer.pk]):
        assert not ApiToken.objects.exists()
    foreign = ApiToken.objects.get(user=personas.users["foreign_contact"])
    with pytest.raises(NotFound):
        tokens.revoke_token(foreign.pk, by=personas.actor("customer_contact"))


def test_no_portal_request_makes_a_token_for_another_login(personas: Personas) -> None:
    other = personas.users["administrator"]
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        as_customers([personas.customer.pk], login=personas.users["customer_contact"].pk),
    ):
        ApiToken.objects.create(
            user_id=other.pk, name="x", digest="0" * 64, expires_at=now() + timedelta(days=1)
        )


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
    made = client.post("/tokens/new/", {"name": "Export", "days": "30"})
    assert b"opale_" in made.content
    assert "no-store" in made["Cache-Control"]
    again = client.get("/tokens/").content.decode()
    assert ApiToken.objects.get().prefix in again
    assert "org-secret" not in again


@pytest.mark.parametrize("name", ["desk_agent", "customer_contact"])
def test_the_menu_of_a_login_leads_to_its_tokens(personas: Personas, name: str) -> None:
    page = personas.client(name).get("/", follow=True).content.decode()
    assert 'href="/tokens/"' in page


def test_a_repeated_creation_gives_no_second_token(personas: Personas) -> None:
    token = personas.token("desk_agent")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    body = {"name": "Export"}
    first, again = (
        Client().post("/api/v1/tokens", body, "application/json", headers=headers) for _ in "12"
    )
    assert (first.status_code, again.status_code) == (201, 409)
    assert ApiToken.objects.count() == 2


def test_tokens_are_found_by_their_state_and_revoked_together(personas: Personas) -> None:
    client = personas.client("desk_agent")
    for name in ("Old", "New", "Ended"):
        client.post("/api/v1/tokens", {"name": name, "days": 30}, "application/json")
    ApiToken.objects.filter(name="Old").update(
        created_at=now() - timedelta(days=60), expires_at=now() - timedelta(days=30)
    )
    tokens.revoke_token(ApiToken.objects.get(name="Ended").pk, by=personas.actor("desk_agent"))

    def found(query: str) -> set[str]:
        return {row["name"] for row in client.get(f"/api/v1/tokens?{query}").json()["items"]}

    assert [found(f"state={one}") for one in ("expired", "valid", "revoked")] == [
        {"Old"},
        {"New"},
        {"Ended"},
    ]
    assert found("q=end") == {"Ended"}
    page = client.get("/tokens/").content.decode()
    shown = {row.name for row in ApiToken.objects.all() if f"/tokens/{row.pk}/revocation/" in page}
    assert shown == {"Old", "New"}
    keys = [row.pk for row in ApiToken.objects.all()]
    asked = client.post("/lists/tokens/acts/revoke/", {"n": keys})
    assert asked.status_code == 200
    assert "3 rows selected" in asked.content.decode()
    assert found("state=valid") == {"New"}
    given = {"n": keys, "given": "1"}
    assert client.post("/lists/tokens/acts/revoke/", given).status_code == 302
    assert found("state=valid") == set()


def test_a_program_chooses_how_long_its_token_lasts(personas: Personas) -> None:
    client = personas.client("desk_agent")

    def made(**body: object) -> Any:
        return client.post("/api/v1/tokens", {"name": "ERP", **body}, "application/json")

    assert made(days=45).status_code == 201
    assert "no-store" in made()["Cache-Control"]
    lasting = [row.expires_at - row.created_at for row in ApiToken.objects.order_by("id")]
    assert [round(one / timedelta(days=1)) for one in lasting] == [45, 90]
    for days in (0, 367, "many"):
        assert made(days=days).status_code == 422
    assert made(scopes=["organisation.administer"]).json()["fields"].keys() == {"scopes"}


@pytest.mark.parametrize("days", ["0", "367", "9" * 20])
def test_a_lifetime_that_no_token_has_is_refused(personas: Personas, days: str) -> None:
    client = personas.client("administrator")
    answer = client.post("/tokens/new/", {"name": "Export", "days": days})
    assert answer.status_code == 422
    assert "days" in answer.context["form"].errors


def test_a_token_made_by_a_token_has_at_most_its_scopes_and_its_end(personas: Personas) -> None:
    narrow = personas.token("service_manager", "organisation.tokens", "organisation.read")
    client = Client(headers={"Authorization": f"Bearer {narrow}"})

    def made(**body: object) -> Any:
        return client.post("/api/v1/tokens", {"name": "x", "days": 366, **body}, "application/json")

    bodies: tuple[dict[str, object], ...] = ({}, {"scopes": []})
    for body in bodies:
        answer = made(**body).json()
        assert set(answer["scopes"]) == {"organisation.tokens", "organisation.read"}
        assert answer["expires_at"] == made().json()["expires_at"]
        assert ask(answer["token"], "/api/v1/people") == 200
        assert ask(answer["token"], "/api/v1/tickets") == 403
    first = ApiToken.objects.earliest("id")
    assert {row.expires_at for row in ApiToken.objects.all()} == {first.expires_at}
    assert made(scopes=["organisation.read"]).json()["scopes"] == ["organisation.read"]
    assert made(scopes=["desk.read"]).status_code == 422
    # One that holds everything may make another that does, until its own end.
    wide = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    whole = wide.post("/api/v1/tokens", {"name": "x", "days": 30}, "application/json").json()
    assert whole["scopes"] == []


@pytest.mark.parametrize("login", ["desk_agent", "customer_contact"])
def test_a_token_ends_with_the_one_that_made_it(personas: Personas, login: str) -> None:
    first = personas.token(login)
    made: list[str] = []
    for _ in range(2):
        client = Client(headers={"Authorization": f"Bearer {made[-1] if made else first}"})
        answer = client.post("/api/v1/tokens", {"name": "x"}, "application/json")
        made.append(answer.json()["token"])
    other = personas.token(login)
    assert [ask(one) for one in (first, *made, other)] == [200] * 4
    pk = ApiToken.objects.earliest("id").pk
    client = Client(headers={"Authorization": f"Bearer {other}"})
    assert client.delete(f"/api/v1/tokens/{pk}").status_code in (200, 204)
    assert [ask(one) for one in (first, *made, other)] == [401, 401, 401, 200]
    assert AuditEntry.objects.filter(event=AuditEntry.Event.TOKEN_REVOKED).count() == 3


def test_a_token_that_was_revoked_a_moment_ago_makes_none(personas: Personas) -> None:
    personas.token("desk_agent")
    token = ApiToken.objects.get()
    asks = actor_of_token(token)
    tokens.revoke_token(token.pk, by=personas.actor("desk_agent"))
    with pytest.raises(NotAllowed):
        tokens.create_token(by=asks, name="x", lifetime=timedelta(days=1))


def test_a_new_password_by_a_mailed_link_ends_the_tokens(personas: Personas) -> None:
    token, other = personas.token("desk_agent"), personas.token("run_engineer")
    client = Client()
    link = access.invitation_path(personas.users["desk_agent"])
    form = client.get(link, follow=True).request["PATH_INFO"]
    chosen = "an owl reads 9 novels"
    answer = client.post(form, {"password1": chosen, "password2": chosen})
    assert answer.status_code == 302
    assert (ask(token), ask(other)) == (401, 200)


def test_a_token_is_revoked_after_a_question_and_named_in_the_answer(personas: Personas) -> None:
    personas.token("desk_agent")
    row = ApiToken.objects.get()
    client = personas.client("desk_agent")
    address = f"/tokens/{row.pk}/revocation/"
    assert f'href="{address}"' in client.get("/tokens/").content.decode()
    asked = client.get(address).content.decode()
    assert "Revoke the token “test”?" in asked
    assert ApiToken.objects.get().revoked_at is None
    done = client.post(address, follow=True).content.decode()
    assert "Token “test” revoked" in done
    assert ApiToken.objects.get().revoked_at is not None

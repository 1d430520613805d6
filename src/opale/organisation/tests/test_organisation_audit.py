"""The audit log: what it holds, who reads it, and that nobody changes it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_reset
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client, RequestFactory
from tests.personas import Personas

from opale.kernel.clock import now
from opale.organisation.actions import access, audit, people, teams, tokens
from opale.organisation.models import AuditEntry, Membership, User
from opale.organisation.rights import Function

Event = AuditEntry.Event
LOGIN, PASSWORD = "/account/login/", "correct horse 7 battery"


@pytest.fixture
def agent(personas: Personas) -> Iterator[User]:
    user = personas.users["desk_agent"]
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    cache.clear()
    yield user
    cache.clear()


def log_in(client: Client, password: str = PASSWORD, login: str = "") -> None:
    client.post(LOGIN, {"login": login or "desk_agent@opale.example", "password": password})


def recorded() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("id")
    return [(row.event, row.login, row.actor_name) for row in rows]


def test_logins_failed_and_done_are_recorded_with_their_origin(agent: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7", headers={"User-Agent": "Tried by hand"})
    log_in(client, "wrong")
    log_in(client, login="Nobody@opale.example")
    log_in(client)
    client.post("/account/logout/")
    who = "desk_agent@opale.example"
    assert recorded() == [
        (Event.LOGIN_FAILED, who, ""),
        (Event.LOGIN_FAILED, "nobody@opale.example", ""),
        (Event.LOGIN, who, "Desk Agent"),
        (Event.LOGOUT, who, "Desk Agent"),
    ]
    first = AuditEntry.objects.earliest("id")
    assert (first.ip, first.user_agent) == ("192.0.2.7", "Tried by hand")
    assert PASSWORD not in str([row.__dict__ for row in AuditEntry.objects.all()])


def test_a_login_that_stays_blocked_is_recorded_once(agent: User) -> None:
    for _ in range(8):
        log_in(Client(), "wrong")
    events = [event for event, _login, _name in recorded()]
    assert events == [Event.LOGIN_FAILED] * 5 + [Event.LOGIN_BLOCKED]


def test_a_wrong_second_factor_is_recorded(agent: User) -> None:
    TOTP.activate(agent, generate_totp_secret())
    client = Client()
    log_in(client)
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert [event for event, _login, _name in recorded()] == [Event.LOGIN_FAILED]


def test_recovery_codes_that_are_made_anew_are_recorded(agent: User) -> None:
    codes = RecoveryCodes.activate(agent).instance
    request = RequestFactory().post("/account/2fa/recovery-codes/generate/")
    authenticator_reset.send(Authenticator, request=request, user=agent, authenticator=codes)
    assert recorded() == [(Event.FACTOR_ADDED, agent.email, "Desk Agent")]


def test_tokens_and_access_are_recorded_with_who_did_it(personas: Personas) -> None:
    agent, administrator = personas.actor("desk_agent"), personas.actor("administrator")
    token, _secret = tokens.create_token(
        by=agent, name="ERP", lifetime=timedelta(days=1), scopes=["desk.work"]
    )
    tokens.revoke_token(token.pk, by=administrator)
    tokens.create_token(by=agent, name="Left", lifetime=timedelta(days=1))
    access.close_access(personas.people["desk_agent"], by=administrator)
    access.invite(personas.people["desk_agent"], by=administrator)
    people.edit_person(personas.people["desk_agent"], by=administrator, email="new@opale.example")
    found = [(row.event, row.actor, row.login) for row in AuditEntry.objects.order_by("id")]
    who, boss = "desk_agent@opale.example", administrator.key
    assert found == [
        (Event.TOKEN_CREATED, agent.key, who),
        (Event.TOKEN_REVOKED, boss, who),
        (Event.TOKEN_CREATED, agent.key, who),
        (Event.ACCESS_CLOSED, boss, who),
        (Event.TOKEN_REVOKED, boss, who),
        (Event.ACCESS_GIVEN, boss, who),
        (Event.EMAIL_CHANGED, boss, who),
    ]
    assert AuditEntry.objects.earliest("id").details == f"ERP ({token.prefix}…): desk.work"
    assert AuditEntry.objects.latest("id").details == f"{who} → new@opale.example"


def test_functions_given_and_ended_are_recorded(personas: Personas) -> None:
    administrator = personas.actor("administrator")
    team, person = personas.teams["run_engineer"], personas.people["employee"]
    place = teams.add_member(team, person, by=administrator, function=Function.RUN_ENGINEER)
    with_role = teams.edit_membership(place, by=administrator, role=Membership.Role.LEAD)
    teams.edit_membership(with_role, by=administrator, share_percent=50)
    teams.close_team(team, by=administrator)
    found = AuditEntry.objects.filter(login="employee@opale.example").order_by("id")
    assert [(row.event, row.details.partition(",")[0]) for row in found] == [
        (Event.FUNCTION_GIVEN, "run_engineer (member)"),
        (Event.FUNCTION_ENDED, "run_engineer (member)"),
        (Event.FUNCTION_GIVEN, "run_engineer (lead)"),
        (Event.FUNCTION_ENDED, "run_engineer (lead)"),
    ]


def test_a_contact_by_its_own_request_leaves_a_trace_and_reads_none(personas: Personas) -> None:
    client = personas.client("customer_contact")
    client.post("/api/v1/tokens", {"name": "ERP"}, "application/json")
    assert recorded() == [(Event.TOKEN_CREATED, "contact@acme.example", "Contact Acme")]
    assert client.get("/api/v1/audit-log").status_code == 403


def test_administrators_search_the_log(personas: Personas) -> None:
    log_in(Client(REMOTE_ADDR="192.0.2.9"), "wrong", "guessed@opale.example")
    personas.token("desk_agent")
    client = personas.client("administrator")

    def found(query: str) -> list[str]:
        items = client.get(f"/api/v1/audit-log?{query}").json()["items"]
        return [row["event"] for row in items]

    assert found("q=192.0.2.9") == found("q=guessed") == [Event.LOGIN_FAILED]
    assert found("event=token_created") == [Event.TOKEN_CREATED]
    assert found("") == [Event.TOKEN_CREATED, Event.LOGIN_FAILED]
    page = client.get("/audit-log/").content.decode()
    assert "guessed@opale.example" in page
    assert "API token created" in page


def test_entries_are_not_changed_and_deleted_only_when_they_are_old(personas: Personas) -> None:
    personas.token("desk_agent")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        AuditEntry.objects.update(login="")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert audit.delete_old_entries() == 0
    AuditEntry.objects.create(event=Event.LOGIN, at=now() - timedelta(days=401))
    assert audit.delete_old_entries() == 1
    assert AuditEntry.objects.count() == 1

"""Who a request stands for: never older than what others have committed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.organisation.models import User

PAGE = {"Accept": "text/html"}


@pytest.fixture
def client(personas: Personas) -> Client:
    client = personas.client("administrator")
    client.get("/teams/", headers=PAGE)  # from now on who it is, is remembered
    return client


def user(personas: Personas) -> User:
    found = personas.actor("administrator").user_id
    assert found is not None
    return User.objects.get(pk=found)


def is_in(client: Client) -> bool:
    answer = client.get("/teams/", headers=PAGE)
    assert answer.status_code == 200 or answer.headers["Location"].startswith("/account/login/")
    return answer.status_code == 200


@pytest.mark.parametrize("headers", [PAGE, PAGE | {"HX-Request": "true"}], ids=["page", "part"])
def test_session_and_revision_are_asked_for_once_and_the_login_is_remembered(
    client: Client, headers: dict[str, str]
) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/teams/", headers=headers).status_code == 200
    tables = ('"django_session"', "kernel_referencechange", 'FROM "organisation_user"')
    found = [sum(table in query["sql"] for query in asked) for table in tables]
    assert found == [1, 1, 0]


def test_a_login_that_is_closed_is_out_at_once(client: Client, personas: Personas) -> None:
    assert is_in(client)
    with attributed(MAKER):
        User.objects.filter(pk=user(personas).pk).update(is_active=False)
    assert not is_in(client)


def test_a_password_that_was_changed_ends_the_other_sessions_at_once(
    client: Client, personas: Personas
) -> None:
    assert is_in(client)
    User.objects.filter(pk=user(personas).pk).update(password=make_password("another one, longer"))
    assert not is_in(client)


def test_a_session_that_was_ended_or_is_over_is_nobodys(client: Client) -> None:
    assert is_in(client)
    key = client.cookies["sessionid"].value
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_in(client)
    Session.objects.filter(pk=key).delete()
    assert not is_in(client)


def test_who_is_remembered_and_saved_keeps_when_it_last_logged_in(
    client: Client, personas: Personas
) -> None:
    remembered = user(personas)
    at = datetime(2026, 11, 29, 12, tzinfo=UTC)
    User.objects.filter(pk=remembered.pk).update(last_login=at)
    remembered.time_zone = "Indian/Reunion"
    with attributed(MAKER):
        remembered.save()
    found = User.objects.filter(pk=remembered.pk).get()
    assert (found.last_login, found.time_zone) == (at, "Indian/Reunion")
    assert user(personas).time_zone == "Indian/Reunion"
    assert user(personas).last_login == at


def test_what_one_makes_of_his_login_is_not_what_another_is_given(personas: Personas) -> None:
    user(personas).language = "xx"
    assert user(personas).language != "xx"

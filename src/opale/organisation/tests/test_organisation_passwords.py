"""Passwords: which are refused, how one is chosen anew, and who is locked out by wrong ones."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.personas import Personas

from opale.organisation.actions import access
from opale.organisation.models import User

LOGIN, RESET = "/account/login/", "/account/password/reset/"
PASSWORD, CHOSEN = "correct horse 7 battery", "an owl reads 9 novels"
AGENT = "desk_agent@opale.example"


@pytest.fixture
def agent(personas: Personas) -> Iterator[User]:
    user = personas.users["desk_agent"]
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    cache.clear()
    yield user
    cache.clear()


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "123456789012",
        "098765432109",
        "483920174652",
        "abcabcabcabc",
        "abcdefghijkl",
        "azertyuiop12",
        "Password2026!",
        "P@ssw0rd2026",
        "motdepasse123",
        "Opale-2026-2026",
        "bonjourbonjour",
        "a1a1a1a1a1a1",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, CHOSEN, "vK8#pLq2!mZt", "quatre baleines nagent", "Zürich-Genf 1893 km"]
)
def test_other_passwords_are_accepted(password: str) -> None:
    validate_password(password)


def test_the_form_of_a_new_password_refuses_it_and_says_why(agent: User) -> None:
    client = Client(headers={"Accept-Language": "en"})
    form = client.get(access.invitation_path(agent), follow=True).request["PATH_INFO"]
    weak = {"password1": "aaaaaaaaaaaa", "password2": "aaaaaaaaaaaa"}
    assert "too easy to guess" in client.post(form, weak).content.decode()
    assert client.post(form, {"password1": CHOSEN, "password2": CHOSEN}).status_code == 302


def asked(email: str, host: str = "testserver") -> list[dict[str, Any]]:
    """Ask for a new password; return the arguments of the jobs that this left."""
    answer = Client(headers={"Accept-Language": "en"}).post(RESET, {"email": email}, HTTP_HOST=host)
    assert answer.status_code == 302
    jobs = ProcrastinateJob.objects.filter(task_name=access.RESET_JOB)
    return [dict(job.args) for job in jobs.order_by("id")]


def test_a_mail_server_that_is_down_fails_no_request_for_a_new_password(
    agent: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    known = {"email": AGENT, "language": "en"}
    unknown = {"email": "nobody@opale.example", "language": "en"}
    asked(AGENT)
    assert asked("nobody@opale.example") == [known, unknown]


def test_the_mailed_link_names_the_host_of_the_settings(agent: User, settings: Settings) -> None:
    settings.BASE_URL, settings.MAIL_HOSTNAME = "https://opale.provider.example", "opale.provider"
    for job in asked(AGENT, host="localhost:6666"):
        access.send_password_reset(**job)
    (sent,) = mail.outbox
    assert sent.to == [AGENT]
    assert "localhost" not in sent.subject + str(sent.body)
    (link,) = re.findall(r"https://opale\.provider\.example(/\S+)", str(sent.body))
    client = Client()
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": CHOSEN, "password2": CHOSEN})
    assert log_in(client, CHOSEN)


def test_who_is_unknown_is_told_so_by_mail_alone(agent: User) -> None:
    for job in asked("nobody@opale.example"):
        access.send_password_reset(**job)
    (sent,) = mail.outbox
    assert sent.to == ["nobody@opale.example"]
    assert "key" not in str(sent.body)


@pytest.mark.parametrize("alike", ["deſk@office.example", "desk@offıce.example"])
def test_an_address_that_only_looks_like_a_login_is_sent_no_link(db: None, alike: str) -> None:
    User.objects.create_user("desk@office.example")
    access.send_password_reset("Desk@Office.example", language="en")
    access.send_password_reset(alike, language="en")
    links = ["/password/reset/key/" in str(one.body) for one in mail.outbox]
    assert links == [True, False]


def log_in(client: Client, password: str = PASSWORD) -> bool:
    client.post(LOGIN, {"login": AGENT, "password": password})
    return client.get("/people/").status_code == 200


def elsewhere() -> Client:
    return Client(REMOTE_ADDR="192.0.2.66")


def lock_out() -> None:
    for _ in range(6):
        assert not log_in(elsewhere(), "wrong")


def test_wrong_passwords_elsewhere_lock_no_owner_out_of_a_known_browser(agent: User) -> None:
    own = Client()
    assert log_in(own)
    own.post("/account/logout/")
    lock_out()
    assert not log_in(elsewhere()), "strangers wait"
    assert log_in(own)
    cookie = own.cookies["opale_browser"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_known_browser_is_locked_by_its_own_failures(agent: User) -> None:
    own = Client()
    assert log_in(own)
    own.post("/account/logout/")
    for _ in range(5):
        assert not log_in(own, "wrong")
    assert not log_in(own)


def test_the_cookie_of_a_browser_is_for_one_login_and_cannot_be_made(agent: User) -> None:
    lock_out()
    own = Client()
    own.cookies["opale_browser"] = f"{agent.pk}:invented:1xyz:signature"
    assert not log_in(own)


def test_a_mailed_link_lets_the_owner_in_while_the_login_is_locked(agent: User) -> None:
    lock_out()
    own = Client()
    form = own.get(access.invitation_path(agent), follow=True).request["PATH_INFO"]
    own.post(form, {"password1": CHOSEN, "password2": CHOSEN})
    assert log_in(own, CHOSEN)


def test_failures_are_counted_whatever_host_is_named(agent: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
    for host in ("testserver", "localhost", "127.0.0.1", "testserver", "localhost"):
        words = {"login": AGENT, "password": "wrong"}
        elsewhere().post(LOGIN, words, HTTP_HOST=host)
    words = {"login": AGENT, "password": PASSWORD}
    last = Client(headers={"Accept-Language": "en"}, REMOTE_ADDR="192.0.2.67")
    assert b"Too many failed" in last.post(LOGIN, words, HTTP_HOST="127.0.0.1").content

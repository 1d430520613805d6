"""The first administrator of an empty Opale."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from opale.organisation.models import Company, Membership, Person

pytestmark = pytest.mark.django_db

ADA = {"name": "Ada Martin", "email": "ada@provider.example", "company": "Provider"}


def founded(capsys: pytest.CaptureFixture[str], **options: str) -> str:
    call_command("first_administrator", **(ADA | options))
    return capsys.readouterr().out.split()[-1]


def test_the_printed_link_lets_the_first_administrator_in(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    link = founded(capsys)
    page = client.get(link.partition("://")[2].partition("/")[2].join(("/", "")), follow=True)
    password = {"password1": "a long enough sentence", "password2": "a long enough sentence"}
    assert client.post(page.redirect_chain[-1][0], password).status_code == 302
    assert client.login(email=ADA["email"], password="a long enough sentence")
    assert client.get("/teams/").status_code == 200
    place = Membership.objects.get(person__email=ADA["email"])
    assert (place.function, place.team.company) == ("administrator", Company.objects.get())
    assert Company.objects.get().operates


def test_a_second_one_is_let_in_by_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    founded(capsys)
    with pytest.raises(CommandError, match="already has an administrator"):
        founded(capsys, email="eve@provider.example")
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("email", "ada"), ("time_zone", "Mars/Olympus"), ("country", "XX"), ("name", " ")],
)
def test_what_cannot_be_is_refused_whole(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError):
        founded(capsys, **{option: value})
    assert not Person.objects.exists()
    assert not Company.objects.exists()

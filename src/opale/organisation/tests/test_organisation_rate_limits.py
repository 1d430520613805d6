"""One login, and one program, may call the API only so often."""

import pytest
from django.test import Client, override_settings
from tests.personas import Personas

from opale.endpoints import rate_limits
from opale.kernel.clock import now, travel
from opale.kernel.errors import Conflict, TooMany
from opale.organisation.actions import tokens
from opale.organisation.actions.tokens import LONGEST, create_token, revoke_token

pytestmark = pytest.mark.django_db
PATH = "/api/v1/me"
TMF = "/tmf-api/productOrderingManagement/v4/productOrder"


def program(personas: Personas, name: str) -> Client:
    _token, secret = create_token(
        by=personas.actor(name), name=f"{now()}", lifetime=LONGEST, scopes=()
    )
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, no bucket fills up meanwhile."""
    for limit in (rate_limits.OF_LOGINS, rate_limits.OF_TOKENS):
        monkeypatch.setattr(limit, "clock", lambda: 1_000.0)


@override_settings(API_CALLS_PER_LOGIN=3)
def test_a_login_that_calls_too_often_is_told_when_it_may_again(personas: Personas) -> None:
    browser, token = personas.client("desk_agent"), program(personas, "desk_agent")
    assert [browser.get(PATH).status_code, token.get(PATH).status_code] == [200, 200]
    assert browser.get(PATH).status_code == 200
    for refused in (browser.get(PATH), token.get(PATH)):
        assert refused.status_code == 429
        assert refused.json()["code"] == "too_many_requests"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert 0 < int(refused.headers["Retry-After"]) <= 60
    tmf = token.get(TMF)
    assert (tmf.status_code, tmf.json()["@type"]) == (429, "Error")
    assert int(tmf.headers["Retry-After"]) > 0
    assert browser.get("/").status_code == 200, "pages are not concerned"
    assert personas.client("run_engineer").get(PATH).status_code == 200


@override_settings(API_CALLS_PER_LOGIN=100, API_CALLS_PER_TOKEN=2)
def test_one_program_leaves_the_rest_to_the_others_of_its_login(personas: Personas) -> None:
    one, other = program(personas, "desk_agent"), program(personas, "desk_agent")
    assert [one.get(PATH).status_code for _ in range(3)] == [200, 200, 429]
    assert other.get(PATH).status_code == 200
    assert personas.client("desk_agent").get(PATH).status_code == 200


@override_settings(API_CALLS_PER_LOGIN=1)
def test_who_is_nobody_is_refused_as_ever(client: Client) -> None:
    assert [client.get(PATH).status_code for _ in range(3)] == [401] * 3


def test_a_login_has_so_many_tokens_and_makes_so_many_in_a_day(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MOST_VALID", 2)
    monkeypatch.setattr(tokens, "MOST_A_DAY", 3)
    contact = personas.actor("customer_contact")

    def make() -> int:
        token, _secret = create_token(by=contact, name="program", lifetime=LONGEST)
        return token.pk

    first, _second = make(), make()
    with pytest.raises(Conflict, match="2"):
        make()
    revoke_token(first, by=contact)
    third = make()
    revoke_token(third, by=contact)
    with pytest.raises(TooMany) as refused:
        make()
    assert 0 < refused.value.retry_after.total_seconds() <= 86_400
    with travel(tokens.DAY):
        make()
    create_token(by=personas.actor("desk_agent"), name="program", lifetime=LONGEST)

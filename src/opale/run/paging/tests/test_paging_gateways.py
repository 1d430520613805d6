"""SMS and voice providers, set up by who edits policies; and one's own contacts by the API."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.run.paging.actions import gateways
from opale.run.paging.actions.address_encryption import decrypt_address
from opale.run.paging.actions.verification_codes import verification_code
from opale.run.paging.models import ContactMethod, EscalationPolicy, Gateway
from opale.run.paging.queries.policies import current_content

pytestmark = pytest.mark.django_db
TWILIO = "twilio://AC12345678901234567890123456789012:token@33123456789/{to}"


@pytest.fixture
def house() -> Personas:
    return make_personas()


def sent(client: Client, method: str, path: str, body: object = None) -> Any:
    call = getattr(client, method)
    answer = call(f"/api/v1/paging/{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code < 300, answer.content
    return answer.json() if answer.content else None


def test_a_gateway_is_set_up_and_never_shown_again(house: Personas) -> None:
    manager = house.client("service_manager")
    answer = manager.post("/paging/gateways/new/", {"name": "SMS", "template": TWILIO})
    assert answer.status_code == 302
    made = Gateway.objects.get()
    assert decrypt_address(made.template) == TWILIO
    for path in ("/paging/gateways/", f"/paging/gateways/{made.pk}/"):
        assert "AC1234" not in manager.get(path).content.decode()
    # Another name, the same address.
    manager.post(f"/paging/gateways/{made.pk}/", {"name": "Messages", "template": ""})
    made.refresh_from_db()
    assert (made.name, decrypt_address(made.template)) == ("Messages", TWILIO)


@pytest.mark.parametrize("template", ["", "twilio://a:b@33123456789/33100000000", "mailto://{to}"])
def test_what_is_no_way_to_telephones_is_refused(house: Personas, template: str) -> None:
    with pytest.raises(Invalid):
        gateways.create_gateway(name="SMS", template=template, by=house.actor("administrator"))


def test_two_of_a_name_are_refused_and_who_is_reached_keeps_one(house: Personas) -> None:
    boss, agent = house.actor("administrator"), house.actor("desk_agent")
    made = gateways.create_gateway(name="SMS", template=TWILIO, by=boss)
    with pytest.raises(Conflict):
        gateways.create_gateway(name="SMS", template=TWILIO, by=boss)
    with pytest.raises(NotAllowed):
        gateways.edit_gateway(made, is_on=False, by=agent)
    token = house.client("desk_agent")
    body = {"kind": "gateway", "address": "+33 6 12 34 56 78", "gateway_id": made.pk}
    contact = sent(token, "post", "contacts", body)
    with pytest.raises(Conflict):
        gateways.delete_gateway(made, by=boss)
    sent(token, "delete", f"contacts/{contact['id']}")
    gateways.delete_gateway(made, by=boss)


def test_ones_own_contacts_and_quiet_hours_by_the_api(house: Personas) -> None:
    agent = house.client("desk_agent")
    made = sent(agent, "post", "contacts", {"kind": "mail", "address": "n@home.example"})
    assert made["verified_at"] is None
    code = verification_code(ContactMethod.objects.get())
    known = sent(agent, "post", f"contacts/{made['id']}/verification", {"code": code})
    assert known["verified_at"]
    later = sent(agent, "patch", f"contacts/{made['id']}", {"after_minutes": 5})
    assert later["after_minutes"] == 5
    quiet = {"since": "22:00", "until": "07:00"}
    assert sent(agent, "put", "quiet-hours", quiet) == quiet
    none = {"since": None, "until": None}
    assert sent(agent, "put", "quiet-hours", none) == none
    other = house.client("run_engineer")
    assert other.get("/api/v1/paging/contacts").json()["items"] == []


def test_a_policy_serves_for_the_customers_and_teams_that_its_form_names(house: Personas) -> None:
    manager, team = house.client("service_manager"), house.teams["run_engineer"]
    said = {
        "name": "For them",
        "team": team.pk,
        "repeat": 0,
        "again_minutes": 0,
        "s0-kind": "manager",
        "customer_0": house.customer.pk,
        "customer_1": house.customer.pk,
        "team_ids": [team.pk],
        "zone": "Europe/Paris",
    }
    assert manager.post("/paging/policies/new/", said).status_code == 302
    policy = EscalationPolicy.objects.get()
    asked = current_content(policy).conditions
    assert (asked.customer_ids, asked.team_ids) == ((house.customer.pk,), (team.pk,))
    page = manager.get(f"/paging/policies/{policy.pk}/").content.decode()
    assert house.customer.name in page
    form = manager.get(f"/paging/policies/{policy.pk}/edit/").content.decode()
    assert f'name="customer_0" value="{house.customer.pk}"' in form
    assert 'name="customer_2"' in form


def test_the_hours_of_a_policy_are_read_in_the_zone_of_its_form(house: Personas) -> None:
    manager, team = house.client("service_manager"), house.teams["run_engineer"]
    said = {
        "name": "Nights of Montreal",
        "team": team.pk,
        "repeat": 0,
        "again_minutes": 0,
        "s0-kind": "manager",
        "weekdays": ["0"],
        "since": "22:00",
        "until": "06:00",
        "zone": "America/Montreal",
    }
    assert 'value="Europe/Paris" selected' in manager.get("/paging/policies/new/").content.decode()
    assert manager.post("/paging/policies/new/", said | {"zone": "Mars/Base"}).status_code == 422
    assert manager.post("/paging/policies/new/", said).status_code == 302
    policy = EscalationPolicy.objects.get()
    assert current_content(policy).conditions.zone == "America/Montreal"
    form = manager.get(f"/paging/policies/{policy.pk}/edit/").content.decode()
    assert 'value="America/Montreal" selected' in form
    for page in (f"/paging/policies/{policy.pk}/", "/paging/policies/"):
        assert "America/Montreal time" in manager.get(page).content.decode()

    def tried(at: str) -> str:
        asked = {"trigger": "alert", "severity": "5", "at": at}
        return manager.get("/paging/dry-run/", asked).content.decode()

    # In Paris it is Tuesday, 5:00 and 13:00; in Montreal Monday, 23:00, and Tuesday, 7:00.
    night, day = tried("2027-03-02 05:00"), tried("2027-03-02 13:00")
    assert "Nights of Montreal: it is Mon 23:00 in America/Montreal, within its hours." in night
    assert "Nights of Montreal: it is Tue 07:00 in America/Montreal, outside its hours." in day
    assert "No policy matches: nobody would be paged." in day

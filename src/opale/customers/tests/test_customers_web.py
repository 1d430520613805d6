from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from tests.personas import MAKER, Personas, make_personas

from opale.customers.forms.customers import length_of, written
from opale.customers.models import (
    Contact,
    ContractOption,
    Customer,
    PlanTarget,
    Service,
    SoldCommitment,
    SupportPlanVersion,
)
from opale.customers.tests.builders import (
    give_plan,
    make_contact,
    make_contract,
    make_offering,
    make_plan,
    make_service,
)
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.organisation.actions.listing_views import save_listing_view


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


READER, EDITOR, AGENT = "build_engineer", "service_manager", "desk_agent"


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def post(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data)


@pytest.fixture
def sold(house: Personas) -> Service:
    """ACME with a service, a contract and a plan."""
    service = make_service(house.customer, "S-1", name="VPN Rennes")
    contract = make_contract(house.customer)
    give_plan(contract, service, make_plan())
    return service


def test_the_list_finds_filters_and_pages(house: Personas, sold: Service) -> None:
    client = house.client(READER)
    url = reverse("customers_list")
    assert "Acme" in text(client, url)
    assert "Beta" not in text(client, url + "?q=acm")
    assert "Beta" not in text(client, url + "?plan=solution")
    assert "No customer matches your filters" in text(client, url + "?q=nobody&language=fr")
    Customer.objects.bulk_create(
        Customer(code=f"N{n}", name=f"Name {n:03}", language="fr", calendar=house.calendar)
        for n in range(60)
    )
    assert 'rel="next"' in text(client, url)


def test_the_page_of_a_customer_shows_what_it_has(
    house: Personas, sold: Service, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        make_service(house.customer, f"P-{n}", parent=sold)
        make_contact(house.customer, f"Contact {n}", email=f"c{n}@acme.example")
    client = house.client(READER)
    url = reverse("customers_customer", args=["ACME"])
    with django_assert_max_num_queries(27):
        shown = text(client, url)
    for word in ("VPN Rennes", "Solution", "Contact 29", "CT-7"):
        assert word in shown
    assert reverse("customers_edit_customer", args=["ACME"]) not in shown


def test_a_contract_says_when_its_notice_period_is_over(house: Personas) -> None:
    with clock.travel(datetime(2027, 11, 2, 9, tzinfo=UTC) - clock.now()):
        for number, ends in (("CT-OVER", date(2028, 1, 1)), ("CT-AHEAD", date(2028, 6, 1))):
            contract = make_contract(house.customer, number, period=(date(2026, 1, 1), ends))
            with attributed(house.actor("administrator")):
                type(contract).objects.filter(pk=contract.pk).update(notice_months=3)
        client = house.client(READER)
        over = text(client, reverse("customers_contract", args=["CT-OVER"]))
        assert "Notice period ended on 30 Sep 2027; renews on 1 Jan 2028." in over
        assert "Decide by" not in over
        ahead = text(client, reverse("customers_contract", args=["CT-AHEAD"]))
        assert "Notice period ended" not in ahead
        assert "Decide by" in ahead


def test_a_contact_sees_the_page_of_the_own_customer_only(house: Personas, sold: Service) -> None:
    client = house.client("customer_contact")
    assert "VPN Rennes" in text(client, reverse("customers_customer", args=["ACME"]))
    assert "VPN Rennes" in text(client, reverse("customers_service", args=["S-1"]))
    assert "CT-7" in text(client, reverse("customers_contract", args=["CT-7"]))
    text(client, reverse("customers_customer", args=["BETA"]), 404)
    assert "Beta" not in text(client, reverse("customers_list"))
    foreign = house.client("foreign_contact")
    text(foreign, reverse("customers_service", args=["S-1"]), 404)
    text(foreign, reverse("customers_contract", args=["CT-7"]), 404)


def test_a_customer_is_created_edited_and_leaves(house: Personas) -> None:
    client = house.client(EDITOR)
    fields = {
        "name": "Gamma", "code": "GAM", "language": "fr", "time_zone": "Europe/Paris",
        "calendar": house.calendar.pk, "domains": "gamma.example\ngamma.test",
    }  # fmt: skip
    text(client, reverse("customers_create_customer"))
    assert post(client, reverse("customers_create_customer"), **fields).status_code == 302
    made = Customer.objects.get(code="GAM")
    assert made.domains == ["gamma.example", "gamma.test"]
    edit = reverse("customers_edit_customer", args=["GAM"])
    assert "gamma.test" in text(client, edit)
    assert post(client, edit, **fields | {"domains": "gmail.com"}).status_code == 422
    assert post(client, edit, **fields | {"name": "Gamma SA"}).status_code == 302
    assert post(client, reverse("customers_end_customer", args=["GAM"])).status_code == 302
    assert "Gamma SA" in text(client, reverse("customers_list") + "?standing=left")
    (left,) = client.get("/api/v1/customers?left=true").json()["items"]
    assert left["code"] == "GAM"
    assert post(client, reverse("customers_take_back_customer", args=["GAM"])).status_code == 302


def test_a_refused_change_leads_back_and_a_new_code_leads_on(
    house: Personas, sold: Service
) -> None:
    client = house.client(EDITOR)
    fields = {
        "name": "Acme", "code": house.other_customer.code, "language": "fr",
        "time_zone": "Europe/Paris", "calendar": house.calendar.pk,
    }  # fmt: skip
    edit = reverse("customers_edit_customer", args=["ACME"])
    refused = post(client, edit, **fields)
    assert "Another customer has this code." in refused.content.decode()
    assert f'href="{reverse("customers_customer", args=["ACME"])}"' in refused.content.decode()
    changed = post(client, edit, **fields | {"code": "ACME  2"})
    assert changed["Location"] == reverse("customers_customer", args=["ACME 2"])
    number = reverse("customers_edit_contract", args=["CT-7"])
    dates = {"signed_on": "2020-01-01", "starts": "2020-01-01"}
    renamed = post(client, number, number="CT-70", **dates)
    assert renamed["Location"] == reverse("customers_contract", args=["CT-70"])


def test_whoever_may_only_read_is_refused(house: Personas, sold: Service) -> None:
    client = house.client(READER)
    for url in (
        reverse("customers_create_customer"),
        reverse("customers_edit_customer", args=["ACME"]),
        reverse("customers_add_contact", args=["ACME"]),
        reverse("customers_edit_service", args=["S-1"]),
        reverse("customers_sell_contract_commitment", args=["CT-7"]),
        reverse("customers_version_new", args=["solution"]),
    ):
        text(client, url, 403)


def test_the_desk_keeps_contacts_up_to_date(house: Personas) -> None:
    client = house.client(AGENT)
    url = reverse("customers_add_contact", args=["ACME"])
    fields = {"name": "New One", "email": "new@acme.example", "language": "en", "may_open": "on"}
    assert post(client, url, **fields).status_code == 302
    made = Contact.objects.get(email="new@acme.example")
    assert (made.may_open, made.may_order) == (True, False)
    edit = reverse("customers_contact", args=[made.pk])
    assert "New One" in text(client, edit)
    assert post(client, edit, **fields | {"email": "no address"}).status_code == 422
    assert post(client, edit, **fields | {"may_enter": "on"}).status_code == 302
    assert post(client, reverse("customers_end_contact", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert (made.may_enter, made.left_on is not None) == (True, True)


def test_a_service_is_created_shown_and_moved(house: Personas, sold: Service) -> None:
    client = house.client(EDITOR)
    fields = {"name": "Access", "reference": "S-2", "offering": make_offering().pk}
    url = reverse("customers_add_service", args=["ACME"])
    assert post(client, url, **fields | {"parent": sold.pk}).status_code == 302
    made = Service.objects.get(reference="S-2")
    assert made.parent == sold
    assert post(client, url, **fields).status_code == 422
    page = reverse("customers_service", args=["S-2"])
    assert "Plan Solution, P1" in text(client, page)
    move = reverse("customers_change_service_state", args=["S-2", "activate"])
    assert post(client, move).status_code == 302
    made.refresh_from_db()
    assert made.state == "active"
    assert (
        post(client, reverse("customers_change_service_state", args=["S-2", "fly"])).status_code
        == 404
    )
    assert "Access" in text(client, reverse("customers_services") + "?q=S-2")


def test_a_contract_gives_plans_options_and_commitments(house: Personas, sold: Service) -> None:
    client = house.client(EDITOR)
    new = reverse("customers_add_contract", args=["ACME"])
    dates = {"signed_on": "2026-01-01", "starts": "2026-01-01"}
    assert post(client, new, number="CT-8", **dates).status_code == 302
    starts = {"starts": "2026-02-01"}
    add = reverse("customers_add_contract_option", args=["CT-8"])
    assert post(client, add, kind="premium", **starts).status_code == 302
    option = ContractOption.objects.get()
    sell = reverse("customers_sell_contract_commitment", args=["CT-8"])
    commitment = {"measure": "restore", "target": "2 h 30", "coverage": "always"} | starts
    assert post(client, sell, **commitment).status_code == 302
    assert SoldCommitment.objects.get().target == timedelta(hours=2, minutes=30)
    assert post(client, sell, **commitment | {"target": "soon"}).status_code == 422
    shown = text(client, reverse("customers_customer", args=["ACME"]))
    assert "Time to restore (GTR) 2" in shown
    plan = reverse("customers_give_plan", args=["CT-8"])
    given = {"service": sold.pk, "plan": make_plan("corporate").plan.pk} | starts
    assert post(client, plan, **given).status_code == 302
    end = reverse("customers_end_given", args=["option", option.pk])
    assert post(client, end, on="2026-03-01").status_code == 302
    option.refresh_from_db()
    assert str(option.period.upper) == "2026-03-01"
    shown = text(client, reverse("customers_contract", args=["CT-8"]))
    assert "2 h 30" in shown
    text(client, reverse("customers_end_given", args=["nothing", 1]), 404)


def test_a_plan_is_sold_differently_from_a_day_on(house: Personas, sold: Service) -> None:
    client = house.client(EDITOR)
    assert "in force" in text(client, reverse("customers_plans"))
    url = reverse("customers_version_new", args=["solution"])
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values = {name: "" if value is None else value for name, value in values.items()}
    for name, value in values.items():
        if isinstance(value, timedelta):
            values[name] = written(value)
    values |= {"starts": "2099-01-01", "matrix_3_3": "5", "target_plain_restore_1": "1 h"}
    assert post(client, url, **values).status_code == 302
    newest = SupportPlanVersion.objects.order_by("-period").first()
    assert newest is not None
    assert newest.matrix["3"]["3"] == 5
    assert newest.targets.get(measure="restore", priority=1).target == timedelta(hours=1)
    assert post(client, url, **values | {"starts": "2020-01-01"}).status_code == 422
    page = reverse("customers_plan_comparison", args=["solution"])
    assert page in text(client, reverse("customers_plans"))
    differences = text(client, page)
    assert "Impact: Low, urgency: Low</b>" in differences
    assert "<del>P4" in differences
    assert "<ins>1" in differences
    assert "Impact: Low, urgency: Medium" not in differences
    assert "Impact: Low, urgency: Medium" in text(client, page + "?all=1")
    same = f"?before={newest.pk}&after={newest.pk}"
    assert "The versions are identical" in text(client, page + same)


def test_a_new_version_keeps_every_time_that_the_one_before_promised(
    house: Personas, sold: Service
) -> None:
    before = SupportPlanVersion.objects.get()
    PlanTarget.objects.create(
        version=before,
        measure="update",
        priority=1,
        target=timedelta(minutes=30),
        coverage="always",
    )
    client = house.client(EDITOR)
    url = reverse("customers_version_new", args=["solution"])
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    values = {n: written(v) if isinstance(v, timedelta) else v for n, v in values.items()}
    values |= {"starts": "2099-01-01", "exceptional_interventions": "on"}
    assert post(client, url, **values).status_code == 302
    (difference,) = (
        client.get(reverse("customers_plan_comparison", args=["solution"]))
        .context["found"]
        .differences
    )
    assert difference.subject == "exceptional_interventions"


def test_a_new_plan_leads_to_its_first_version(house: Personas) -> None:
    client = house.client(EDITOR)
    fields = {"code": "gold", "name_en": "Gold", "name_fr": "Or"}
    made = post(client, reverse("customers_create_support_plan"), **fields)
    assert made["Location"] == reverse("customers_version_new", args=["gold"])
    assert post(client, reverse("customers_create_support_plan"), **fields).status_code == 422
    comparison = reverse("customers_plan_comparison", args=["gold"])
    assert client.get(comparison).status_code == 404


def test_the_catalogue_is_kept(house: Personas) -> None:
    client = house.client(EDITOR)
    fields = {"code": "x-1", "family": "vpn", "name_en": "X", "name_fr": "Y"}
    assert post(client, reverse("customers_create_offering"), **fields).status_code == 302
    listed = text(client, reverse("customers_offerings") + "?family=vpn")
    assert "x-1" in listed
    assert "Offering created." in listed
    assert post(client, reverse("customers_create_offering"), **fields).status_code == 422


def test_pickers_offer_what_may_be_seen(house: Personas, sold: Service) -> None:
    assert "Acme" in text(house.client(AGENT), reverse("customers_pick") + "?q=acm")
    assert "VPN Rennes" in text(house.client(AGENT), reverse("customers_pick_service") + "?q=ren")
    assert "Acme" not in text(house.client("foreign_contact"), reverse("customers_pick") + "?q=")


def test_pages_speak_french(house: Personas, sold: Service) -> None:
    client = house.client(EDITOR)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert "Clients" in text(client, reverse("customers_list"))
    assert "Plans de support" in text(client, reverse("customers_plans"))


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("4 h", 240),
        ("30 min", 30),
        ("2h30", 150),
        ("2 h 30 min", 150),
        ("1 d", 1440),
        ("4", 240),
        ("7 min 30 s", 7.5),
    ],
)
def test_lengths_are_read_as_people_write_them(said: str, minutes: float) -> None:
    assert length_of(said) == timedelta(minutes=minutes)
    assert length_of(written(length_of(said))) == timedelta(minutes=minutes)


def test_a_contact_learns_no_colleague_from_a_list(house: Personas, sold: Service) -> None:
    manager = house.people["service_manager"]
    with attributed(MAKER):
        Customer.objects.filter(pk=house.customer.pk).update(service_manager=manager)
    assert manager.name in text(house.client(READER), reverse("customers_list"))
    contact = house.client("customer_contact")
    for path in (
        reverse("customers_list") + "?columns=service_manager&sort=service_manager",
        reverse("listings_export", args=["customers", "csv"]) + "?columns=service_manager",
    ):
        answer = contact.get(path)
        shown = b"".join(answer).decode()
        assert answer.status_code == 200
        assert "Acme" in shown
        assert manager.name not in shown
        assert "Service manager" not in shown
    assert contact.get("/api/v1/customers?sort=service_manager").status_code == 403
    assert contact.get("/api/v1/customers?sort=-code").json()["items"][0]["code"] == "ACME"


def test_contracts_are_listed_by_their_end(house: Personas, sold: Service) -> None:
    client, url = house.client(READER), reverse("customers_contracts")
    assert "CT-7" in text(client, url + "?sort=ends&q=acme")
    assert "CT-7" in text(client, url + "?sort=-ends")
    assert "No contract matches your filters" in text(client, url + "?q=nobody")


def test_a_shared_view_of_ones_own_customers_shows_each_reader_theirs(
    house: Personas, sold: Service
) -> None:
    with attributed(MAKER):
        Customer.objects.filter(pk=house.customer.pk).update(
            service_manager=house.people["service_manager"]
        )
    manager = house.actor("service_manager")
    save_listing_view("customers", "Followed", "follows=mine", shared=True, by=manager)
    at = f"{reverse('customers_list')}?follows=mine"
    assert "Acme" in text(house.client("service_manager"), at)
    theirs = text(house.client("solution_architect"), at)
    assert 'href="/customers/?follows=mine"' in theirs
    assert "No customer matches your filters" in theirs

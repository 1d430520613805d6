from dataclasses import replace
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from tests.personas import Personas, make_personas

from opale.customers.tests.builders import make_service
from opale.infrastructure.actions import sites
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem, Site
from opale.infrastructure.queries import impact
from opale.infrastructure.rights import READ
from opale.infrastructure.web import sites as slots
from opale.kernel.actor import SHARED

READER, EDITOR, COLLEAGUE = "desk_agent", "core_engineer", "group_colleague"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def router(house: Personas) -> ConfigurationItem:
    """A router of a site that carries ACME's only access."""
    site = Site.objects.create(code="LYO1", name="Lyon 1", kind="datacentre", country="FR")
    router = ConfigurationItem.objects.create(name="cr1-lyo", kind="router", site=site)
    access = ConfigurationItem.objects.create(name="cpe-1", kind="router", customer=house.customer)
    Dependency.objects.create(upper=access, lower=router)
    service = make_service(house.customer, "S-1", name="VPN Rennes")
    ServiceItem.objects.create(customer=house.customer, service=service, item=access)
    return router


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def post(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data)


def test_the_page_of_an_item_draws_it_and_says_who_is_hit(
    house: Personas,
    router: ConfigurationItem,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = house.client(READER)
    url = reverse("infrastructure_item", args=[router.pk])
    text(client, reverse("infrastructure_items"))  # the first page of a login writes its session
    with django_assert_max_num_queries(25):
        shown = text(client, url)
    assert "<svg" in shown
    hit = reverse("infrastructure_impact", args=[router.pk])
    assert f'hx-get="{hit}"' in shown
    assert "cpe-1" in shown
    region = client.get(hit, HTTP_HX_REQUEST="true").content.decode()
    for word in ("VPN Rennes", "Acme", "1 service lost, customers affected: 1."):
        assert word in region
        assert word in text(client, hit)
    assert "<html" in text(client, hit)
    assert "<html" not in region
    assert reverse("infrastructure_edit_item", args=[router.pk]) not in shown
    assert "VPN Rennes" in text(client, reverse("infrastructure_around", args=[router.pk]))


def test_an_item_that_many_stand_on_is_counted_up_to_a_bound(
    house: Personas, router: ConfigurationItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "COUNTED", 3)
    access = ConfigurationItem.objects.get(name="cpe-1")
    for number in range(4):
        service = make_service(house.customer, f"S-1{number}")
        ServiceItem.objects.create(customer=house.customer, service=service, item=access)
    shown = text(house.client(READER), reverse("infrastructure_impact", args=[router.pk]))
    assert "At least 3 services lost, customers affected: 1" in shown
    assert "3+" in shown


def test_many_services_are_grouped_by_customer_and_all_of_them_in_a_file(
    house: Personas, router: ConfigurationItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact.impact_of, "__kwdefaults__", {"shown": 4, "most": 100})
    access = ConfigurationItem.objects.get(name="cpe-1")
    owners = [house.customer, *[house.other_customer] * 5]
    for number, owner in enumerate(owners):
        service = make_service(owner, f"S-1{number}")
        ServiceItem.objects.create(customer=owner, service=service, item=access)
    client = house.client(READER)
    shown = text(client, reverse("infrastructure_impact", args=[router.pk]))
    assert "7 services lost, customers affected: 2." in shown
    assert "S-10" not in shown
    other = f"hit-{house.other_customer.code}"
    assert (
        shown.index(other) < shown.index("5 services") < shown.index(f"hit-{house.customer.code}")
    )
    url = reverse("infrastructure_impact_file", args=[router.pk])
    assert url in shown
    answer: Any = client.get(url)
    head, *lines = b"".join(answer.streaming_content).decode().splitlines()
    assert head == "\ufeffCode;Customer;Number;Service;Effect"
    assert len(lines) == 7
    assert all(line.endswith(";lost") for line in lines)
    colleague = house.client(COLLEAGUE)
    assert colleague.get(reverse("infrastructure_impact_file", args=[access.pk])).status_code == 404


def test_a_group_colleague_sees_shared_items_and_no_customers(
    house: Personas, router: ConfigurationItem
) -> None:
    client = house.client(COLLEAGUE)
    shown = text(client, reverse("infrastructure_item", args=[router.pk]))
    assert "cpe-1" not in shown
    assert "VPN Rennes" not in shown
    mine = ConfigurationItem.objects.get(name="cpe-1")
    text(client, reverse("infrastructure_item", args=[mine.pk]), 404)
    assert "cpe-1" not in text(client, reverse("infrastructure_items"))


def test_a_contact_sees_no_item(house: Personas, router: ConfigurationItem) -> None:
    text(house.client("customer_contact"), reverse("infrastructure_items"), 403)


def test_lists_find_and_filter(house: Personas, router: ConfigurationItem) -> None:
    client = house.client(READER)
    items = reverse("infrastructure_items")
    assert "cr1-lyo" in text(client, items + "?q=CR1&kind=router")
    assert "No item matches your filters" in text(client, items + "?kind=rack")
    # Kinds and states are two questions.
    shown = text(client, items)
    assert shown.count('<nav class="o-chips" aria-label="State"') == 1
    assert '<a href="?kind=router"' in shown
    assert "Lyon 1" in text(client, reverse("infrastructure_sites") + "?q=lyo")
    assert "cr1-lyo" in text(client, reverse("infrastructure_site", args=["LYO1"]))


def test_an_item_is_created_edited_moved_and_connected(
    house: Personas, router: ConfigurationItem
) -> None:
    client = house.client(EDITOR)
    fields = {"name": "esx1", "kind": "host", "attributes": "{}", "address": "10.0.0.1"}
    new = reverse("infrastructure_create_item")
    assert post(client, new, **fields).status_code == 302
    made = ConfigurationItem.objects.get(name="esx1")
    assert post(client, new, **fields).status_code == 422
    edit = reverse("infrastructure_edit_item", args=[made.pk])
    assert post(client, edit, **fields | {"attributes": "[1]"}).status_code == 422
    assert post(client, edit, **fields | {"serial": "X1"}).status_code == 302
    move = reverse("infrastructure_change_item_state", args=[made.pk, "maintain"])
    assert post(client, move).status_code == 302
    assert post(client, move).status_code == 409
    need = reverse("infrastructure_add_need", args=[made.pk])
    assert post(client, need, lower=router.pk, redundancy="net").status_code == 302
    back = reverse("infrastructure_add_need", args=[router.pk])
    assert post(client, back, lower=made.pk).status_code == 422
    end = reverse("infrastructure_end_need", args=[made.pk, router.pk])
    assert post(client, end).status_code == 302
    service = make_service(house.customer, "S-2")
    stand = reverse("infrastructure_add_standing_service", args=[made.pk])
    assert post(client, stand, service=service.pk).status_code == 302
    off = reverse("infrastructure_end_standing_service", args=[made.pk, service.pk])
    assert post(client, off).status_code == 302


def test_a_site_is_created_and_edited(house: Personas) -> None:
    client = house.client(EDITOR)
    fields = {"name": "P", "code": "PAR", "kind": "pop", "country": "fr", "time_zone": "UTC"}
    assert post(client, reverse("infrastructure_create_site"), **fields).status_code == 302
    edit = reverse("infrastructure_edit_site", args=["PAR"])
    assert "Site created." in text(client, reverse("infrastructure_sites"))
    assert "Edit P</h1>" in text(client, edit)
    assert post(client, edit, **fields | {"time_zone": "Moon"}).status_code == 422
    assert post(client, edit, **fields | {"city": "Paris"}).status_code == 302
    assert Site.objects.get(code="PAR").city == "Paris"
    assert "Site saved." in text(client, reverse("infrastructure_sites"))


def test_customers_and_services_show_what_they_stand_on(
    house: Personas, router: ConfigurationItem
) -> None:
    client = house.client(READER)
    assert "cpe-1" in text(client, reverse("infrastructure_of_customer", args=["ACME"]))
    assert "cpe-1" in text(client, reverse("infrastructure_of_service", args=["S-1"]))


def test_the_palette_jumps_to_items_sites_customers_and_services(
    house: Personas, router: ConfigurationItem
) -> None:
    client = house.client(READER)
    for asked, found in (("cr1", "cr1-lyo"), ("lyon", "Lyon 1"), ("acm", "Acme"), ("ren", "VPN")):
        assert found in text(client, reverse("ui_palette") + f"?q={asked}")


def test_marked_items_are_moved_and_those_that_refuse_are_told(
    house: Personas, router: ConfigurationItem
) -> None:
    retired = ConfigurationItem.objects.create(name="old-lyo", kind="router", state="retired")
    client, act = house.client(EDITOR), reverse("listings_act", args=["items", "maintain"])
    marked = {"n": [router.pk, retired.pk], "query": "q=lyo"}
    told = client.post(act, marked).content.decode()
    router.refresh_from_db()
    assert router.state == "maintenance"
    assert "1 changed. 1 could not be changed." in told
    assert "Not possible in state “Retired”." in told
    assert "old-lyo" in told
    assert "cr1-lyo" not in told
    assert f"{reverse('infrastructure_items')}?q=lyo" in told
    assert client.post(act, {"n": [], "query": "q=lyo"})["Location"].endswith("/items/?q=lyo")
    back = reverse("listings_act", args=["items", "commission"])
    assert client.post(back, {"all": "1", "query": "state=maintenance"}).status_code == 302
    router.refresh_from_db()
    assert router.state == "in_service"
    assert house.client(READER).post(act, marked).status_code == 404


def test_the_history_of_a_site_names_no_customer_to_those_who_read_none(house: Personas) -> None:
    by = house.actor("administrator")
    site = sites.create_site(
        by=by, code="LAB1", name="Lab", kind="office", country="FR", customer=house.customer
    )
    sites.edit_site(site, by=by, customer=None)
    sites.edit_site(site, by=by, city="Nantes")
    url = reverse("infrastructure_site", args=["LAB1"])
    for name, told in ((READER, True), (COLLEAGUE, False)):
        shown = text(house.client(name), url)
        assert "Nantes" in shown
        assert (house.customer.name in shown) is told


def test_a_site_of_a_customer_is_not_named_on_what_stands_there_for_all(house: Personas) -> None:
    ours = Site.objects.create(code="LYO1", name="Lyon 1", kind="datacentre", country="FR")
    theirs = Site.objects.create(
        code="ACME1",
        name="Acme Rennes",
        kind="customer_site",
        country="FR",
        customer=house.customer,
    )
    for name, site in (("cr1-lyo", ours), ("pe1-acme", theirs)):
        ConfigurationItem.objects.create(name=name, kind="router", site=site)
    shared = ConfigurationItem.objects.get(name="pe1-acme")
    colleague, reader = house.client(COLLEAGUE), house.client(READER)
    pages = (reverse("infrastructure_items"), reverse("infrastructure_item", args=[shared.pk]))
    for url in pages:
        assert "pe1-acme" in text(colleague, url)
        assert "Acme Rennes" not in text(colleague, url)
        assert "Acme Rennes" in text(reader, url)
    assert "Lyon 1" in text(colleague, pages[0])
    for client, named in ((colleague, False), (reader, True)):
        file: Any = client.get("/lists/items/export.csv")
        exported = b"".join(file.streaming_content).decode()
        assert ("Acme Rennes" in exported) == named
        assert "Lyon 1" in exported
        assert ("sort=site" in text(client, pages[0])) == named
        assert client.get("/api/v1/items?sort=site").status_code == (200 if named else 403)
        narrowed = client.get(f"/api/v1/items?site_id={theirs.pk}").json()["items"]
        assert [one["name"] for one in narrowed] == (["pe1-acme"] if named else [])


def test_a_service_does_not_name_the_hidden_site_of_what_it_stands_on(house: Personas) -> None:
    theirs = Site.objects.create(
        code="ACME1", name="Acme Rennes", kind="customer_site", country="FR",
        customer=house.customer,
    )  # fmt: skip
    item = ConfigurationItem.objects.create(name="pe1-acme", kind="router", site=theirs)
    service = make_service(house.customer, "S-1", name="VPN Rennes")
    ServiceItem.objects.create(customer=house.customer, service=service, item=item)
    reader = house.actor(READER)
    narrow = replace(reader, grants={**reader.grants, READ: SHARED})
    request: Any = RequestFactory().get("/")
    for actor, named in ((reader, True), (narrow, False)):
        request.actor = actor
        shown = b"".join(slots.of_service(request, "S-1")).decode()
        assert "pe1-acme" in shown
        assert ("Acme Rennes" in shown) is named


def test_what_a_row_was_before_it_was_ones_own_to_see_is_not_told(house: Personas) -> None:
    by = house.actor("administrator")
    site = sites.create_site(
        by=by, code="REN1", name="Rennes", kind="customer_site", country="FR",
        customer=house.customer, address="3 rue de la Paix",
    )  # fmt: skip
    sites.edit_site(site, by=by, customer=None, address="1 quai de la Vilaine")
    url = reverse("infrastructure_site", args=["REN1"])
    assert "3 rue de la Paix" in text(house.client(READER), url)
    shown = text(house.client(COLLEAGUE), url)
    assert "1 quai de la Vilaine" in shown
    assert "3 rue de la Paix" not in shown

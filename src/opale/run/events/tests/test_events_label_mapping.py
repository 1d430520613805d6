"""What an alert is about, by the labels that its integration says."""

import dataclasses

import pytest
from msgspec.structs import replace

from opale.customers.models import Customer, Service
from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.events.actions import integrations, retention
from opale.run.events.domain.label_mapping import DEFAULT_LABEL_MAPPING, LabelMapping
from opale.run.events.models import Alert
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.tests.builders import MAKER, alert_of, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _days() -> None:
    for day in {at(0).date(), at(3600).date()}:
        retention.create_partition(day)
    NAME_CACHE.forget()


@pytest.fixture
def acme() -> Customer:
    with attributed(MAKER):
        return make_customer("ACME")


@pytest.fixture
def vpn(acme: Customer) -> Service:
    with attributed(MAKER):
        return make_service(acme, "SVC-000042")


def raised(naming: LabelMapping = DEFAULT_LABEL_MAPPING, **labels: str) -> Alert:
    integration, sender = make_integration()
    integrations.set_label_mapping(integration, naming, by=MAKER)
    integration.refresh_from_db()
    hand_in(
        dataclasses.replace(sender, naming=integration.naming), replace(fires(0), labels=labels)
    )
    return alert_of(integration)


def about(alert: Alert) -> tuple[int | None, int | None]:
    return alert.service_id, alert.customer_id


def test_the_reference_of_a_service_names_it_and_its_customer(vpn: Service) -> None:
    assert about(raised(service="svc-000042")) == (vpn.pk, vpn.customer_id)


def test_the_code_of_a_customer_names_the_customer_alone(acme: Customer) -> None:
    assert about(raised(customer="acme")) == (None, acme.pk)


def make_site(code: str, customer: Customer | None = None) -> Site:
    with attributed(MAKER):
        return Site.objects.create(
            code=code, name=code, kind="pop", country="FR", customer=customer
        )


def test_a_site_is_named_by_its_code_alone_and_gives_its_customer(acme: Customer) -> None:
    pop, office = make_site("REN"), make_site("ACME-1", acme)
    assert (raised(site="ren").site, about(raised(site="REN"))) == (pop, (None, None))
    alert = raised(location="ACME-1")
    assert (alert.site, about(alert)) == (office, (None, acme.pk))


def test_an_item_stands_where_the_inventory_says(acme: Customer) -> None:
    with attributed(MAKER):
        at_rennes = make_site("REN")
        ConfigurationItem.objects.create(name="rt-1", kind="router", site=at_rennes)
        ConfigurationItem.objects.create(name="rt-2", kind="router")
    lille = make_site("LIL")
    assert raised(host="rt-1", site="LIL").site == at_rennes
    assert raised(host="rt-2", site="LIL").site == lille


def test_a_site_of_another_customer_contradicts(vpn: Service) -> None:
    with attributed(MAKER):
        other = make_customer("OTHER")
    site = make_site("OTHER-1", other)
    alert = raised(service="SVC-000042", site="OTHER-1")
    assert (alert.site, about(alert)) == (site, (None, None))


def test_unknown_names_name_nobody(acme: Customer) -> None:
    assert about(raised(service="checkout", customer="54")) == (None, None)


def test_a_service_that_was_terminated_is_not_found(vpn: Service) -> None:
    with attributed(MAKER):
        Service.objects.filter(pk=vpn.pk).update(state=Service.State.TERMINATED)
    assert about(raised(service="SVC-000042")) == (None, None)


def test_labels_that_contradict_each_other_make_it_nobodys(vpn: Service) -> None:
    with attributed(MAKER):
        other = make_customer("OTHER")
    assert about(raised(service="SVC-000042", customer="OTHER")) == (None, None)
    with attributed(MAKER):
        item = ConfigurationItem.objects.create(name="cpe-7", kind="router", customer=other)
    alert = raised(host="cpe-7", service="SVC-000042")
    assert (alert.item_id, *about(alert)) == (item.pk, None, None)


def test_a_service_is_more_telling_than_a_shared_item(vpn: Service) -> None:
    with attributed(MAKER):
        item = ConfigurationItem.objects.create(name="rt-core-1", kind="router")
    alert = raised(host="rt-core-1", service="SVC-000042")
    assert (alert.item_id, *about(alert)) == (item.pk, vpn.pk, vpn.customer_id)


def test_each_integration_says_what_its_labels_are_called(vpn: Service) -> None:
    mine = LabelMapping(items=("equipement",), services=("prestation",), customers=())
    assert about(raised(mine, prestation="SVC-000042")) == (vpn.pk, vpn.customer_id)
    assert about(raised(mine, service="SVC-000042", customer="ACME")) == (None, None)


def test_the_usual_labels_are_not_written_down() -> None:
    integration, _sender = make_integration()
    integrations.set_label_mapping(integration, LabelMapping(items=("host",)), by=MAKER)
    integration.refresh_from_db()
    assert (integration.item_labels, integration.service_labels) == (["host"], None)
    assert integration.naming == LabelMapping(items=("host",))


def test_a_label_is_given_once_and_has_a_name() -> None:
    integration, _sender = make_integration()
    for wrong in (("host", "host"), ("",), ("h" * 101,), tuple(f"l{n}" for n in range(31))):
        with pytest.raises(Invalid) as refused:
            integrations.set_label_mapping(integration, LabelMapping(items=wrong), by=MAKER)
        assert set(refused.value.fields) == {"item_labels"}


def test_only_who_administers_names_labels() -> None:
    integration, _sender = make_integration()
    with pytest.raises(NotAllowed):
        integrations.set_label_mapping(
            integration, DEFAULT_LABEL_MAPPING, by=Actor("person", "user:1", "Ana Ruiz")
        )

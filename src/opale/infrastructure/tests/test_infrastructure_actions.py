import pytest

from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.actions import items, sites
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.infrastructure.states import COMMISSION, MAINTAIN, RETIRE
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.clock import now
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db
READS = {"infrastructure.read": EVERYTHING, "customers.read": EVERYTHING}
READER = Actor("person", "user:1", "Reader", READS)
ENGINEER = Actor("person", "user:2", "Engineer", READS | {"infrastructure.edit": EVERYTHING})


def make_item(name: str) -> ConfigurationItem:
    return items.create_item(by=ENGINEER, name=name, kind="host")


def test_an_item_is_created_once_and_edited() -> None:
    item = items.create_item(by=ENGINEER, name=" web  01 ", kind="host", address="010.0.0.1"[1:])
    assert (item.name, item.address) == ("web 01", "10.0.0.1")
    with pytest.raises(Invalid) as refusal:
        make_item("web 01")
    assert set(refusal.value.fields) == {"name"}
    items.edit_item(item, by=ENGINEER, address=None, serial=" X ")
    item.refresh_from_db()
    assert (item.address, item.serial) == (None, "X")


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "boat"), ("address", "nowhere"), ("name", " ")]
)
def test_what_cannot_be_is_refused_at_its_field(field: str, value: str) -> None:
    item = make_item("a")
    with pytest.raises(Invalid) as refusal:
        items.edit_item(item, by=ENGINEER, **{field: value})  # type: ignore[arg-type]  # one of the cases
    assert set(refusal.value.fields) == {field}


def test_a_reader_changes_nothing() -> None:
    item = make_item("a")
    with pytest.raises(NotAllowed):
        items.create_item(by=READER, name="b", kind="host")
    with pytest.raises(NotAllowed):
        items.edit_item(item, by=READER, serial="x")
    with pytest.raises(NotAllowed):
        sites.create_site(by=READER, code="X", name="X", kind="pop", country="FR")


def test_an_item_lives_by_its_moves() -> None:
    item = make_item("a")
    for move in (MAINTAIN, COMMISSION, RETIRE):
        items.move_item(item, move, by=ENGINEER, at=now())
    with pytest.raises(IllegalMove):
        items.move_item(item, MAINTAIN, by=ENGINEER, at=now())


def test_dependencies_go_one_way() -> None:
    power, rack, host = (make_item(name) for name in ("power", "rack", "host"))
    items.connect_items(rack, power, by=ENGINEER)
    items.connect_items(host, rack, by=ENGINEER)
    for lower in (power, host):
        with pytest.raises(Invalid):
            items.connect_items(power, host if lower is power else power, by=ENGINEER)
    items.connect_items(host, rack, by=ENGINEER, redundancy=" power ")
    assert Dependency.objects.get(upper=host).redundancy == "power"
    items.disconnect_items(host, rack, by=ENGINEER)
    with pytest.raises(NotFound):
        items.disconnect_items(host, rack, by=ENGINEER)


def test_a_service_stands_on_no_item_of_another_customer() -> None:
    customer = make_customer()
    service = make_service(customer)
    item = items.create_item(by=ENGINEER, name="cpe", kind="router", customer=make_customer("B"))
    with pytest.raises(Invalid):
        items.link_service(service, item, by=ENGINEER)
    shared = make_item("router")
    items.link_service(service, shared, by=ENGINEER)
    items.link_service(service, shared, by=ENGINEER, redundancy="pair")
    assert ServiceItem.objects.get().redundancy == "pair"
    items.unlink_service(service, shared, by=ENGINEER)
    assert not ServiceItem.objects.exists()


def test_a_site_has_a_country_and_its_code_once() -> None:
    site = sites.create_site(by=ENGINEER, code="LYO1", name="Lyon", kind="datacentre", country="fr")
    assert site.country == "FR"
    with pytest.raises(Invalid):
        sites.create_site(by=ENGINEER, code="LYO1", name="L", kind="pop", country="FR")
    with pytest.raises(Invalid):
        sites.edit_site(site, by=ENGINEER, country="France")

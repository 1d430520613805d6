"""Suppliers: what they promise, and who carries what."""

from datetime import timedelta

import pytest

from opale.infrastructure.actions import suppliers
from opale.infrastructure.models import ConfigurationItem, Dependency
from opale.infrastructure.queries import suppliers as supplier_queries
from opale.infrastructure.queries.items import items
from opale.kernel.actor import EVERYTHING, SHARED, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
EDITOR = Actor(
    "person",
    "user:1",
    "E",
    dict.fromkeys(("infrastructure.read", "infrastructure.edit"), EVERYTHING),
)
COLLEAGUE = Actor("person", "user:2", "C", {"infrastructure.read": SHARED})


def test_a_supplier_is_made_edited_and_found() -> None:
    made = suppliers.create_supplier(
        by=EDITOR, name="Armor  Fibre", kind="carrier", language="fr", email="noc@armor.example"
    )
    suppliers.edit_supplier(made, by=EDITOR, restores_within=timedelta(hours=4))
    (found,) = supplier_queries.suppliers(seen_by=EDITOR, text="armor", kind="carrier")
    assert (found.name, found.restores_within) == ("Armor Fibre", timedelta(hours=4))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"kind": "friend"}, "kind"),
        ({"language": "xx"}, "language"),
        ({"email": "noc"}, "email"),
        ({"portal": "javascript:alert(1)"}, "portal"),
        ({"accepts_within": timedelta()}, "accepts_within"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(fields: dict[str, object], wrong: str) -> None:
    whole = {"name": "Armor Fibre", "kind": "carrier", "language": "fr", **fields}
    with pytest.raises(Invalid) as refused:
        suppliers.create_supplier(by=EDITOR, **whole)  # type: ignore[arg-type]  # wrong on purpose
    assert wrong in refused.value.fields


def test_two_suppliers_have_two_names() -> None:
    suppliers.create_supplier(by=EDITOR, name="Armor", kind="carrier", language="fr")
    with pytest.raises(Invalid):
        suppliers.create_supplier(by=EDITOR, name="Armor", kind="other", language="fr")


def test_a_colleague_of_the_group_sees_and_edits_none() -> None:
    suppliers.create_supplier(by=EDITOR, name="Armor", kind="carrier", language="fr")
    assert not supplier_queries.suppliers(seen_by=COLLEAGUE).exists()
    with pytest.raises(NotAllowed):
        suppliers.create_supplier(by=COLLEAGUE, name="X", kind="other", language="fr")


def test_an_item_is_carried_by_its_carrier_or_by_that_of_the_circuits_it_needs() -> None:
    supplier = suppliers.create_supplier(by=EDITOR, name="Armor", kind="carrier", language="fr")
    with attributed(system("test")):
        circuit = ConfigurationItem.objects.create(
            name="CIR-1", kind="circuit", attributes={"carrier": "Armor"}
        )
        router = ConfigurationItem.objects.create(name="cpe-1", kind="router")
        Dependency.objects.create(upper=router, lower=circuit)
    assert (
        supplier_queries.carriers_of(circuit) == supplier_queries.carriers_of(router) == ["Armor"]
    )
    assert list(items(seen_by=EDITOR, carrier=supplier)) == [circuit]

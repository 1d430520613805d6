"""Names found by some of their letters."""

import pytest
from django.db import connection

from opale.customers.models import Contact, Customer
from opale.customers.queries import customers as customer_queries
from opale.customers.queries import search
from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar
from opale.organisation.models import WorkingCalendar

READER = Actor("person", "user:1", "Reader", {"customers.read": EVERYTHING})


@pytest.fixture
def customers(db: None) -> None:
    with attributed(system("test")):
        record = Calendar.around_the_clock().to_record()
        calendar = WorkingCalendar.objects.create(name="Always", record=record)
        for code, name in (("ELA", "Cœur Élancé"), ("VAL", "Textiles du Val")):
            made = Customer.objects.create(
                code=code,
                name=name,
                language="fr",
                calendar=calendar,
                domains=[f"{code.lower()}.example"],
            )
            Contact.objects.create(
                customer=made, name=f"Zoé {code}", email=f"zoe@{code}.example", language="fr"
            )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("elanc", ["Cœur Élancé"]),
        ("COEUR éla", ["Cœur Élancé"]),
        ("ela", ["Cœur Élancé"]),
        ("val", ["Textiles du Val"]),
        ("xtil", ["Textiles du Val"]),
        # Two letters stand where a word begins.
        ("co", ["Cœur Élancé"]),
        ("él", ["Cœur Élancé"]),
        ("te", ["Textiles du Val"]),
        ("xt", []),
        ("100%", []),
        ("_", []),
        ("ela.example", ["Cœur Élancé"]),
        ("cœur élan ancé éla coe", ["Cœur Élancé"]),
        ("cœur élan ancé éla val", []),
    ],
)
def test_a_customer_is_found_by_letters_without_accents(
    customers: None, asked: str, found: list[str]
) -> None:
    rows = customer_queries.customers(seen_by=READER, text=asked).order_by("name")
    assert [row.name for row in rows] == found
    called = search.match_customers(asked, seen_by=READER, limit=5)
    assert [name for _pk, _code, name in called] == found
    found_by_search = search.search(asked, seen_by=READER, limit=5)
    assert [one.name for one in found_by_search if one.kind == "customer"] == found


def test_whose_customers_are_called_so_is_part_of_the_question(customers: None) -> None:
    nobody = Actor("person", "user:2", "Nobody", {})
    for actor, count in ((READER, 1), (nobody, 0), (READER, 1)):
        assert len(search.match_customers("textiles", seen_by=actor, limit=5)) == count


def test_a_contact_is_found_by_name_and_address(customers: None) -> None:
    for asked, count in (("zoe", 2), ("zoe ela", 1), ("zoe@val.ex", 1), ("zoe paul", 0)):
        assert customer_queries.contacts(seen_by=READER, text=asked).count() == count, asked


def test_the_index_of_letters_can_answer(customers: None) -> None:
    question = customer_queries.customers(seen_by=READER, text="elanc").order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "customer_letters" in question.explain()

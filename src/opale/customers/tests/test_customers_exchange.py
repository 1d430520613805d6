import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opale.customers.actions.exchange import CONTACTS, CUSTOMERS, SERVICES
from opale.customers.models import Contact, Customer, Service
from opale.customers.tests.builders import (
    make_calendar,
    make_contact,
    make_customer,
    make_offering,
    make_service,
    staff,
)
from opale.endpoints.exchange.csv_files import export
from opale.endpoints.exchange.import_run import execute_import, preview
from opale.endpoints.exchange.tables import Table
from opale.kernel.actor import Actor, Scope
from opale.kernel.attribution import attributed

pytestmark = pytest.mark.django_db
MANAGER = staff("customers.edit", "customers.edit_contacts")
READER = staff()


def file(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def exported(table: Table, actor: Actor = MANAGER, separator: str = ";") -> bytes:
    return "".join(export(table, seen_by=actor, separator=separator)).encode()


CUSTOMER_HEAD = "code;name;language;time_zone;calendar;domains"


def customer_line(code: str = "NEW", name: str = "New", domains: str = "") -> str:
    return f"{code};{name};fr;Europe/Paris;Office;{domains}"


def test_a_preview_says_what_is_new_changed_and_unchanged_and_writes_nothing() -> None:
    make_customer("OLD", name="Old")
    make_customer("SAME", name="Same")
    found = preview(
        CUSTOMERS,
        file(
            CUSTOMER_HEAD,
            customer_line("OLD", "Older", "old.example"),
            customer_line("SAME", "Same"),
            customer_line("NEW", "New"),
        ),
        by=MANAGER,
    )
    assert found.counts == {"new": 1, "changed": 1, "unchanged": 1, "wrong": 0}
    (changed,) = found.of("changed")
    told = [(d.label, d.before, d.after) for d in changed.differences]
    assert told == [("Name", "Old", "Older"), ("Mail domains", "", "old.example")]
    assert set(Customer.objects.values_list("code", "name")) == {("OLD", "Old"), ("SAME", "Same")}


def test_carrying_out_does_what_the_preview_said() -> None:
    make_customer("OLD", name="Old")
    content = file(CUSTOMER_HEAD, customer_line("OLD", "Older"), customer_line("NEW", "New"))
    before = preview(CUSTOMERS, content, by=MANAGER)
    assert execute_import(CUSTOMERS, content, by=MANAGER).fingerprint == before.fingerprint
    assert set(Customer.objects.values_list("code", "name")) == {("OLD", "Older"), ("NEW", "New")}
    assert preview(CUSTOMERS, content, by=MANAGER).counts["unchanged"] == 2


@pytest.mark.parametrize(
    ("line", "number", "column", "place"),
    [
        ("X;Name;de;Europe/Paris;Office;", 3, "language", 3),
        ("X;;fr;Europe/Paris;Office;", 3, "name", 2),
        ("X;Name;fr;Europe/Paris;No such hours;", 3, "calendar", 5),
        ("X;Name;fr;Moon;Office;", 3, "time_zone", 4),
        ("X;Name;fr;Europe/Paris;Office;gmail.com", 3, "domains", 6),
        ("X;Name;fr;Europe/Paris;Office;;more", 3, "", 0),
        ("OK;Twice;fr;Europe/Paris;Office;", 3, "", 0),
    ],
)
def test_every_fault_has_its_line_and_column_and_nothing_is_half_imported(
    line: str, number: int, column: str, place: int
) -> None:
    make_calendar()
    content = file(CUSTOMER_HEAD, customer_line("OK", "Fine"), line)
    for read in (preview, execute_import):
        found = read(CUSTOMERS, content, by=MANAGER)
        (fault,) = found.faults
        assert (fault.line, fault.column, fault.place) == (number, column, place)
        assert fault.sentence
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "head",
    ["", "code;nam", "code;name", f"{CUSTOMER_HEAD};code", 'code;name;"language'],
)
def test_a_file_without_the_right_header_is_refused(head: str) -> None:
    found = preview(CUSTOMERS, file(head, "a;b;c"), by=MANAGER)
    assert found.faults
    assert found.lines == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_files_are_read_as_spreadsheets_save_them(encoding: str, separator: str) -> None:
    make_calendar()
    text = "\n".join([CUSTOMER_HEAD, customer_line("É1", "Société Générée")])
    content = text.replace(";", separator).encode(encoding)
    assert execute_import(CUSTOMERS, content, by=MANAGER).counts["new"] == 1
    assert Customer.objects.get().name == "Société Générée"


def test_a_column_that_is_not_there_is_left_alone() -> None:
    contact = make_contact(make_customer(), phone="+33 1 99", may_order=True)
    content = file("customer;email;name;language", "ACME;ZOE@acme.example;Zoé;fr")
    assert execute_import(CONTACTS, content, by=MANAGER).counts["changed"] == 1
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.may_order) == ("Zoé", "+33 1 99", True)


def test_parts_may_stand_before_their_whole() -> None:
    make_customer()
    make_offering()
    content = file(
        "reference;customer;name;offering;parent;state;started_on",
        "S-2;ACME;Part;vpn-mpls;S-1;active;2026-01-01",
        "S-1;ACME;Whole;vpn-mpls;;active;",
    )
    assert not execute_import(SERVICES, content, by=MANAGER).faults
    part = Service.objects.select_related("parent").get(reference="S-2")
    assert part.parent is not None
    assert part.parent.reference == "S-1"


def test_the_state_of_what_exists_is_not_changed_by_a_file() -> None:
    make_service(make_customer())
    content = file("reference;customer;name;offering;state", "S-1;ACME;VPN S-1;vpn-mpls;terminated")
    (fault,) = preview(SERVICES, content, by=MANAGER).faults
    assert fault.column == "state"


def test_rights_are_checked_row_by_row() -> None:
    mine, other = make_customer("MINE"), make_customer("OTHER")
    for customer, email in ((mine, "a@a.example"), (other, "b@b.example")):
        make_contact(customer, email=email, name="Old")
    scope = Scope(customers=frozenset({mine.pk}))
    rights = {**READER.grants, "customers.edit_contacts": scope}
    actor = Actor("person", "user:9", "Half", rights)
    head = "customer;email;name;language"
    lines = ("MINE;a@a.example;New;fr", "OTHER;b@b.example;New;fr", "OTHER;c@c.example;New;fr")
    found = preview(CONTACTS, file(head, *lines), by=actor)
    assert [line.state for line in found.lines] == ["changed", "wrong", "wrong"]
    assert execute_import(CONTACTS, file(head, *lines), by=actor).faults
    assert set(Contact.objects.values_list("name", flat=True)) == {"Old"}
    assert not execute_import(CONTACTS, file(head, lines[0]), by=actor).faults


def test_a_reader_imports_nothing() -> None:
    make_calendar()
    content = file(CUSTOMER_HEAD, customer_line())
    (fault,) = execute_import(CUSTOMERS, content, by=READER).faults
    assert fault.line == 2


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\x00"),
    min_size=1,
    max_size=30,
).map(lambda text: " ".join(text.split()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(TEXT.filter(bool), min_size=1, max_size=5), separator=st.sampled_from(";,"))
def test_what_is_exported_is_imported_unchanged(names: list[str], separator: str) -> None:
    with attributed(MANAGER):
        Contact.objects.all().delete()
    customer = Customer.objects.filter(code="ACME").first() or make_customer()
    for number, name in enumerate(names):
        make_contact(customer, name, email=f"c{number}@acme.example", phone=name[:32])
    content = exported(CONTACTS, separator=separator)
    found = preview(CONTACTS, content, by=MANAGER)
    assert found.counts == {"new": 0, "changed": 0, "unchanged": len(names), "wrong": 0}


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "'quoted"])
def test_a_spreadsheet_sees_no_formula_in_an_export(name: str) -> None:
    make_contact(make_customer(), name)
    text = exported(CONTACTS).decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert row["name"] == f"'{name}"
    assert preview(CONTACTS, text.encode(), by=MANAGER).counts["unchanged"] == 1


def test_a_telephone_number_stays_as_it_is_written() -> None:
    make_contact(make_customer(), phone="+33 1 99 00 11 22")
    assert b"+33 1 99 00 11 22" in exported(CONTACTS)
    assert b"'+33" not in exported(CONTACTS)


def test_export_holds_what_the_asker_may_see() -> None:
    mine, other = make_customer("MINE"), make_customer("OTHER")
    make_contact(mine, email="a@a.example")
    make_contact(other, email="b@b.example")
    grants: dict[str, Any] = {"customers.read": Scope(customers=frozenset({mine.pk}))}
    text = exported(CONTACTS, Actor("person", "user:9", "Half", grants)).decode()
    assert "a@a.example" in text
    assert "b@b.example" not in text


def test_a_large_file_is_compared_in_few_queries(
    django_assert_max_num_queries: Any,
) -> None:
    calendar = make_calendar()
    Customer.objects.bulk_create(
        Customer(code=f"C{n:05}", name=f"N {n}", language="fr", calendar=calendar)
        for n in range(3000)
    )
    content = exported(CUSTOMERS)
    with django_assert_max_num_queries(20):
        assert preview(CUSTOMERS, content, by=MANAGER).counts["unchanged"] == 3000

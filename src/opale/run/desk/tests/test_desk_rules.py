"""The worked examples of docs/rules are run, row by row, as they are printed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from opale.customers.domain.penalties import StepTerms, parse_terms, penalty_amount
from opale.customers.models import Offering, Service
from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar, Pause
from opale.kernel.errors import IllegalMove, Invalid
from opale.run.desk.actions import lifecycle, merges, ownership, pauses, ticket_metadata, triage
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.domain.availability import Month, Span, availability
from opale.run.desk.domain.catalogue.form_fields import Field, Option
from opale.run.desk.domain.catalogue.routing import decide_route
from opale.run.desk.domain.catalogue.shipped import SHIPPED
from opale.run.desk.domain.catalogue.validation import check_answers
from opale.run.desk.domain.clocks import (
    STOPPING_PAUSES,
    ClassifiedPeriod,
    Measure,
    Promise,
    Record,
    ticket_clocks,
)
from opale.run.desk.domain.merged_record import AbsorbedRecord, combine_records
from opale.run.desk.domain.triage import Enquiry
from opale.run.desk.models import (
    Approval,
    Source,
    Ticket,
)
from opale.run.desk.models import Pause as Wait
from opale.run.desk.queries import requests
from opale.run.desk.queries.triage import propose_classification
from opale.run.desk.states import TICKET_MOVES
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_service,
    make_ticket,
    minutes_ago,
)
from opale.run.desk.tests.catalogue import access, ask, contact, datacentre, kind, load
from opale.run.desk.tests.records import make_record
from opale.run.desk.tests.rules import MONDAY, ROOT, RULES, hours, table

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00", country="FR")
CITED = re.compile(
    r'docs/rules/(?P<name>[\w-]+\.md)(?:, "(?P<first>[^"]+)"(?: and "(?P<second>[^"]+)")?)?'
)


def cited() -> set[tuple[str, tuple[str, ...]]]:
    """Every rule that the code cites, with the headings."""
    return {
        (found["name"], tuple(h for h in (found["first"], found["second"]) if h))
        for path in (ROOT / "src").rglob("*.py")
        for found in CITED.finditer(path.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize(("name", "headings"), sorted(cited()))
def test_every_rule_that_is_cited_is_written(name: str, headings: tuple[str, ...]) -> None:
    written = re.findall(r"^#+ (.+)$", (RULES / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(headings) <= set(written)


# clocks.md


def test_the_measures_and_what_stops_them() -> None:
    printed = {}
    for measure, _of, _starts, _ends, stops in table("clocks.md", "The measures"):
        found = re.match(r"\*\*(\w+)\*\*", measure)
        assert found
        printed[found[1]] = frozenset(stops.split(", "))
    assert printed == dict(STOPPING_PAUSES)


def test_the_worked_example_of_a_clock() -> None:
    received, waits_from, waits_to = (MONDAY + hours(t) for t in ("9:00", "9:30", "14:00"))
    promise = Promise("restore", timedelta(hours=4), "customer_hours", OFFICE)
    record = Record(
        received,
        (ClassifiedPeriod(received, "incident", (promise,)),),
        pauses=(Pause(waits_from, waits_to, "customer"),),
    )
    found, day = ticket_clocks(record)["restore"], "Mon"
    segments = iter(found.explain(MONDAY + timedelta(days=1) + hours("8:30")))
    for starts, ends, counts, used in table("clocks.md", "Worked example"):
        moments = []
        for told in (starts, ends):
            *named, time = told.split()
            day = named[0] if named else day
            moments.append(MONDAY + timedelta(days=day == "Tue") + hours(time) - hours("1:00"))
        segment = next(segments)
        while segment.ends < moments[1]:
            following = next(segments)
            assert following.counted == segment.counted
            segment = following
        assert (segment.ends, segment.counted) == (moments[1], counts == "yes"), told
        assert found.used(moments[1]) == hours(used.split(": ")[0]), told
    assert found.due_at == MONDAY + timedelta(days=1) + hours("8:30")


def test_the_worked_example_of_availability() -> None:
    march = Month(2026, 3, "Europe/Paris")

    def span(day: int, length: str) -> Span:
        starts = march.starts + timedelta(days=day)
        return starts, starts + timedelta(hours=float(length))

    for planned, outage, due, percent, kept in table("clocks.md", "Availability"):
        found = availability(
            march,
            Calendar.around_the_clock(),
            outages=[span(3, outage)],
            planned=[span(9, planned)],
            until=march.ends,
        )
        assert found.due == timedelta(hours=int(due))
        assert found.percent == Decimal(percent)
        assert found.exact is not None
        assert (found.exact >= Decimal("99.9")) is (kept == "yes")


def test_the_worked_example_of_penalties() -> None:
    terms = parse_terms(
        {"steps": [{"below": 99.9, "percent": 5}, {"below": 99, "percent": 15}], "cap": 10}
    )
    assert isinstance(terms, StepTerms)
    for found, percent, owed in table("clocks.md", "Penalties"):
        assert terms.percent(Decimal(found)) == Decimal(percent)
        assert penalty_amount(Decimal("1234.50"), Decimal(percent)) == Decimal(owed)


# ticket-life-cycle.md


def test_the_diagram_is_the_table_of_moves() -> None:
    text = (RULES / "ticket-life-cycle.md").read_text(encoding="utf-8")
    drawn = {
        (source, name, target)
        for source, target, names in re.findall(r"^    (\w+) --> (\w+): (.+)$", text, re.MULTILINE)
        for name in names.split(", ")
    }
    moves = {(str(s), m.name, str(m.target)) for m in TICKET_MOVES for s in m.sources}
    assert drawn == moves


@pytest.mark.django_db
def test_the_worked_example_of_a_life() -> None:
    house = make_house()
    by = agent_of(house.agent)
    ticket = make_ticket(house)
    acts: dict[str, Callable[[], object]] = {
        "receive": lambda: None,
        "take": lambda: ownership.take_ticket(ticket, by=by),
        "hold for a supplier": lambda: pauses.pause_ticket(
            ticket, Wait.Kind.SUPPLIER, by=by, confirmed=True
        ),
        "resume": lambda: pauses.resume_ticket(ticket, by=by),
        "restore": lambda: lifecycle.restore_service(ticket, by=by, at=clock.now()),
        "resolve": lambda: lifecycle.resolve_ticket(ticket, by=by, cause=""),
        "close": lambda: lifecycle.close_ticket(ticket, by=by),
        "reopen": lambda: lifecycle.reopen_ticket(ticket, by=by),
        "cancel": lambda: lifecycle.cancel_ticket(ticket, by=by),
    }
    for act, stands, restored in table("ticket-life-cycle.md", "Worked example"):
        if stands == "refused":
            with pytest.raises(IllegalMove):
                acts[act]()
        else:
            acts[act]()
            ticket.refresh_from_db()
            assert ticket.state == stands, act
        assert (ticket.restored_at is not None) is (restored == "yes"), act


# request-catalogue.md


def test_the_worked_example_of_what_is_filled_in() -> None:
    said = {
        "at most 5 characters": {"most": 5},
        "1 to 500": {"least": 1, "most": 500},
        "in the future": {"future": True},
        "none, provider": {"options": (Option("none", "", ""), Option("provider", "", ""))},
        "": {},
    }
    for shape, form, answer, kept in table("request-catalogue.md", "What is filled in"):
        field = Field(name="it", kind=shape, label_en="It", label_fr="Le", **cast(Any, said[form]))
        text = answer.strip("`")
        found = check_answers([field], {"it": text}, now=clock.now(), pick=cast(Any, None))
        if kept == "refused":
            assert found.errors, answer
        else:
            assert str(found.values["it"]) == kept.strip("`")


def test_the_worked_example_of_routes() -> None:
    (rules,) = (one.rules for one in SHIPPED if one.code == "bandwidth-change")
    for bandwidth, route in table("request-catalogue.md", "Request, change or order"):
        facts = {"bandwidth_mbps": int(bandwidth)} if bandwidth else {}
        assert decide_route(rules, facts).route == route


@pytest.mark.django_db
def test_the_worked_example_of_authority() -> None:
    house = make_house()
    load()
    datacentre(house)
    people = {
        "Luc": contact(house, "Luc Petit", may_enter=True),
        "Ana": house.contact,
        "nobody known": None,
    }
    for name, _open, enter, code, _recorded, waits, asked in table(
        "request-catalogue.md", "Authority"
    ):
        who = people[name]
        assert who is None or who.may_enter is (enter == "yes")
        named: dict[str, Any] = {"contact": who} if who else {"customer": house.customer}
        values = access() if code == "datacentre-access" else wanted_of(code)
        ticket = ask(house, code, values, agent_of(house.agent), **named)
        waiting = Approval.objects.filter(ticket=ticket, state="asked")
        assert waiting.exists() is (waits == "yes"), name
        assert Wait.objects.filter(ticket=ticket, ends=None).exists() is (waits == "yes"), name
        if asked:
            asked_of = requests.contacts_with_authority(waiting.get().authority, house.customer.pk)
            assert [one.name.split()[0] for one in asked_of] == [asked]


def wanted_of(code: str) -> dict[str, Any]:
    """The least that a form of texts and choices asks for."""
    asked = [field for field in kind(code).fields if field.get("required")]
    return {f["name"]: f["options"][0]["value"] if "options" in f else "x" for f in asked}


# triage.md


@pytest.mark.django_db
def test_the_worked_example_of_triage() -> None:
    house = make_house()
    with attributed(system("test")):
        make_service(make_customer(house.calendar, "BETA", "Beta"), "VPN-9")
    for sender, text, customer, name, service, because in table("triage.md", "Worked example"):
        enquiry = Enquiry(subject=text, body="", sender=sender)
        found = propose_classification(enquiry, seen_by=system("test"), at=clock.now())
        assert (found.customer.value.name if found.customer else "") == customer, text
        assert (found.contact.value.name if found.contact else "") == name, text
        assert (found.service.value.reference if found.service else "") == service, text
        if because:
            assert found.customer is not None
            assert because in [one.sentence for one in found.customer.evidence]


@pytest.mark.django_db
def test_the_worked_example_of_what_is_known_before_anything_was_learned() -> None:
    house = make_house()
    with attributed(system("test")):
        phone = Offering.objects.create(
            code="voice", family="other", name_en="Telephony trunk", name_fr="Trunk téléphonique"
        )
        Service.objects.create(
            customer=house.customer, offering=phone, reference="TEL-1", name="TEL-1", state="active"
        )
    triage.learn_words()
    for _sold, text, wanted in table("triage.md", "What is learned"):
        enquiry = Enquiry(subject=text.strip("« »"), sender=house.contact.email)
        found = propose_classification(enquiry, seen_by=system("test"), at=clock.now()).service
        assert found is not None
        assert found.value.offering.name_en == wanted


# merge-and-links.md


def some_ticket(house: House, told: str, by: Actor) -> Ticket:
    """A ticket as the table of merges names it."""
    ticket = make_ticket(house, at=minutes_ago(60))
    if told == "of nobody known":
        new = NewTicket(subject="Panne", body="Plus rien.", source=Source.MAIL)
        return receive_ticket(new, by=by)
    if told == "of Beta":
        with attributed(by):
            beta = make_customer(house.calendar, f"B{ticket.pk}", "Beta")
        new = NewTicket(subject="Panne", body="", source=Source.MAIL, customer=beta)
        return receive_ticket(new, by=by)
    if told == "confidential":
        ticket_metadata.set_confidential(ticket, True, by=by)
    elif told == "restored":
        lifecycle.restore_service(ticket, by=by, at=minutes_ago(30))
    elif told.startswith("received after"):
        return make_ticket(house)
    elif told == "closed":
        lifecycle.resolve_ticket(ticket, by=by, cause="")
        lifecycle.close_ticket(ticket, by=by)
    return ticket


@pytest.mark.django_db
def test_the_worked_example_of_merging() -> None:
    house = make_house()
    by = agent_of(house.agent)
    for one, other, outcome in table("merge-and-links.md", "Merging"):
        ticket, survivor = some_ticket(house, one, by), some_ticket(house, other, by)
        if outcome == "refused":
            with pytest.raises((IllegalMove, Invalid)):
                merges.merge_tickets([ticket], survivor, by=by)
        else:
            merges.merge_tickets([ticket], survivor, by=by)
            ticket.refresh_from_db()
            assert ticket.merged_into_id == survivor.pk, (one, other)
            assert ticket.customer == house.customer


def test_the_worked_example_of_what_a_merge_promises() -> None:
    def at(time: str) -> datetime:
        return MONDAY + hours(time)

    waits = (Pause(at("9:30"), at("11:00"), "customer"),)
    promise = Promise("restore", timedelta(hours=9), "always", Calendar.around_the_clock())
    survivor = make_record(at("9:00"), waits)
    record = combine_records(survivor, [AbsorbedRecord(make_record(at("10:00")), at("10:30"))])
    held = (ClassifiedPeriod(at("9:00"), "incident", (promise,)),)
    measure: Measure = "restore"
    found = ticket_clocks(Record(record.received_at, held, pauses=record.pauses))[measure]
    for until, counted, _why in table("merge-and-links.md", "What was promised"):
        assert found.used(at(until)) == hours(counted), until

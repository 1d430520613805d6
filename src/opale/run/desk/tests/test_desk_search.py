"""Searching tickets: accents, both languages, rights, what was just committed, and bounds."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, OWN, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.fulltext import parse_query
from opale.kernel.isolation import as_customers
from opale.organisation.models import Person
from opale.run.desk.actions import lifecycle, messages, ownership, ticket_metadata
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Message, Source, Ticket
from opale.run.desk.queries import fulltext_scan, ticket_search
from opale.run.desk.queries.fulltext_scan import Hit, SearchScope, Walk, next_block_size
from opale.run.desk.queries.ticket_search import SearchFilters
from opale.run.desk.tests.builders import House, agent_of, make_house, minutes_ago

SYSTEM = system("test")


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def told(house: House, subject: str, body: str = "…", minutes: float = 5) -> Ticket:
    new = NewTicket(
        subject=subject,
        body=body,
        kind=Kind.INCIDENT,
        source=Source.PHONE,
        customer=house.customer,
        contact=house.contact,
    )
    return receive_ticket(new, by=SYSTEM, at=minutes_ago(minutes))


def contact_of(customer_id: int) -> Actor:
    scope = Scope(customers=frozenset({customer_id}))
    return Actor("contact", "user:9", "Ana", {"desk.read": scope})


PATIENCE = timedelta(minutes=1)
"""So much time that a busy machine ends no search early."""


def found(text: str, by: Actor, **how: object) -> list[Ticket]:
    patient: dict[str, Any] = {"time": PATIENCE, **how}
    shown = ticket_search.search_tickets(parse_query(text), seen_by=by, **patient)
    return [one.ticket for one in shown.found]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Les serveurs sont arrêtés", "serveur arrete"),
        ("Les serveurs sont arrêtés", "SERVEURS ARRÊTÉ"),
        ("L’équipe réseau intervient", "equipe RESEAU"),
        ("Cœur de réseau", "coeur"),
        ("The switches were rebooted", "switch reboot"),
        ("The switches were rebooted", "rebooting"),
        ("rtr-ren-01.example.com does not answer", "rtr-ren-01"),
        ("rtr-ren-01.example.com does not answer", "rtr-ren-01.example.com"),
        ("rtr-ren-01.example.com does not answer", "ren"),
        ("Adresse 10.20.30.40/24 injoignable", "10.20.30.40"),
        ("Rappeler le +33 1 23 45 67 89", "+33 1 23 45"),
        ("Voir T-48213 et #77", '"T-48213"'),
        ("écrivez à ana@acme.example", "ana@acme.example"),
        ("<b>Cassé</b>", "casse"),
        ("fibre cut in Rennes", "-Lille fibre"),
        ("fibre cut in Rennes", '"fibre cut"'),
        ("fibre cut in Rennes", 'fibre -"cut fibre" -"Rennes fibre"'),
        ("fibre cut in Rennes", "the fibre of the"),
        ("Le transpondeur de Rennes", "transp* rennes"),
        ("Le transpondeur de Rennes", "transpondeurs*"),
        ("Les équipements réseau", "équipe*"),
        ("Cœur de réseau", "cœur*"),
        ("rtr-renn-01.example.com does not answer", "rtr-ren*"),
        ("fibre cut in Rennes", "fibr* -lill*"),
    ],
)
def test_words_are_found_in_both_languages_whatever_accents_and_endings(
    house: House, said: str, asked: str
) -> None:
    by = agent_of(house.agent)
    in_body, in_subject = told(house, "Autre chose", said), told(house, said)
    assert found(asked, by) == [in_subject, in_body]


@pytest.mark.parametrize(
    "asked",
    [
        "fibre Lille",
        '"cut fibre"',
        '"Rennes fibre"',
        'fibre -"fibre cut"',
        "fibre -Rennes",
        "rtr-ren-02",
        "-fibre",
        "the",
        "le la de",
        "",
        "  ",
        '"',
        "'",
        "' OR 1=1 --",
        "!!! &&& ||| <-> () :* \\",
        "coaxial:* | !",
        "\0",
        "\ue000\ue001",
        "-" * 300,
        "a" * 5000,
        "mot " * 2000,
        "'; DROP TABLE desk_ticket; --",
        "%s %(q)s {said}",
        "\u202e\ufffd🔥",
    ],
)
def test_what_does_not_stand_there_is_not_found_and_nothing_that_is_typed_fails(
    house: House, asked: str
) -> None:
    told(house, "fibre cut in Rennes", "rtr-ren-01 est coupé")
    assert found(asked, agent_of(house.agent)) == []
    assert Ticket.objects.count() == 1


def test_a_word_is_found_as_soon_as_it_is_written(house: House) -> None:
    by, ticket = agent_of(house.agent), told(house, "Lien coupé")
    ownership.take_ticket(ticket, by=by)
    assert found("pelleteuse", by) == []
    messages.write_note(ticket, "Une pelleteuse a coupé le câble.", by=by)
    assert found("pelleteuse", by) == [ticket]
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'message_words_by_block'")
        assert cursor.fetchone() == (["fastupdate=off"],)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", ["ticket_words_by_block", "message_words_by_block"])
def test_words_are_followed_within_their_block_alone(name: str) -> None:
    """PostgreSQL goes through an index of words by what stands first in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_indexdef(%s::regclass, place, true) FROM generate_series(1, 5) place",
            [name],
        )
        *blocks, customer, words = [row[0] for row in cursor.fetchall()]
    assert [">> 9" in blocks[0], ">> 13" in blocks[1], ">> 17" in blocks[2]] == [True] * 3
    assert (customer, "to_tsvector" in words or "kernel_words" in words) == ("customer_id", True)


def test_what_a_message_says_of_the_words_comes_with_the_ticket(house: House) -> None:
    by, ticket = agent_of(house.agent), told(house, "Lien coupé", "Depuis midi.")
    ownership.take_ticket(ticket, by=by)
    messages.write_note(ticket, "Panne du transpondeur.", by=by)
    note = messages.write_note(ticket, "Le transpondeur : transpondeur neuf.", by=by)
    (one,) = ticket_search.search_tickets(
        parse_query("transpondeur"), seen_by=by, time=PATIENCE
    ).found
    assert one.message == note
    (one,) = ticket_search.search_tickets(parse_query("lien"), seen_by=by, time=PATIENCE).found
    assert one.message is None


def test_the_best_of_the_newest_stand_first(house: House) -> None:
    by = agent_of(house.agent)
    subject = told(house, "Transpondeur en panne", minutes=90)
    often = told(house, "Lien", "Transpondeur neuf : transpondeur, transpondeur.", minutes=60)
    once = told(house, "Lien", "Un transpondeur, et beaucoup d'autres mots autour.", minutes=30)
    assert found("transpondeur", by) == [subject, often, once]
    # What is older than a page is full of comes on the next one, however good.
    first = ticket_search.search_tickets(
        parse_query("transpondeur"), seen_by=by, time=PATIENCE, limit=2
    )
    assert [one.ticket for one in first.found] == [often, once]
    assert first.looked_back_to is None
    then = ticket_search.search_tickets(
        parse_query("transpondeur"), seen_by=by, time=PATIENCE, limit=2, before=first.further
    )
    assert [one.ticket for one in then.found] == [subject]
    assert then.further is None


def test_a_ticket_with_many_hits_stands_once(house: House) -> None:
    by, ticket = agent_of(house.agent), told(house, "Transpondeur", "Transpondeur")
    ownership.take_ticket(ticket, by=by)
    for _ in range(5):
        messages.write_note(ticket, "Transpondeur", by=by)
    assert found("transpondeur", by, limit=1) == [ticket]
    assert (
        ticket_search.search_tickets(
            parse_query("transpondeur"), seen_by=by, time=PATIENCE, limit=1
        ).further
        is None
    )


def test_internal_notes_are_found_by_the_desk_alone(house: House) -> None:
    by, ticket = agent_of(house.agent), told(house, "Lien coupé", "Bonjour")
    ownership.take_ticket(ticket, by=by)
    messages.write_note(ticket, "Le client est pénible.", by=by)
    contact = contact_of(house.customer.pk)
    assert found("pénible", by) == [ticket]
    assert found("pénible", contact) == []
    assert found("bonjour", contact) == [ticket]
    with as_customers([house.customer.pk]):
        assert found("pénible", contact) == []
        assert found("lien coupé", contact) == [ticket]
        assert found("bonjour", contact) == [ticket]


def test_another_customer_finds_nothing(house: House) -> None:
    told(house, "Lien coupé", "Bonjour")
    stranger = contact_of(house.customer.pk + 1)
    with as_customers([house.customer.pk + 1]):
        assert found("lien", stranger) == found("bonjour", stranger) == []
    # The second wall stands where the first one was forgotten.
    careless = replace(stranger, grants={"desk.read": EVERYTHING})
    with as_customers([house.customer.pk + 1]):
        assert found("lien", careless) == found("bonjour", careless) == []


def test_a_confidential_ticket_is_found_by_those_who_have_to_do_with_it(house: House) -> None:
    by, ticket = agent_of(house.agent), told(house, "Licenciement", "Affaire sensible")
    ownership.take_ticket(ticket, by=by)
    ticket_metadata.set_confidential(ticket, True, by=by)
    stranger = agent_of(house.other)
    for asked in ("licenciement", "sensible", ticket.reference):
        assert (
            found(asked, stranger)
            == ticket_search.tickets_with_reference(asked, seen_by=stranger)
            == []
        )
    assert found("sensible", by) == [ticket]
    assert ticket_search.tickets_with_reference(ticket.reference, seen_by=by) == [ticket]
    manager = replace(stranger, grants={**stranger.grants, "desk.confidential": EVERYTHING})
    assert found("sensible", manager) == [ticket]


def test_an_employee_finds_what_was_asked_for_by_that_employee(house: House) -> None:
    mine = told(house, "Ordinateur lent", "Depuis la mise à jour")
    told(house, "Ordinateur perdu", "Depuis la mise à jour")
    employee = Person.objects.get(pk=house.other.pk)
    with attributed(SYSTEM):
        Ticket.objects.filter(pk=mine.pk).update(employee=employee, customer=None, contact=None)
    Message.objects.filter(ticket=mine).update(customer=None)
    asking = Actor("person", "user:8", "Karim", {"desk.read": OWN}, person_id=employee.pk)
    assert found("ordinateur", asking) == [mine]
    assert found("mise à jour", asking) == [mine]
    assert found("perdu", asking) == []
    nobody = Actor("person", "user:8", "Karim", {"desk.read": OWN}, person_id=house.agent.pk)
    assert found("ordinateur", nobody) == []
    assert found("ordinateur", Actor("person", "user:7", "Nobody", {})) == []


def test_filters_narrow_what_is_found(house: House) -> None:
    by = agent_of(house.agent)
    old = told(house, "Transpondeur", minutes=60 * 24 * 10)
    new = told(house, "Lien", "Transpondeur en panne")
    lifecycle.resolve_ticket(old, by=SYSTEM, cause="Remplacé")
    lifecycle.close_ticket(old, by=SYSTEM)

    def narrowed(**wanted: object) -> list[Ticket]:
        return found("transpondeur", by, narrowing=SearchFilters(**wanted))  # type: ignore[arg-type]

    week = clock.now() - timedelta(days=7)
    assert narrowed(place="subjects") == [old]
    assert narrowed(place="messages") == [new]
    assert narrowed(open=True) == narrowed(since=week) == [new]
    assert narrowed(open=False) == narrowed(until=week) == [old]
    assert narrowed(kind="request") == narrowed(customer_id=house.customer.pk + 1) == []
    assert narrowed(kind="incident", customer_id=house.customer.pk) == [old, new]


def test_blocks_grow_only_where_little_is_found() -> None:
    assert next_block_size(0, 0, 2, 600) == 0
    assert next_block_size(256, 0, 2, 600) == 2
    assert next_block_size(256, 10, 2, 600) == 1
    assert next_block_size(256, 200, 2, 600) == 0
    assert next_block_size(256, 0, 1, 600) == 1
    assert next_block_size(256, 0, 2, 40) == 1


def test_a_word_that_stands_everywhere_is_looked_for_among_the_newest_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty thousand messages hold it; the walk ends in the first blocks."""
    by = agent_of(house.agent)
    tickets = [told(house, "Lien", "Bonjour", minutes=m) for m in (30, 20, 10)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desk_message (ticket_id, customer_id, direction, visibility, author, body,"
            " language, at) SELECT %s, %s, 'received', 'public', 'Ana', 'liaison ' || n, 'fr',"
            " now() FROM generate_series(1, 30000) AS n",
            [tickets[0].pk, house.customer.pk],
        )
    asked: list[int] = []
    ask = fulltext_scan.Walk._ask

    def counting(walk: fulltext_scan.Walk, where: str, *more: object) -> object:
        asked.append(len(where))
        return ask(walk, where, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(fulltext_scan.Walk, "_ask", counting)
    newest = told(house, "Liaison", "liaison coupée", minutes=1)
    assert found("liaison", by, limit=1) == [newest]
    # Two where the numbers of these tickets happen to lie on both sides of a block's edge.
    assert len(asked) <= 2


def test_what_a_phrase_costs_is_counted_by_its_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that stand in every text but never in this order make no block look cheap."""
    by = agent_of(house.agent)
    told(house, "Ancien", "Un lien coupé", minutes=90)
    for _ in range(6):
        told(house, "Lien", "coupé le lien")
    right = told(house, "Autre", "Un lien coupé", minutes=60)
    counted: list[int] = []

    def counting(seen: int, held: int, ceiling: int, most: int) -> int:
        counted.append(held)
        return next_block_size(seen, held, ceiling, most)

    monkeypatch.setattr(fulltext_scan, "next_block_size", counting)
    # Ticket by ticket, until the second one is found that it fits.
    monkeypatch.setattr(fulltext_scan, "BLOCKS", (0, 0, 0))
    monkeypatch.setattr(ticket_search, "AFFORDABLE", 0)
    assert found('"lien coupé"', by, limit=1) == [right]
    assert max(counted) == 7
    assert parse_query('"lien coupé" -"deux mots" -rouge').loose.count("!") == 1


def test_a_search_that_has_no_time_says_how_far_it_looked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = agent_of(house.agent)
    old = told(house, "Transpondeur", minutes=90)
    between = [told(house, "Lien", minutes=m) for m in (60, 50, 40)]
    monkeypatch.setattr(fulltext_scan, "BLOCKS", (0, 1, 2))
    none = timedelta()
    asked = parse_query("transpondeur")
    first = ticket_search.search_tickets(asked, seen_by=by, time=none)
    assert (first.found, first.further) == ([], between[-1].pk)
    assert first.looked_back_to == between[-1].received_at
    pages = 0
    while not first.found:
        first = ticket_search.search_tickets(asked, seen_by=by, time=none, before=first.further)
        pages += 1
    assert [one.ticket for one in first.found] == [old]
    assert 1 < pages <= len(between) + 1
    assert found("transpondeur", by) == [old]


@pytest.mark.parametrize("asked", ["rtr-lil*", "transf*", "fib* cut -renn*", "tra*", "*", "-renn*"])
def test_a_beginning_is_that_of_a_word_and_not_too_short(house: House, asked: str) -> None:
    told(house, "rtr-ren-01: transpondeur, fibre cut in Rennes")
    assert found(asked, agent_of(house.agent)) == []


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("of_each", "held", "sizes"),
    [
        (0.0001, 0, [32, 168]),
        (0.0001, 1, [32, 32, 32, 32, 32, 32, 8]),
        (0.0001, 0.05, [32, 168]),
        (0.0001, 0.15, [32, 96, 72]),
        (0.00055, 0, [32, 77, 32]),
        (0.001, 1, [32, 32]),
        (0.1, 0, [32]),
    ],
)
def test_so_many_tickets_are_looked_through_that_few_hold_the_words_and_time_is_kept(
    of_each: float, held: float, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, looked_through = [0.0], []

    def asked(_self: Walk, _where: str, which: Any, *_: int) -> tuple[int, list[Hit]]:
        blocks, ids = which
        assert {pk >> 9 for pk in ids} == set(blocks)
        looked_through.append(len(ids))
        told[0] += of_each * len(ids)
        return int(held * len(ids)), []

    monkeypatch.setattr(fulltext_scan, "monotonic", lambda: told[0])
    monkeypatch.setattr(Walk, "_ask", asked)
    walk = Walk(parse_query("fibre"), SearchScope(Ticket.objects.none(), notes=False), 5, 600)
    walk.through(range(9_000, 0, -45), timedelta(milliseconds=60))
    assert looked_through == sizes
    assert walk.ended_early == (sum(sizes) < 200)

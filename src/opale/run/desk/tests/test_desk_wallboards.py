"""The screen on the wall and its links, and the lead's board."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.run.desk.actions import assignments, ownership, pauses, ticket_metadata, wallboards
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Commitment, Grade, Pause, Ticket, WallKey
from opale.run.desk.queries import operations_dashboard
from opale.run.desk.queries import wallboards as wallboard_queries
from opale.run.desk.tests.builders import make_incident, make_service

pytestmark = pytest.mark.django_db
SECRET = "Panne du coffre"


def make_ticket(
    personas: Personas,
    subject: str = SECRET,
    grade: Grade = Grade.HIGH,
    at: datetime | None = None,
) -> Ticket:
    service = make_service(personas.customer, f"VPN-{Ticket.objects.count()}")
    by = personas.actor("desk_agent")
    return make_incident(personas, subject, grade, service=service, by=by, at=at)


def link(personas: Personas, *, names: bool = False, language: str = "fr") -> str:
    by = personas.actor("administrator")
    _held, key = wallboards.create_wall_key("Salle", by=by, language=language, names=names)
    return f"/wall/{key}/"


def test_a_screen_shows_urgent_work_without_a_name_of_a_customer(personas: Personas) -> None:
    ticket = make_ticket(personas)
    page = Client().get(link(personas)).content.decode()
    assert ticket.reference in page
    assert "GTI" in page
    assert SECRET not in page
    assert personas.customer.name not in page
    assert "P1 et P2 ouverts" in page


def test_a_screen_shows_names_where_it_was_made_so(personas: Personas) -> None:
    make_ticket(personas)
    page = Client().get(link(personas, names=True)).content.decode()
    assert SECRET in page
    assert personas.customer.name in page


def test_long_subjects_have_two_lines_and_fewer_tickets_beside_them(personas: Personas) -> None:
    long = f"{SECRET} depuis ce matin, sur tous les sites de la région et au siège"
    for number in range(7):
        make_ticket(personas, subject=f"{long} {number}")
    named = Client().get(link(personas, names=True, language="en")).content.decode()
    assert named.count('class="w-subject"') == 4
    assert f'title="{long} ' in named
    assert "and 3 more" in named
    plain = Client().get(link(personas, language="en")).content.decode()
    assert plain.count('class="w-subject"') == 6


def test_a_screen_never_shows_a_confidential_ticket(personas: Personas) -> None:
    ticket = make_ticket(personas)
    ticket_metadata.set_confidential(ticket, True, by=personas.actor("service_manager"))
    page = Client().get(link(personas, names=True)).content.decode()
    assert ticket.reference not in page
    assert SECRET not in page


def test_the_wall_and_the_lead_count_a_ticket_once_whoever_is_asked(personas: Personas) -> None:
    ticket, by = make_ticket(personas), personas.actor("desk_agent")
    ownership.take_ticket(ticket, by=by)
    for team in ("run_engineer", "core_engineer"):
        assignments.request_work(ticket, WorkRequest(team=personas.teams[team]), by=by)
    at = clock.now()
    asked = next(
        one
        for one in wallboard_queries.get_wallboard(seen_by=by, at=at).queues
        if one.name == "asked"
    )
    assert asked.count == 1
    assert operations_dashboard.get_dashboard(seen_by=by, at=at).figures["not-accepted"] == 1


def test_a_revoked_link_opens_nothing(personas: Personas) -> None:
    url, by = link(personas), personas.actor("administrator")
    assert Client().get(url).status_code == 200
    wallboards.revoke_wall_key(WallKey.objects.get(), by=by)
    assert Client().get(url).status_code == 404
    assert Client().get("/wall/never-made/").status_code == 404
    assert wallboard_queries.wall_keys(seen_by=by) == []


def test_a_link_is_made_by_an_administrator_and_its_key_is_not_kept(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        wallboards.create_wall_key("Salle", by=personas.actor("desk_agent"), language="fr")
    with pytest.raises(Invalid):
        wallboards.create_wall_key(" ", by=personas.actor("administrator"), language="fr")
    client = personas.client("administrator")
    said = {"name": "Salle", "language": "en", "theme": "light"}
    page = client.post("/desk/settings/walls/", said).content.decode()
    key = page.split("/wall/")[-1].split("/")[0]
    assert Client().get(f"/wall/{key}/").status_code == 200
    assert key not in client.get("/desk/settings/walls/").content.decode()
    assert WallKey.objects.get().seen_at is not None
    with pytest.raises(NotFound):
        wallboard_queries.get_wall_key(
            WallKey.objects.get().pk, seen_by=personas.actor("desk_agent")
        )


def test_a_key_opens_the_wall_alone(personas: Personas) -> None:
    key = link(personas).split("/")[2]
    client = Client(headers={"authorization": f"Bearer {key}"})
    assert client.get("/api/v1/tickets").status_code == 401
    assert Client().get(f"/desk/open/?key={key}").status_code == 302


def test_a_persons_wall_shows_what_is_less_urgent_and_due(personas: Personas) -> None:
    make_ticket(personas, "Question", Grade.LOW)
    page = personas.client("desk_agent").get("/wall/").content.decode()
    assert "No open P1 or P2." in page
    assert "Question" in page
    fragment = personas.client("desk_agent").get("/wall/", headers={"HX-Request": "true"})
    assert fragment.content.lstrip().startswith(b'<div class="w-wall"')
    assert fragment["Cache-Control"] == "no-store"


def test_the_boards_figures_lead_to_their_tickets(personas: Personas) -> None:
    by, at = personas.actor("desk_agent"), clock.now()
    fresh, asked, waiting = (make_ticket(personas, f"Lien {n}") for n in range(3))
    old = make_ticket(personas, "Lien 3", Grade.LOW, at - timedelta(days=5))
    ownership.take_ticket(asked, by=by)
    assignments.request_work(asked, WorkRequest(team=personas.teams["run_engineer"]), by=by)
    pauses.pause_ticket(waiting, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    with attributed(system("test")):
        Pause.objects.filter(ticket=waiting).update(starts=at - timedelta(days=4))
        Ticket.objects.filter(pk=old.pk).update(next_due_at=at + timedelta(days=1))
        Commitment.objects.filter(ticket=fresh, measure="restore").update(
            breached_at=at, due_at=at - timedelta(minutes=1)
        )
        Ticket.objects.filter(pk=fresh.pk).update(next_due_at=at - timedelta(minutes=1))
    board = operations_dashboard.get_dashboard(seen_by=by, at=at)
    assert board.open == 4
    assert board.figures["ownerless"] == 0
    assert board.figures["not-accepted"] == 1
    assert board.figures["waiting-long"] == 1
    assert board.figures["late"] == 1
    assert sum(board.figures[name] for name in ("by-triage", "by-lead", "by-manager")) == 2
    assert board.ages["solution"][0] == 3
    assert board.ages["solution"][4] == 1
    assert sum(hand.working + hand.waiting for hand in board.hands) == 4
    for name, expected in (("not-accepted", asked), ("waiting-long", waiting), ("late", fresh)):
        assert list(operations_dashboard.tickets_behind_figure(name, seen_by=by, at=at)) == [
            expected
        ]
    assert list(operations_dashboard.tickets_behind_figure("age", seen_by=by, at=at, of="4")) == [
        old
    ]
    assert list(operations_dashboard.tickets_behind_figure("broken-today", seen_by=by, at=at)) == [
        fresh
    ]
    assert not operations_dashboard.tickets_behind_figure(
        "late", seen_by=by, at=at, stream="corporate"
    ).exists()


def test_the_pages_of_the_board(personas: Personas) -> None:
    ticket, client = make_ticket(personas), personas.client("desk_agent")
    page = client.get("/desk/lead/").content.decode()
    assert "1 open ticket, each assigned on receipt." in page
    owner = Ticket.objects.get(pk=ticket.pk).owner_id
    for url in ("due-4h/", "age/?of=0", f"owner/?of={owner}", "due-1h/?stream=solution"):
        assert ticket.reference in client.get(f"/desk/lead/{url}").content.decode()
    for url in ("other/", "age/", "age/?of=6", "age/?of=x"):
        assert client.get(f"/desk/lead/{url}").status_code == 404

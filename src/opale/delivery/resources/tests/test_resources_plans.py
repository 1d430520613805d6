"""The planner proposes a mended plan; only what a person accepts is reserved."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import Personas

from opale.delivery.resources import ports
from opale.delivery.resources.actions import plan_decisions, plans, requests
from opale.delivery.resources.actions.plan_decisions import hours_lines
from opale.delivery.resources.actions.requests import NewResourceRequest
from opale.delivery.resources.models import PlanProposal, ResourceRequest
from opale.delivery.resources.ports import Planned, PlannedDays, Work
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, NotAllowed
from opale.organisation.models import Absence, Membership, Person, PersonSkill, Skill
from opale.planning import staffing
from opale.planning.hour_allocation import Stretch
from opale.planning.staffing_model import Days, Piece, Placement, Plan, Problem
from opale.reservations.actions.reservations import Line, move_reservation, reserve
from opale.reservations.actions.reservations import NewReservation as ReservationAsked
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.states import RELEASE

pytestmark = pytest.mark.django_db
BY = system("test")


def monday(weeks: int = 2) -> date:
    today = now().date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


@pytest.fixture(autouse=True)
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "actor_for_job", lambda user_id, credential: BY)


def engineer(personas: Personas, name: str) -> Person:
    with attributed(BY):
        made = Person.objects.create(
            company=personas.company, name=name, email=f"{name}@opale.example", seniority="senior"
        )
        Membership.objects.create(
            team=personas.teams["build_engineer"],
            person=made,
            function="build_engineer",
            period=(now() - timedelta(days=9), None),
        )
    return made


@pytest.fixture
def lea(personas: Personas) -> Person:
    return engineer(personas, "Lea")


@pytest.fixture
def karim(personas: Personas) -> Person:
    return engineer(personas, "Karim")


def hold(person: Person, hours: str = "8", since: date | None = None, **more: Any) -> Reservation:
    begins = since or monday()
    line = Line(
        person=person, quantity=Decimal(hours), since=begins, until=begins + timedelta(days=5)
    )
    purpose = more.pop("purpose", "VPN of three sites")
    return reserve(ReservationAsked(purpose=purpose, lines=(line,), **more), by=BY)


def away(person: Person, since: date, days: int = 5) -> None:
    begins = now().replace(year=since.year, month=since.month, day=since.day, hour=0, minute=0)
    Absence.objects.create(
        person=person,
        kind=Absence.Kind.SICKNESS,
        period=DateTimeTZRange(begins, begins + timedelta(days=days)),
    )


def searched(personas: Personas, **more: Any) -> PlanProposal:
    asked: dict[str, Any] = {
        "weeks": 8,
        "seconds": 10,
        "team": personas.teams["build_engineer"],
    } | more
    proposal = plans.request_plan(by=BY, credential="session", **asked)
    plans.run_plan(proposal.pk)
    proposal.refresh_from_db()
    return proposal


def lines(proposal: PlanProposal) -> list[tuple[str, str, str]]:
    rows = proposal.lines.select_related("was", "to").order_by("id")
    return [
        (line.was.name if line.was else "", line.to.name if line.to else "", line.reason)
        for line in rows
    ]


def held() -> list[tuple[str, date, date | None]]:
    rows = ReservationLine.objects.filter(holds=True, person__isnull=False)
    return [
        (line.person.name if line.person else "", line.since, line.last)
        for line in rows.select_related("person").order_by("days", "id")
    ]


def test_who_falls_ill_is_replaced_and_nothing_else_moves(
    personas: Personas, lea: Person, karim: Person
) -> None:
    hold(lea)
    hold(lea, since=monday(3), purpose="Next")
    hold(karim, "4", since=monday(4), purpose="Other")
    before = held()
    away(lea, monday())
    proposal = searched(personas)
    ((was, to, reason),) = lines(proposal)
    assert (was, reason) == ("Lea", "away")
    assert to not in ("", "Lea")
    assert held() == before
    decided = plan_decisions.accept_lines(proposal, by=BY)
    assert (decided.done, decided.left) == (1, 0)
    after = held()
    assert after[1:] == before[1:]
    assert after[0][1:] == before[0][1:]
    assert after[0][0] != "Lea"
    proposal.refresh_from_db()
    assert proposal.state == "done"


def test_an_expert_who_leaves_in_the_middle_hands_on_what_is_left(
    personas: Personas, lea: Person, karim: Person
) -> None:
    hold(lea)
    with attributed(BY):
        Membership.objects.filter(person=lea).update(
            period=(now() - timedelta(days=9), now() - timedelta(days=1))
        )
        lea.left_on = monday() + timedelta(days=1)
        lea.save(update_fields=["left_on"])
    proposal = searched(personas)
    (line,) = proposal.lines.all()
    assert (line.was, line.reason) == (lea, "left")
    assert sum(hours for _since, _last, hours in line.to_stretches) > 0
    assert plan_decisions.accept_lines(proposal, [line.pk], by=BY).done == 1
    mine = [row for row in held() if row[0] == "Lea"]
    assert mine == [("Lea", monday(), monday() + timedelta(days=1))]
    others = [row for row in held() if row[0] != "Lea"]
    assert others
    assert min(since for _name, since, _last in others) >= monday() + timedelta(days=2)


def test_what_nobody_is_reserved_for_is_placed_and_staffed(personas: Personas, lea: Person) -> None:
    row = requests.create_request(
        NewResourceRequest(
            team=personas.teams["build_engineer"],
            purpose="Routing design",
            hours=Decimal(24),
            since=monday(),
            last=monday() + timedelta(days=11),
        ),
        by=BY,
    )
    proposal = searched(personas)
    (line,) = proposal.lines.all()
    assert (line.was, line.reason, line.late) == (None, "new", 0)
    plan_decisions.accept_lines(proposal, [line.pk], by=BY)
    row = ResourceRequest.objects.get(pk=row.pk)
    assert row.state == "staffed"
    assert row.reservation is not None


def test_what_was_changed_since_is_out_of_date(
    personas: Personas, lea: Person, karim: Person
) -> None:
    made = hold(lea)
    away(lea, monday())
    proposal = searched(personas)
    move_reservation(made, RELEASE, by=BY, at=now())
    decided = plan_decisions.accept_lines(proposal, by=BY)
    assert (decided.done, decided.left) == (0, 1)
    line = proposal.lines.get()
    assert line.state == "stale"
    assert line.sentence


def test_a_line_whose_place_was_taken_says_why_and_stays_open(
    personas: Personas, lea: Person, karim: Person
) -> None:
    hold(lea)
    away(lea, monday())
    proposal = searched(personas)
    line = proposal.lines.get()
    assert line.to is not None
    since = line.to_stretches[0][0]
    hold(line.to, "2", since=since, purpose="Quicker")
    before = held()
    assert plan_decisions.accept_lines(proposal, by=BY).left == 1
    line.refresh_from_db()
    assert line.state == "open"
    assert "Quicker" in line.sentence
    assert held() == before


def test_a_killed_planner_leaves_the_plan_and_searches_anew(
    personas: Personas, lea: Person, karim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(lea)
    away(lea, monday())
    before = held()
    proposal = plans.request_plan(by=BY, credential="session", weeks=8, seconds=10)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(PlanProposal, "finish", die)
        patch.setattr(PlanProposal, "fail", lambda *_args: None)
        with pytest.raises(Killed):
            plans.run_plan(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, held()) == ("running", before)
    plans.run_plan(proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    assert held() == before


def test_a_search_that_is_ended_before_it_began_is_given_up(personas: Personas) -> None:
    proposal = plans.request_plan(by=BY, credential="session", weeks=8, seconds=10)
    with pytest.raises(Conflict):
        plans.request_plan(by=BY, credential="session", weeks=8, seconds=10)
    plans.stop_plan(proposal, by=BY)
    plans.run_plan(proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "dropped"
    with pytest.raises(NotAllowed):
        plans.request_plan(
            by=personas.actor("build_engineer"), credential="session", weeks=8, seconds=10
        )


class Known:
    """A room with work: what it knows, and whom it was told to reserve."""

    prefix = "test:"

    def __init__(self, *works: Work) -> None:
        self.works = works

    def open_work(self, *, seen_by: Actor, since: date, until: date) -> tuple[Work, ...]:
        return self.works

    def take(self, key: str, person: Person, days: PlannedDays, *, by: Actor) -> None:
        lines = tuple(hours_lines(person, days))
        reserve(ReservationAsked(purpose=key, lines=lines, source=key), by=by)


def test_lead_times_freezes_and_what_comes_before_are_heeded(
    personas: Personas, lea: Person, karim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part waits for the first, which waits for the carrier, and not in the freeze."""
    first, second = hold(lea, purpose="First"), hold(karim, purpose="Second")
    known = Known(
        Work(
            key="test:1",
            purpose="First",
            hours=Decimal(40),
            reservation_id=first.pk,
            not_before=monday() + timedelta(days=2),
        ),
        Work(
            key="test:2",
            purpose="Second",
            hours=Decimal(40),
            reservation_id=second.pk,
            after=(("test:1", 0),),
            frozen=((monday(3), monday(3) + timedelta(days=6)),),
        ),
    )
    monkeypatch.setattr(ports, "_sources", [known])
    proposal = searched(personas)
    one, other = (proposal.lines.get(purpose=name) for name in ("First", "Second"))
    assert one.to_stretches[0][0] >= monday() + timedelta(days=2)
    assert other.to_stretches[0][0] > one.to_stretches[-1][1]
    for since, last, _hours in other.to_stretches:
        assert last < monday(3) or since >= monday(4)


def test_what_a_room_knows_of_reserved_work_is_heeded(
    personas: Personas, lea: Person, karim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the sources of the reservations; what is fixed stays where it is."""

    class Room:
        def planned(self, sources: Collection[str], *, seen_by: Actor) -> dict[str, Planned]:
            assert set(sources) == {"test:1", "test:2", "test:3"}
            return {
                "test:1": Planned(not_before=monday() + timedelta(days=2)),
                "test:2": Planned(after=(("test:1", 0),)),
                "test:3": Planned(not_before=monday(6), fixed=True),
            }

    monkeypatch.setattr(ports, "_known", [Room()])
    hold(lea, purpose="First", source="test:1")
    hold(karim, "4", purpose="Second", source="test:2")
    hold(karim, "4", purpose="Third", source="test:3")
    proposal = searched(personas)
    one, other = (proposal.lines.get(purpose=name) for name in ("First", "Second"))
    assert proposal.lines.count() == 2
    assert one.to_stretches[0][0] >= monday() + timedelta(days=2)
    assert other.to_stretches[0][0] > one.to_stretches[-1][1]


def test_work_of_a_room_is_put_on_who_has_the_skill_and_reserved_by_the_room(
    personas: Personas, lea: Person, karim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with attributed(BY):
        skill = Skill.objects.create(name="BGP")
        PersonSkill.objects.create(person=karim, skill=skill, level=4)
    work = Work(
        key="test:7",
        purpose="Routing of the three sites",
        hours=Decimal(24),
        kind=personas.teams["build_engineer"].kind,
        skill_id=skill.pk,
        level=3,
        not_before=monday(3),
        wished=monday(4),
    )
    monkeypatch.setattr(ports, "_sources", [Known(work)])
    proposal = searched(personas)
    (line,) = proposal.lines.all()
    assert (line.key, line.to, line.reason, line.late) == ("work:test:7", karim, "new", 0)
    assert line.to_stretches[0][0] >= monday(3)
    assert plan_decisions.accept_lines(proposal, by=BY).done == 1
    assert Reservation.objects.get(source="test:7").lines.get().person == karim


def test_what_follows_begins_at_the_end_of_what_it_follows_however_far_that_is() -> None:
    """Eighty hours may begin on the third day; twenty hours of somebody else follow them."""
    days = Days((8.0,) * 30, (8.0,) * 30)
    problem = Problem(
        {1: days, 2: days},
        (
            Piece(
                key="first",
                hours=80,
                able=(1,),
                begins=2,
                wished=12,
                current=Placement(1, (Stretch(0, 10, 8.0),)),
            ),
            Piece(
                key="second",
                hours=20,
                able=(2,),
                begins=0,
                wished=15,
                current=Placement(2, (Stretch(0, 5, 4.0),)),
                after=(("first", 0),),
            ),
        ),
    )
    found = staffing.plan(problem, seconds=5).placements
    assert found["first"] == Placement(1, (Stretch(2, 12, 8.0),))
    assert found["second"] is not None
    assert found["second"].begins == 12


def test_what_stands_well_is_left_alone_and_what_is_pinned_never_moves() -> None:
    """Two pieces want the same days of one person; the pinned one stays, the other finds room."""
    days = Days((8.0,) * 20, (8.0,) * 20)
    mine = Placement(1, (Stretch(0, 5, 8.0),))
    problem = Problem(
        {1: days, 2: days},
        (
            Piece(key="a", hours=40, able=(1,), begins=0, wished=5, current=mine, pinned=True),
            Piece(key="b", hours=40, able=(1, 2), begins=0, wished=5, current=mine),
            Piece(
                key="c",
                hours=16,
                able=(2, 1),
                begins=8,
                wished=10,
                current=Placement(2, (Stretch(8, 10, 8.0),)),
            ),
        ),
    )
    found = staffing.plan(problem, seconds=5)
    assert [one.key for one in found.changed(problem)] == ["b"]
    assert found.placements["b"] == Placement(2, (Stretch(0, 5, 8.0),))


def test_what_has_no_place_at_all_is_told() -> None:
    problem = Problem(
        {1: Days((8.0,) * 5, (0.0,) * 5)},
        (Piece(key="a", hours=8, able=(1,), begins=0, wished=5),),
    )
    assert staffing.plan(problem, seconds=2).placements == {"a": None}


def test_what_is_read_before_the_search_is_of_its_time(
    personas: Personas, lea: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(lea)
    ticks = iter([100.0, 107.0])
    monkeypatch.setattr(plans, "monotonic", lambda: next(ticks))
    asked: list[float] = []
    mended = staffing.plan

    def plan(problem: Problem, *, seconds: float, tell: staffing.OnImprovement) -> Plan:
        asked.append(seconds)
        return mended(problem, seconds=10, tell=lambda found: True)

    monkeypatch.setattr(staffing, "plan", plan)
    searched(personas, seconds=10)
    assert asked == [3.0]

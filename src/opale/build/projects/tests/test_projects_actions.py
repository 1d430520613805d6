"""Projects open with their order, are led, planned, promised, proved, and leave nothing behind."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from tests.personas import Personas

from opale.build.orders import actions as orders
from opale.build.orders import queries as queries_of_orders
from opale.build.orders.actions import LineChange
from opale.build.orders.states import ASSESS, CANCEL, HOLD, WAIT
from opale.build.orders.states import START as START_ORDER
from opale.build.projects import actions, queries
from opale.build.projects.contents import read, written
from opale.build.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    PackageLink,
    Project,
    ProjectTemplate,
    Risk,
    Slip,
    TechnicalNeed,
    WorkPackage,
)
from opale.build.projects.recipes import COLOCATION, VPN
from opale.build.projects.states import BEGIN, COMPLETE, DROP, FINISH, REOPEN, START
from opale.build.projects.tests.builders import (
    MAKER,
    begun_order,
    led,
    make_project,
    offering,
    package,
)
from opale.build.resources.actions import staff_request
from opale.build.resources.ports import open_work, planned_by, source_of
from opale.infrastructure.models import CapacityPool
from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.calendars import Calendar
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import deliver
from opale.kernel.history import revisions
from opale.kernel.models import Fact
from opale.organisation.facts import PersonLeft
from opale.organisation.models import Absence, Company, Person, WorkingCalendar
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
SUMMER = datetime(2027, 7, 1, 9, tzinfo=PARIS)
"""A Thursday."""


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def pool(unit: str, capacity: str = "100") -> CapacityPool:
    return CapacityPool.objects.create(name=f"Hall {unit}", unit=unit, capacity=Decimal(capacity))


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


# From an order


def test_an_order_that_begins_opens_its_project_by_the_fact(personas: Personas) -> None:
    order = begun_order(personas, ("vpn", 3))
    fact = Fact.objects.filter(name="orders.OrderMoved").latest("id")
    assert deliver(fact.pk, "projects.follow_order")
    project = Project.objects.get(order=order)
    assert (project.size, project.state, project.customer) == (
        "project", "preparing", personas.customer,
    )  # fmt: skip
    again = actions.bring_up_to(order.pk, by=MAKER)
    assert again == project
    assert WorkPackage.objects.filter(project=project).count() == 23
    router = package(project, "router", 2)
    assert (router.role, router.level, router.hours) == ("build.provisioning", 2, Decimal(6))
    waits = {link.before for link in PackageLink.objects.filter(after=router)}
    assert waits == {package(project, "agreed")}
    end = PackageLink.objects.filter(after=package(project, "accepted"))
    assert {link.before.piece for link in end} == {1, 2, 3}


def test_an_order_that_did_not_begin_opens_nothing(personas: Personas) -> None:
    order = orders.create_order(
        orders.NewOrder(
            customer=personas.customer, lines=(orders.NewLine(offering=offering("vpn")),)
        ),
        by=MAKER,
    )
    assert actions.bring_up_to(order.pk, by=MAKER) is None
    with pytest.raises(Conflict):
        actions.open_project(order, by=personas.actor("project_manager"))


def test_a_cabinet_is_an_express_delivery_with_what_its_order_says(personas: Personas) -> None:
    project = make_project(personas, ("colo", 2), characteristics={"power_kw": "4,5"})
    assert project.express
    needs = {need.unit: need.quantity for need in TechnicalNeed.objects.filter(project=project)}
    assert needs == {"U": 84, "kW": Decimal("9.00")}
    gate = Gate.objects.get(project=project)
    assert gate.automatic
    assert [one.name_en for one in Evidence.objects.filter(gate=gate)] == ["Delivery note"]


def test_a_line_added_on_the_way_is_decomposed_and_makes_it_large(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    change = LineChange(item_id="2", fields={"offering": offering("vpn")})
    orders.change_order(project.order, by=MAKER, lines=[change])
    orders.move_line(project.order.lines.get(item_id="2"), START_ORDER, by=MAKER)
    actions.bring_up_to(project.order_id, by=MAKER)
    assert fresh(project).size == "project"
    assert WorkPackage.objects.filter(project=project).count() == 5 + 11


def test_one_offering_waits_for_another_of_the_same_order(personas: Personas) -> None:
    content = written(COLOCATION)
    content["steps"][0]["after"] = ["vpn/agreed", "host/agreed"]
    actions.write_template(offering("colo"), content, by=MAKER)
    project = make_project(personas, ("colo", 1), ("vpn", 1))
    waits = PackageLink.objects.filter(after=package(project, "place"))
    assert [link.before for link in waits] == [package(project, "agreed")]


def test_a_template_that_changes_leaves_what_runs_as_it_is(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    content = written(VPN)
    content["steps"][1]["days"] = 50
    actions.write_template(offering("vpn"), content, by=MAKER)
    actions.bring_up_to(project.order_id, by=MAKER)
    assert package(project, "design").days == 5
    assert package(make_project(personas, ("vpn", 1)), "design").days == 50
    actions.drop_template(offering("vpn"), by=MAKER)
    assert not ProjectTemplate.objects.exists()


def test_a_template_that_waits_for_itself_is_refused_with_its_names() -> None:
    content = written(COLOCATION)
    content["steps"][0]["after"] = ["handed"]
    with pytest.raises(Invalid) as refused:
        read(content)
    assert "place → " in refused.value.fields["content"]
    with pytest.raises(Invalid):
        read({"size": "project", "steps": []})
    with pytest.raises(Invalid):
        read({"size": "large", "steps": content["steps"]})


# Who leads


def test_the_policy_is_kept_but_by_an_exception_with_a_name(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    manager, admin = personas.people["project_manager"], personas.people["administrator"]
    by = personas.actor("project_manager")
    for granted, reason in ((None, ""), (admin, ""), (None, "Busy"), (manager, "Busy")):
        with pytest.raises(Invalid):
            actions.give_to(project, manager, by=by, exception_by=granted, exception_reason=reason)
    actions.give_to(project, manager, by=by, exception_by=admin, exception_reason="Busy")
    kept = fresh(project)
    assert (kept.manager, kept.exception_by, kept.exception_reason) == (manager, admin, "Busy")
    with acting(MAKER):
        Person.objects.filter(pk=manager.pk).update(seniority="senior")
    actions.give_to(project, Person.objects.get(pk=manager.pk), by=by)
    assert fresh(project).exception_by is None
    first = queries.candidates(project, seen_by=by)[0]
    assert (first.person, first.fits, first.running) == (manager, True, 1)


def test_the_database_knows_no_exception_without_a_reason(personas: Personas) -> None:
    project = make_project(personas)
    with pytest.raises(IntegrityError), acting(MAKER):
        Project.objects.filter(pk=project.pk).update(exception_by=personas.people["administrator"])


def test_a_project_begins_when_somebody_leads_it(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    with pytest.raises(Conflict):
        actions.move_project(project, BEGIN, by=MAKER)
    actions.give_to(project, personas.people["project_manager"], by=MAKER)
    actions.move_project(project, BEGIN, by=MAKER)
    assert fresh(project).state == "running"


def test_who_only_reads_changes_nothing(personas: Personas) -> None:
    project, reader = make_project(personas), personas.actor("desk_agent")
    row = package(project, "design")
    for act in (
        lambda: actions.give_to(project, personas.people["project_manager"], by=reader),
        lambda: actions.edit_package(row, by=reader, days=9),
        lambda: actions.move_package(row, START, by=reader),
        lambda: actions.promise(project, by=reader, promised_on=date(2027, 9, 1)),
        lambda: actions.write_template(offering("vpn"), written(VPN), by=reader),
    ):
        with pytest.raises(NotAllowed):
            act()
    engineer = personas.actor("build_engineer")
    actions.move_package(row, START, by=engineer)
    with pytest.raises(NotAllowed):
        actions.edit_package(row, by=engineer, days=9)


def test_a_contact_sees_no_project(personas: Personas) -> None:
    project = make_project(personas)
    mine = personas.actor("customer_contact")
    with pytest.raises(NotFound):
        queries.get_project(project.number, seen_by=mine)
    assert not queries.packages(seen_by=mine).exists()


# Work packages and dates


def test_packages_that_would_wait_for_each_other_are_refused_by_name(personas: Personas) -> None:
    project = make_project(personas)
    first, last = package(project, "kickoff"), package(project, "end")
    with pytest.raises(Invalid) as refused:
        actions.edit_package(first, by=MAKER, after={last.pk: 0})
    sentence = refused.value.fields["after"]
    assert "Kick-off with the customer → " in sentence
    assert sentence.count("Kick-off with the customer") == 2
    assert not PackageLink.objects.filter(after=first).exists()
    with pytest.raises(Invalid):
        actions.edit_package(first, by=MAKER, after={first.pk: 0})
    with pytest.raises(IntegrityError), acting(MAKER):
        PackageLink.objects.create(project=project, before=first, after=first)


def test_a_change_moves_what_waits_and_says_why(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        design, agreed = package(project, "design"), package(project, "agreed")
        assert design.starts_on == date(2027, 7, 2)
        assert design.ends_on == date(2027, 7, 8)
        actions.edit_package(design, by=MAKER, days=7)
        assert package(project, "agreed").starts_on == date(2027, 7, 13)
        assert package(project, "agreed").ends_on == date(2027, 7, 16), "14 July is not worked"
        causes = queries.why(package(project, "agreed"), seen_by=MAKER)
    assert [cause.package.key for cause in causes] == ["agreed", "design", "kickoff"]
    assert [cause.kind for cause in causes] == ["after", "after", "start"]
    assert [on for on, _name in causes[0].closed] == [date(2027, 7, 14)]
    assert agreed.pk == causes[0].package.pk


def test_a_package_has_the_days_of_whoever_does_it(personas: Personas) -> None:
    """An engineer in London works on 14 July, and not on the late August bank holiday."""
    hours = Calendar.on_weekdays("Europe/London", "09:00-17:30", country="GB", subdivision="ENG")
    with acting(MAKER):
        calendar = WorkingCalendar.objects.create(name="London", record=hours.to_record())
        london = Company.objects.create(
            name="London", country="GB", language="en", calendar=calendar,
            time_zone="Europe/London",
        )  # fmt: skip
        Person.objects.filter(pk=personas.people["build_engineer"].pk).update(company=london)
    engineer = Person.objects.get(pk=personas.people["build_engineer"].pk)
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        design = package(project, "design")
        actions.edit_package(design, by=MAKER, not_before=date(2027, 7, 12))
        assert package(project, "design").ends_on == date(2027, 7, 19)
        actions.edit_package(design, by=MAKER, person=engineer)
        assert package(project, "design").ends_on == date(2027, 7, 16)
        actions.edit_package(design, by=MAKER, not_before=date(2027, 8, 30))
        assert package(project, "design").starts_on == date(2027, 8, 31)
        assert package(project, "design").ends_on == date(2027, 9, 6)


def test_a_project_is_planned_back_from_the_wanted_day(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas, wanted="2027-12-01T09:00:00+01:00")
        assert project.wanted_on == date(2027, 12, 1)
        actions.edit_project(project, by=MAKER, backward=True)
        assert fresh(project).ends_on == date(2027, 12, 1)
        actions.edit_project(project, by=MAKER, wanted_on=date(2027, 7, 15))
        assert fresh(project).late_by > 0
        assert fresh(project).weather == "storm"
        with pytest.raises(Invalid):
            actions.edit_project(project, by=MAKER, wanted_on=None)


def test_a_package_dropped_lets_what_waits_go_on(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        before = package(project, "router").starts_on
        actions.move_package(package(project, "agreed"), DROP, by=MAKER)
        after = package(project, "router").starts_on
        assert before is not None
        assert after == date(2027, 7, 9), "it still waits for the design"
        assert after < before
        actions.move_package(package(project, "agreed"), REOPEN, by=MAKER)
        assert package(project, "router").starts_on == before


def test_what_is_done_keeps_its_day_and_the_rest_is_planned_from_today(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        kickoff = package(project, "kickoff")
        with pytest.raises(Invalid):
            actions.move_package(kickoff, COMPLETE, by=MAKER, on=date(2027, 7, 2))
        actions.move_package(kickoff, COMPLETE, by=MAKER, on=date(2027, 6, 30))
        assert package(project, "design").starts_on == date(2027, 7, 1)
    with clock.travel(SUMMER + timedelta(days=20) - clock.now()):
        assert actions.replan_all(by=MAKER) == 1
        assert package(project, "kickoff").done_on == date(2027, 6, 30)
        assert package(project, "design").starts_on == date(2027, 7, 21)
        assert actions.replan_all(by=MAKER) == 1
    told = revisions(WorkPackage, limit=200, pk=package(project, "design").pk)
    assert [one.created for one in told] == [True], "what is worked out is no history"


def test_an_expert_who_leaves_is_named_and_the_plan_goes_on_without(personas: Personas) -> None:
    project = make_project(personas)
    engineer = personas.people["build_engineer"]
    design, tested = package(project, "design"), package(project, "tested")
    for row in (design, tested):
        actions.edit_package(row, by=MAKER, person=engineer)
    actions.move_package(package(project, "kickoff"), COMPLETE, by=MAKER)
    actions.move_package(design, COMPLETE, by=MAKER)
    with acting(MAKER):
        Person.objects.filter(pk=engineer.pk).update(left_on=date(2026, 1, 1))
    actions.follow_leaving(PersonLeft(person_id=engineer.pk, on=date(2026, 1, 1)), MAKER)
    assert "somebody_left" in queries.reasons_of(fresh(project))
    assert [one.key for one in queries.left_behind(project, seen_by=MAKER)] == ["tested"]
    actions.edit_package(tested, by=MAKER, person=None)
    assert not queries.left_behind(project, seen_by=MAKER)


# Promises and slips


def test_a_carrier_that_slips_is_seen_against_what_was_promised(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas, ("vpn", 3))
        circuit = package(project, "circuit", 2)
        actions.hear_promise(circuit, by=MAKER, promised_on=date(2027, 9, 1))
        assert not Slip.objects.exists(), "nothing was promised to the customer yet"
        end = fresh(project).ends_on
        assert end is not None
        baseline = actions.promise(project, by=MAKER, promised_on=end, note="Steering committee")
        actions.hear_promise(
            circuit, by=MAKER, promised_on=date(2027, 9, 20), note="Works on the road"
        )
        slip = Slip.objects.get()
        assert (slip.cause, slip.was_on, slip.now_on, slip.days) == (
            "carrier", date(2027, 9, 1), date(2027, 9, 20), 13,
        )  # fmt: skip
        late = queries.late_packages(project, seen_by=MAKER)
        assert [(one.package.key, one.package.piece, one.unsaid) for one in late] == [
            ("circuit", 2, False)
        ]
        kept = fresh(project)
        assert kept.weather == "storm"
        assert kept.promised_on == end
        assert kept.ends_on is not None
        assert kept.ends_on > end
        assert baseline.dates_of(circuit.pk) == (
            circuit.starts_on.isoformat() if circuit.starts_on else "", "2027-09-01",
        )  # fmt: skip
        # A new promise to the customer starts anew.
        actions.promise(project, by=MAKER, promised_on=kept.ends_on)
        assert not queries.late_packages(project, seen_by=MAKER)
        assert fresh(project).weather == "cloud"


def test_only_a_carrier_promises_what_a_carrier_does(personas: Personas) -> None:
    project = make_project(personas)
    with pytest.raises(Invalid):
        actions.hear_promise(package(project, "design"), by=MAKER, promised_on=date(2028, 1, 3))


def test_who_makes_it_later_than_promised_says_why(personas: Personas) -> None:
    project = make_project(personas)
    design = package(project, "design")
    actions.edit_package(design, by=MAKER, days=6)
    assert project.ends_on is not None
    actions.promise(project, by=MAKER, promised_on=project.ends_on)
    with pytest.raises(Invalid) as refused:
        actions.edit_package(design, by=MAKER, days=9)
    assert "cause" in refused.value.fields
    assert package(project, "design").days == 6, "nothing of it was done"
    with pytest.raises(Invalid):
        actions.edit_package(design, by=MAKER, days=9, cause="us")
    actions.edit_package(design, by=MAKER, days=9, cause="us", note="More sites than thought")
    assert Slip.objects.get().cause == "us"
    actions.edit_package(design, by=MAKER, days=4)
    assert Slip.objects.count() == 1, "earlier needs no reason"


def test_what_became_late_by_itself_waits_to_be_said(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        assert project.ends_on is not None
        actions.promise(project, by=MAKER, promised_on=project.ends_on)
    with clock.travel(SUMMER + timedelta(days=14) - clock.now()):
        actions.replan_all(by=MAKER)
        late = queries.late_packages(project, seen_by=MAKER)
        assert [(one.package.key, one.unsaid) for one in late] == [("kickoff", True)]
        row = package(project, "kickoff")
        actions.say_slip(row, by=MAKER, cause="customer", note="Nobody was free")
        assert not queries.late_packages(project, seen_by=MAKER)[0].unsaid
        with pytest.raises(Invalid):
            actions.say_slip(row, by=MAKER, cause="customer", note="Again")


# Proofs


def test_a_deliverable_refused_three_times_over_is_a_risk_of_the_project(
    personas: Personas,
) -> None:
    project = led(make_project(personas), personas)
    row = Deliverable.objects.filter(project=project).first()
    assert row is not None
    for n in (1, 2, 3):
        actions.hand_in(row, by=personas.actor("build_engineer"), place=f"doc/{n}")
        with pytest.raises(Invalid):
            actions.refuse_deliverable(row, by=MAKER, reason=" ")
        actions.refuse_deliverable(row, by=MAKER, reason=f"Page {n} is empty")
        assert Risk.objects.filter(closed_at=None).exists() is (n == 3)
    risk = Risk.objects.get()
    assert (risk.owner, risk.weight) == (project.manager, 20)
    assert fresh(project).weather == "storm"
    with pytest.raises(IllegalMove):
        actions.accept_deliverable(row, by=MAKER)
    with pytest.raises(Invalid):
        actions.hand_in(row, by=MAKER, place="doc/4")
    actions.hand_in(row, by=MAKER, place="doc/4", note="Written anew with the customer")
    actions.accept_deliverable(row, by=MAKER)
    risk.refresh_from_db()
    assert risk.closed_at is not None
    assert fresh(project).weather != "storm"
    row.refresh_from_db()
    versions = [(one.number, one.accepted) for one in row.versions.order_by("number")]
    assert versions == [(1, False), (2, False), (3, False), (4, True)]


def test_a_gate_is_passed_when_each_evidence_is_there(personas: Personas) -> None:
    project = make_project(personas)
    gate = Gate.objects.filter(project=project).order_by("id")[0]
    with pytest.raises(Conflict) as refused:
        actions.pass_gate(gate, by=MAKER)
    assert "Capacity checked" in str(refused.value)
    for proof in gate.evidences.all():
        actions.give_evidence(proof, by=personas.actor("build_engineer"), place="doc/1")
    actions.pass_gate(gate, by=MAKER)
    gate.refresh_from_db()
    assert gate.state == "passed"
    with pytest.raises(IllegalMove):
        actions.give_evidence(gate.evidences.all()[0], by=MAKER, place="doc/2")


def test_an_express_delivery_passes_its_gate_by_itself_and_ends_its_order(
    personas: Personas,
) -> None:
    project = led(make_project(personas, ("colo", 1)), personas)
    actions.move_project(project, BEGIN, by=MAKER)
    for row in WorkPackage.objects.filter(project=project):
        actions.move_package(row, COMPLETE, by=MAKER)
    gate = Gate.objects.get(project=project)
    assert gate.state == "open"
    with pytest.raises(Conflict):
        actions.move_project(project, FINISH, by=MAKER)
    actions.give_evidence(gate.evidences.get(), by=MAKER, place="doc/note")
    gate.refresh_from_db()
    assert gate.state == "passed"
    note = Deliverable.objects.get(project=project)
    actions.hand_in(note, by=MAKER, place="doc/note")
    actions.accept_deliverable(note, by=MAKER)
    actions.move_project(project, FINISH, by=personas.actor("project_manager"))
    kept = fresh(project)
    assert (kept.state, kept.order.state) == ("done", "completed")
    assert kept.ended_at is not None
    with pytest.raises(IllegalMove):
        actions.edit_project(project, by=MAKER, name="Late")


# What is reserved


def test_stock_and_hours_are_reserved_all_of_it_or_nothing(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    by = personas.actor("project_manager")
    needs = {need.unit: need.pk for need in TechnicalNeed.objects.filter(project=project)}
    units, power = pool("U"), pool("kW", "2")
    since = queries.today()
    pools = {needs["U"]: units, needs["kW"]: power}
    with pytest.raises(Conflict):
        actions.reserve_needs(project, pools, by=by, since=since)
    assert held() == 0, "the rack units are not held alone"
    with pytest.raises(Invalid):
        actions.reserve_needs(project, {needs["U"]: power}, by=by, since=since)
    with acting(MAKER):
        CapacityPool.objects.filter(pk=power.pk).update(capacity=10)
    actions.reserve_needs(project, pools, by=by, since=since)
    assert held() == 2
    with pytest.raises(Invalid):
        actions.reserve_needs(project, pools, by=by, since=since)


def test_hours_follow_the_plan_when_they_are_reserved_anew(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
        design = package(project, "design")
        with pytest.raises(Invalid):
            actions.reserve_hours(design, by=by)
        actions.edit_package(design, by=MAKER, person=engineer)
        actions.reserve_hours(package(project, "design"), by=by)
        line = ReservationLine.objects.get(holds=True)
        assert (line.person, line.quantity) == (engineer, Decimal("5.00"))
        assert (line.days.lower, line.days.upper) == (date(2027, 7, 2), date(2027, 7, 9))
        actions.edit_package(design, by=MAKER, not_before=date(2027, 8, 2))
        actions.reserve_hours(package(project, "design"), by=by)
        line = ReservationLine.objects.get(holds=True)
        assert line.days.lower == date(2027, 8, 2)
        with acting(MAKER):
            Absence.objects.create(
                person=engineer,
                kind="leave",
                period=(SUMMER + timedelta(days=60), SUMMER + timedelta(days=90)),
            )
        actions.edit_package(design, by=MAKER, not_before=date(2027, 9, 6))
        with pytest.raises(Conflict):
            actions.reserve_hours(package(project, "design"), by=by)
        assert ReservationLine.objects.get(holds=True).days.lower == date(2027, 8, 2)


@pytest.mark.parametrize("state", ["preparing", "running", "held", "pending", "assessing"])
def test_a_cancelled_order_leaves_nothing_reserved_and_nothing_ahead(
    state: str, personas: Personas
) -> None:
    project = led(make_project(personas, ("colo", 1), ("vpn", 1)), personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    needs = list(TechnicalNeed.objects.filter(project=project))
    pools = {need.pk: pool(need.unit) for need in needs}
    actions.reserve_needs(project, pools, by=by, since=queries.today())
    actions.edit_package(package(project, "design"), by=MAKER, person=engineer)
    actions.reserve_hours(package(project, "design"), by=by)
    added = actions.add_package(
        project, by=by, name_en="Extra", name_fr="En plus", hours=4, days=1, person=engineer,
        not_before=queries.today() + timedelta(days=100),
    )  # fmt: skip
    actions.reserve_hours(added, by=by)
    if state == "running":
        actions.move_project(project, BEGIN, by=by)
        actions.move_package(package(project, "kickoff"), COMPLETE, by=by)
    for name, move in (("held", HOLD), ("pending", WAIT), ("assessing", ASSESS)):
        if state == name:
            orders.move_order(project.order, move, by=by)
    assert held() == 4
    shown = queries_of_orders.held_for(project.order, seen_by=by)
    assert sum(len(one.lines) for one in shown) == 4
    orders.cancel_order(project.order, by=by, reason="Put off")
    assert held() == 0, "in the same transaction, before the project hears of it"
    with pytest.raises((IllegalMove, Conflict)):
        actions.reserve_hours(package(project, "design"), by=by)
    fact = Fact.objects.filter(name="orders.OrderMoved").latest("id")
    assert deliver(fact.pk, "projects.follow_order")
    kept = fresh(project)
    assert kept.state == "cancelled"
    assert not WorkPackage.objects.filter(project=project, state__in=["todo", "doing"]).exists()
    assert not TechnicalNeed.objects.filter(project=project).exists()
    assert held() == 0


def test_a_line_cancelled_alone_drops_what_it_was_to_bring(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1), ("vpn", 1))
    orders.move_line(project.order.lines.get(item_id="2"), CANCEL, by=MAKER)
    actions.bring_up_to(project.order_id, by=MAKER)
    left = WorkPackage.objects.filter(project=project).exclude(state="dropped")
    assert {one.line.item_id for one in left if one.line} == {"1"}
    assert fresh(project).state == "preparing"


def test_who_does_it_is_asked_of_the_team_and_given_back_when_it_is_dropped(
    personas: Personas,
) -> None:
    project = make_project(personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    design = package(project, "design")
    request = actions.ask_for_somebody(design, by=by)
    assert (request.hours, request.team) == (design.hours, personas.teams["build_engineer"])
    assert request.since == design.starts_on
    with pytest.raises(Conflict):
        actions.ask_for_somebody(package(project, "design"), by=by)
    staff_request(request, engineer, [(request.since, request.since, 4.0)], by=by)
    fact = Fact.objects.filter(name="resources.RequestStaffed").latest("id")
    assert deliver(fact.pk, "projects.follow_staffing")
    assert package(project, "design").person == engineer
    assert held() == 1
    tested = package(project, "tested")
    open_request = actions.ask_for_somebody(tested, by=by)
    for row in (package(project, "design"), tested):
        actions.move_package(row, DROP, by=by)
    open_request.refresh_from_db()
    assert (held(), open_request.state) == (0, "withdrawn")


def test_the_planner_reads_what_is_to_be_done_and_gives_it_to_somebody(
    personas: Personas,
) -> None:
    project = make_project(personas)
    by, engineer = personas.actor("project_manager"), personas.people["build_engineer"]
    day = queries.today()
    found = {
        one.key: one for one in open_work(seen_by=by, since=day, until=day + timedelta(days=300))
    }
    design, router = package(project, "design"), package(project, "router")
    work = found[design.source]
    assert (work.hours, work.kind, work.level) == (Decimal(24), "build.engineering", 4)
    assert work.after == ((package(project, "kickoff").source, 0),)
    agreed = package(project, "agreed").ends_on
    assert agreed is not None
    assert found[router.source].not_before == agreed + timedelta(days=1)
    told = planned_by([router.source], seen_by=by)
    assert told[router.source].not_before == agreed + timedelta(days=1)
    source = source_of(design.source)
    assert source is not None
    assert design.starts_on is not None
    stretch = [(design.starts_on, design.starts_on, 4.0)]
    source.take(design.source, engineer, stretch, by=by)
    assert package(project, "design").person == engineer
    assert held() == 1
    with pytest.raises(Conflict):
        source.take(design.source, engineer, stretch, by=by)
    orders.cancel_order(project.order, by=by)
    assert held() == 0

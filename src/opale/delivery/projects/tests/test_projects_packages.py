"""Work packages wait for each other, and have dates on the days of whoever does them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from tests.personas import Personas

from opale.delivery.projects.actions import packages, plans, projects
from opale.delivery.projects.models import PackageLink, WorkPackage
from opale.delivery.projects.queries import explanations, health, workdays
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.states import COMPLETE, DROP, REOPEN
from opale.delivery.projects.tests.builders import MAKER, SUMMER, fresh, make_project, package
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.history import revisions
from opale.organisation.facts import PersonLeft
from opale.organisation.models import Company, Person, WorkingCalendar

pytestmark = pytest.mark.django_db


def test_packages_that_would_wait_for_each_other_are_refused_by_name(personas: Personas) -> None:
    project = make_project(personas)
    first, last = package(project, "kickoff"), package(project, "end")
    with pytest.raises(Invalid) as refused:
        packages.edit_package(first, by=MAKER, after={last.pk: 0})
    sentence = refused.value.fields["after"]
    assert "Kick-off with the customer → " in sentence
    assert sentence.count("Kick-off with the customer") == 2
    assert not PackageLink.objects.filter(after=first).exists()
    with pytest.raises(Invalid):
        packages.edit_package(first, by=MAKER, after={first.pk: 0})
    with pytest.raises(IntegrityError), attributed(MAKER):
        PackageLink.objects.create(project=project, before=first, after=first)


def test_a_change_moves_what_waits_and_says_why(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        design, agreed = package(project, "design"), package(project, "agreed")
        assert design.starts_on == date(2027, 7, 2)
        assert design.ends_on == date(2027, 7, 8)
        packages.edit_package(design, by=MAKER, days=7)
        assert package(project, "agreed").starts_on == date(2027, 7, 13)
        assert package(project, "agreed").ends_on == date(2027, 7, 16), "14 July is not worked"
        causes = explanations.explain_dates(package(project, "agreed"), seen_by=MAKER)
    assert [cause.package.key for cause in causes] == ["agreed", "design", "kickoff"]
    assert [cause.kind for cause in causes] == ["after", "after", "start"]
    assert [on for on, _name in causes[0].closed] == [date(2027, 7, 14)]
    assert agreed.pk == causes[0].package.pk


def test_a_package_has_the_days_of_whoever_does_it(personas: Personas) -> None:
    """An engineer in London works on 14 July, and not on the late August bank holiday."""
    hours = Calendar.on_weekdays("Europe/London", "09:00-17:30", country="GB", subdivision="ENG")
    with attributed(MAKER):
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
        packages.edit_package(design, by=MAKER, not_before=date(2027, 7, 12))
        assert package(project, "design").ends_on == date(2027, 7, 19)
        packages.edit_package(design, by=MAKER, person=engineer)
        assert package(project, "design").ends_on == date(2027, 7, 16)
        packages.edit_package(design, by=MAKER, not_before=date(2027, 8, 30))
        assert package(project, "design").starts_on == date(2027, 8, 31)
        assert package(project, "design").ends_on == date(2027, 9, 6)


def test_a_project_is_planned_back_from_the_wanted_day(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas, wanted="2027-12-01T09:00:00+01:00")
        assert project.wanted_on == date(2027, 12, 1)
        projects.edit_project(project, by=MAKER, backward=True)
        assert fresh(project).ends_on == date(2027, 12, 1)
        projects.edit_project(project, by=MAKER, wanted_on=date(2027, 7, 15))
        assert fresh(project).late_by > 0
        assert fresh(project).weather == "storm"
        with pytest.raises(Invalid):
            projects.edit_project(project, by=MAKER, wanted_on=None)


def test_a_package_dropped_lets_what_waits_go_on(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        before = package(project, "router").starts_on
        packages.move_package(package(project, "agreed"), DROP, by=MAKER)
        after = package(project, "router").starts_on
        assert before is not None
        assert after == date(2027, 7, 9), "it still waits for the design"
        assert after < before
        packages.move_package(package(project, "agreed"), REOPEN, by=MAKER)
        assert package(project, "router").starts_on == before


def test_what_is_done_keeps_its_day_and_the_rest_is_planned_from_today(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = make_project(personas)
        kickoff = package(project, "kickoff")
        with pytest.raises(Invalid):
            packages.move_package(kickoff, COMPLETE, by=MAKER, on=date(2027, 7, 2))
        packages.move_package(kickoff, COMPLETE, by=MAKER, on=date(2027, 6, 30))
        assert package(project, "design").starts_on == date(2027, 7, 1)
    with clock.travel(SUMMER + timedelta(days=20) - clock.now()):
        assert plans.replan_all(by=MAKER) == 1
        assert package(project, "kickoff").done_on == date(2027, 6, 30)
        assert package(project, "design").starts_on == date(2027, 7, 21)
        assert plans.replan_all(by=MAKER) == 1
    told = revisions(WorkPackage, limit=200, pk=package(project, "design").pk)
    assert [one.created for one in told] == [True], "what is worked out is no history"


def test_an_expert_who_leaves_is_named_and_the_plan_goes_on_without(personas: Personas) -> None:
    project = make_project(personas)
    engineer = personas.people["build_engineer"]
    design, tested = package(project, "design"), package(project, "tested")
    for row in (design, tested):
        packages.edit_package(row, by=MAKER, person=engineer)
    packages.move_package(package(project, "kickoff"), COMPLETE, by=MAKER)
    packages.move_package(design, COMPLETE, by=MAKER)
    with attributed(MAKER):
        Person.objects.filter(pk=engineer.pk).update(left_on=date(2026, 1, 1))
    plans.flag_leaver(PersonLeft(person_id=engineer.pk, on=date(2026, 1, 1)), MAKER)
    assert "somebody_left" in health.health_reasons_of(fresh(project))
    assert [one.key for one in package_queries.packages_of_leavers(project, seen_by=MAKER)] == [
        "tested"
    ]
    packages.edit_package(tested, by=MAKER, person=None)
    assert not package_queries.packages_of_leavers(project, seen_by=MAKER)


@pytest.mark.django_db
def test_a_milestone_is_reached_once_what_it_waits_for_is_done(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    milestone = WorkPackage.objects.filter(project=project, kind="milestone").earliest("position")
    before = [link.before for link in PackageLink.objects.filter(after=milestone)]
    with pytest.raises(Conflict) as refused:
        packages.move_package(milestone, COMPLETE, by=MAKER)
    assert before[0].name in refused.value.sentence
    milestone.refresh_from_db()
    assert milestone.state == "todo"
    day = workdays.today()
    packages.move_packages(
        project, dict.fromkeys([milestone.pk, *(row.pk for row in before)], day), COMPLETE, by=MAKER
    )
    milestone.refresh_from_db()
    assert milestone.state == "done"

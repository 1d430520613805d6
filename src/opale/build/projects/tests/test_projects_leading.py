"""Projects are led as the policy asks, and changed and seen by nobody else."""

from datetime import date

import pytest
from django.db import IntegrityError
from tests.personas import Personas

from opale.build.projects import actions, queries
from opale.build.projects.contents import written
from opale.build.projects.models import Project
from opale.build.projects.recipes import VPN
from opale.build.projects.states import BEGIN, START
from opale.build.projects.tests.builders import MAKER, fresh, make_project, offering, package
from opale.kernel.acting import acting
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person

pytestmark = pytest.mark.django_db


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

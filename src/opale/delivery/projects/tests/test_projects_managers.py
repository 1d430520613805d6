"""Projects are led as the policy asks, and changed and seen by nobody else."""

from datetime import date

import pytest
from django.db import IntegrityError
from tests.personas import Personas

from opale.delivery.projects.actions import packages, projects, slippage, templates
from opale.delivery.projects.domain.template_content import content_record
from opale.delivery.projects.models import Project
from opale.delivery.projects.queries import managers
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.queries import projects as project_queries
from opale.delivery.projects.queries.default_templates import VPN
from opale.delivery.projects.states import BEGIN, START
from opale.delivery.projects.tests.builders import MAKER, fresh, make_project, offering, package
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person

pytestmark = pytest.mark.django_db


def test_the_policy_is_kept_but_by_an_exception_with_a_name(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    manager, admin = personas.people["project_manager"], personas.people["administrator"]
    by = personas.actor("project_manager")
    for granted, reason in ((None, ""), (admin, ""), (None, "Busy"), (manager, "Busy")):
        with pytest.raises(Invalid):
            projects.assign_manager(
                project, manager, by=by, exception_by=granted, exception_reason=reason
            )
    projects.assign_manager(project, manager, by=by, exception_by=admin, exception_reason="Busy")
    kept = fresh(project)
    assert (kept.manager, kept.exception_by, kept.exception_reason) == (manager, admin, "Busy")
    with attributed(MAKER):
        Person.objects.filter(pk=manager.pk).update(seniority="senior")
    projects.assign_manager(project, Person.objects.get(pk=manager.pk), by=by)
    assert fresh(project).exception_by is None
    first = managers.candidates(project, seen_by=by)[0]
    assert (first.person, first.fits, first.running) == (manager, True, 1)


def test_the_database_knows_no_exception_without_a_reason(personas: Personas) -> None:
    project = make_project(personas)
    with pytest.raises(IntegrityError), attributed(MAKER):
        Project.objects.filter(pk=project.pk).update(exception_by=personas.people["administrator"])


def test_a_project_begins_when_somebody_leads_it(personas: Personas) -> None:
    project = make_project(personas, ("colo", 1))
    with pytest.raises(Conflict):
        projects.move_project(project, BEGIN, by=MAKER)
    projects.assign_manager(project, personas.people["project_manager"], by=MAKER)
    projects.move_project(project, BEGIN, by=MAKER)
    assert fresh(project).state == "running"


def test_who_only_reads_changes_nothing(personas: Personas) -> None:
    project, reader = make_project(personas), personas.actor("desk_agent")
    row = package(project, "design")
    for act in (
        lambda: projects.assign_manager(project, personas.people["project_manager"], by=reader),
        lambda: packages.edit_package(row, by=reader, days=9),
        lambda: packages.move_package(row, START, by=reader),
        lambda: slippage.create_baseline(project, by=reader, promised_on=date(2027, 9, 1)),
        lambda: templates.write_template(offering("vpn"), content_record(VPN), by=reader),
    ):
        with pytest.raises(NotAllowed):
            act()
    engineer = personas.actor("build_engineer")
    packages.move_package(row, START, by=engineer)
    with pytest.raises(NotAllowed):
        packages.edit_package(row, by=engineer, days=9)


def test_a_contact_sees_no_project(personas: Personas) -> None:
    project = make_project(personas)
    mine = personas.actor("customer_contact")
    with pytest.raises(NotFound):
        project_queries.get_project(project.number, seen_by=mine)
    assert not package_queries.packages(seen_by=mine).exists()

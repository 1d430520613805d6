"""The site of an order line goes with everything that delivers it."""

from datetime import date

import pytest
from django.forms import ModelChoiceField
from django.utils import translation
from tests.personas import Personas

from opale.delivery.orders.actions import moves, orders
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import (
    order_sync,
    packages,
    placements,
    reservations,
)
from opale.delivery.projects.forms import NeedsForm
from opale.delivery.projects.models import Deliverable, Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries.planner_source import work_between
from opale.delivery.projects.tests.builders import MAKER, led, offering
from opale.infrastructure.actions.sites import edit_site
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.infrastructure.tests.builders import make_site
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.notifications.models import Notification

pytestmark = pytest.mark.django_db
TOWNS = ("Rennes", "Lyon", "Lille")


def project_at(house: Personas, *what: tuple[str, Site | None]) -> Project:
    """Return the project of an order whose lines are delivered at these sites."""
    lines = tuple(NewLine(offering=offering(code), site=site) for code, site in what)
    order = orders.create_order(NewOrder(customer=house.customer, lines=lines), by=MAKER)
    moves.move_order(order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    return project


def three_accesses(house: Personas) -> Project:
    sites = [make_site(town, customer=house.customer) for town in TOWNS]
    return project_at(house, *(("inet", site) for site in sites), ("vpn", None))


def test_the_plan_is_grouped_by_line_and_site(personas: Personas) -> None:
    project = three_accesses(personas)
    text = personas.client("project_manager").get(f"/projects/{project.number}/").content.decode()
    table = text[text.index("data-list") :]
    heads = [part.split("</tr>")[0] for part in table.split('<tr class="p-head">')[1:]]
    assert len(heads) == 4
    for head, town in zip(heads, TOWNS, strict=False):
        assert town in head
        assert "inet" in head
        assert "0 of" in head
    assert text.count('class="whole"') == 4
    lyon = Site.objects.get(code="Lyon")
    shown = personas.client("project_manager").get(f"/projects/{project.number}/?site={lyon.pk}")
    table = shown.content.decode().split("data-list")[1].split("</tbody>")[0]
    there = WorkPackage.objects.filter(line__site=lyon).count()
    assert there > 0
    assert table.count("<tr") == there + 1


def test_one_line_needs_no_heading(personas: Personas) -> None:
    project = project_at(personas, ("inet", make_site("Rennes", customer=personas.customer)))
    text = personas.client("project_manager").get(f"/projects/{project.number}/").content.decode()
    assert 'class="p-head"' not in text


def test_work_results_hours_and_news_name_the_site(personas: Personas) -> None:
    project = led(three_accesses(personas), personas)
    lyon = Site.objects.get(code="Lyon")
    task = WorkPackage.objects.filter(line__site=lyon, hours__gt=0).exclude(role="").first()
    assert task is not None
    assert task.title == f"{task.name}, Lyon"
    told = {one.title for one in Deliverable.objects.filter(project=project)}
    assert len(told) == Deliverable.objects.filter(project=project).count()
    assert any(title.endswith(", Lyon") for title in told)
    planned = work_between(date(2026, 1, 1), date(2036, 1, 1), seen_by=MAKER)
    assert f"{project.reference} · {task.title}" in {one.purpose for one in planned}

    packages.edit_package(task, by=MAKER, person=personas.people["build_engineer"])
    news = Notification.objects.get(kind="projects.assigned")
    assert news.values["task_en"] == f"{task.name_en}, Lyon"
    with translation.override("fr"):
        assert news.values["task_fr"] == f"{task.name_fr}, Lyon"


def test_a_renamed_site_is_named_anew_everywhere(personas: Personas) -> None:
    project = three_accesses(personas)
    edit_site(Site.objects.get(code="Lyon"), by=MAKER, name="Lyon Gerland")
    client = personas.client("project_manager")
    for part in ("", "deliverables/"):
        text = client.get(f"/projects/{project.number}/{part}").content.decode()
        assert "Lyon Gerland" in text, part


def test_the_site_of_a_line_decides_whose_stock_is_offered(personas: Personas) -> None:
    lyon, leeds = make_site("LYO1", name="Lyon Gerland"), make_site("LDS1", name="Leeds")
    project = project_at(personas, ("colo", lyon))
    with attributed(MAKER):
        pools = {
            (site.code, unit): CapacityPool.objects.create(
                name=f"{site.code} {unit}", unit=unit, capacity=100, site=site
            )
            for site in (lyon, leeds)
            for unit in ("U", "kW")
        }
        anywhere = CapacityPool.objects.create(name="Spare kW", unit="kW", capacity=100)
        rack = ConfigurationItem.objects.create(
            name="lds1-a01", kind="rack", site=leeds, attributes={"units": 47}
        )
    needs = {need.unit: need for need in TechnicalNeed.objects.filter(project=project)}
    form = NeedsForm(by=MAKER, project=project)
    for unit, need in needs.items():
        field = form.fields[f"need_{need.pk}"]
        assert isinstance(field, ModelChoiceField)
        offered = [pools["LYO1", unit], *([anywhere] if unit == "kW" else [])]
        assert list(field.queryset or ()) == offered
        assert field.initial == (None if unit == "kW" else pools["LYO1", unit])
    since = project.begins_on
    with pytest.raises(Invalid, match="delivered at Lyon Gerland, but this stock is at Leeds"):
        reservations.reserve_needs(
            project, {needs["U"].pk: pools["LDS1", "U"]}, by=MAKER, since=since
        )
    with pytest.raises(Invalid, match="Leeds"):
        placements.place_need(needs["U"], rack, "U1", by=MAKER, since=since)
    kept = {need.pk: pools["LYO1", unit] for unit, need in needs.items()}
    assert reservations.reserve_needs(project, kept, by=MAKER, since=since)

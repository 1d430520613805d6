"""Projects open with their order, and their templates are kept by them."""

from decimal import Decimal

import pytest
from tests.personas import Personas

from opale.delivery.orders.actions import changes, moves, orders
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.orders.states import START as START_ORDER
from opale.delivery.projects.actions import order_sync, projects, templates
from opale.delivery.projects.domain.template_content import content_record, parse_content
from opale.delivery.projects.models import (
    Evidence,
    Gate,
    PackageLink,
    Project,
    ProjectTemplate,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries.default_templates import COLOCATION, VPN
from opale.delivery.projects.tests.builders import (
    MAKER,
    begun_order,
    fresh,
    make_project,
    offering,
    package,
)
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.facts import deliver
from opale.kernel.models import Fact

pytestmark = pytest.mark.django_db


def test_an_order_that_begins_opens_its_project_by_the_fact(personas: Personas) -> None:
    order = begun_order(personas, ("vpn", 3))
    fact = Fact.objects.filter(name="orders.OrderMoved").latest("id")
    assert deliver(fact.pk, "projects.follow_order")
    project = Project.objects.get(order=order)
    assert (project.size, project.state, project.customer) == (
        "project", "preparing", personas.customer,
    )  # fmt: skip
    again = order_sync.sync_project(order.pk, by=MAKER)
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
    assert order_sync.sync_project(order.pk, by=MAKER) is None
    with pytest.raises(Conflict):
        projects.open_project(order, by=personas.actor("project_manager"))


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
    changes.change_order(project.order, by=MAKER, lines=[change])
    moves.move_line(project.order.lines.get(item_id="2"), START_ORDER, by=MAKER)
    order_sync.sync_project(project.order_id, by=MAKER)
    assert fresh(project).size == "project"
    assert WorkPackage.objects.filter(project=project).count() == 5 + 11


def test_one_offering_waits_for_another_of_the_same_order(personas: Personas) -> None:
    content = content_record(COLOCATION)
    content["steps"][0]["after"] = ["vpn/agreed", "host/agreed"]
    templates.write_template(offering("colo"), content, by=MAKER)
    project = make_project(personas, ("colo", 1), ("vpn", 1))
    waits = PackageLink.objects.filter(after=package(project, "place"))
    assert [link.before for link in waits] == [package(project, "agreed")]


def test_a_template_that_changes_leaves_what_runs_as_it_is(personas: Personas) -> None:
    project = make_project(personas, ("vpn", 1))
    content = content_record(VPN)
    content["steps"][1]["days"] = 50
    templates.write_template(offering("vpn"), content, by=MAKER)
    order_sync.sync_project(project.order_id, by=MAKER)
    assert package(project, "design").days == 5
    assert package(make_project(personas, ("vpn", 1)), "design").days == 50
    templates.drop_template(offering("vpn"), by=MAKER)
    assert not ProjectTemplate.objects.exists()


def test_a_template_that_waits_for_itself_is_refused_with_its_names() -> None:
    content = content_record(COLOCATION)
    content["steps"][0]["after"] = ["handed"]
    with pytest.raises(Invalid) as refused:
        parse_content(content)
    assert "place → " in refused.value.fields["content"]
    with pytest.raises(Invalid):
        parse_content({"size": "project", "steps": []})
    with pytest.raises(Invalid):
        parse_content({"size": "large", "steps": content["steps"]})


def test_a_template_counts_in_the_units_of_the_pools() -> None:
    content = content_record(COLOCATION)
    content["needs"][0]["unit"] = "baies"
    with pytest.raises(Invalid) as refused:
        parse_content(content)
    assert "“baies”" in refused.value.fields["content"]
    assert "U, kW" in refused.value.fields["content"]

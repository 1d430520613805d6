"""Subjects of projects' acts, and the pages that show them."""

from typing import Any

from django.urls import reverse

from opale.acts.declarations import Place, Subject
from opale.customers.models import Offering
from opale.customers.queries.plan_tables import offering_name
from opale.delivery.orders.models import Order
from opale.delivery.orders.queries import get_order
from opale.delivery.orders.states import OrderState
from opale.delivery.projects.acts.project_facts import project_facts
from opale.delivery.projects.models import (
    ActionItem,
    Deliverable,
    Evidence,
    Gate,
    Project,
    Risk,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import deliverables, follow_up, packages, projects, templates
from opale.delivery.projects.queries.templates import OfferingTemplate
from opale.delivery.projects.shapes import (
    ActionOut,
    DeliverableOut,
    EvidenceOut,
    GateOut,
    NeedOut,
    ProjectOut,
    RiskOut,
    TemplateOut,
    WorkPackageOut,
)
from opale.delivery.projects.states import LIVE
from opale.kernel.actor import Actor


def place_of_plan(project: Project) -> Place:
    return reverse("projects_show", args=[project.number]), project.reference


def place_of_promises(project: Project) -> Place:
    return reverse("projects_promises", args=[project.number]), project.reference


def place_of_proofs(project: Project) -> Place:
    """Return the page of deliverables and gates; on an express delivery, its only page."""
    page = "projects_show" if project.express else "projects_proofs"
    return reverse(page, args=[project.number]), project.reference


def place_of_risks(project: Project) -> Place:
    return reverse("projects_following", args=[project.number]), project.reference


def place_of_needs(need: TechnicalNeed) -> Place:
    url, label = place_of_plan(need.project)
    return f"{url}#needs", label


def get_offering(code: str, *, seen_by: Actor) -> Offering:
    """Return an offering that is delivered by a template. Errors: NotFound."""
    found: OfferingTemplate = templates.template_of(code, seen_by=seen_by)
    return found.offering


def place_of_order(order: Any) -> Place:
    return reverse("orders_show", args=[order.number]), order.reference


def place_of_template(offering: Any) -> Place:
    return reverse("projects_template", args=[offering.code]), offering_name(offering)


ORDER = Subject(
    name="order", model=Order, get=get_order, column="number", shape=ProjectOut,
    page="projects/of-order/<int:order_number>/", home=place_of_order,
    states=frozenset({OrderState.IN_PROGRESS}),
)  # fmt: skip
PROJECT = Subject(
    name="project", model=Project, get=projects.get_project, column="number", shape=ProjectOut,
    page="projects/<int:project_number>/", endpoint="/projects/{int:project_number}",
    rows=projects.projects, home=place_of_plan, states=LIVE, facts=project_facts,
)  # fmt: skip
PACKAGE = Subject(
    name="package", model=WorkPackage, get=packages.get_package, shape=WorkPackageOut,
    within=PROJECT, page="packages/<int:package_id>/",
    endpoint="/work-packages/{int:package_id}", rows=packages.packages,
    home=lambda row: place_of_plan(row.project),
)  # fmt: skip
NEED = Subject(
    name="need", model=TechnicalNeed, get=packages.get_need, shape=NeedOut, within=PROJECT,
    page="needs/<int:need_id>/", endpoint="/projects/{int:project_number}/needs/{int:need_id}",
    home=place_of_needs,
)  # fmt: skip
DELIVERABLE = Subject(
    name="deliverable", model=Deliverable, get=deliverables.get_deliverable, shape=DeliverableOut,
    within=PROJECT, page="deliverables/<int:deliverable_id>/",
    endpoint="/deliverables/{int:deliverable_id}", home=lambda row: place_of_proofs(row.project),
)  # fmt: skip
GATE = Subject(
    name="gate", model=Gate, get=deliverables.get_gate, shape=GateOut, within=PROJECT,
    page="gates/<int:gate_id>/", endpoint="/gates/{int:gate_id}",
    home=lambda row: place_of_proofs(row.project),
)  # fmt: skip
EVIDENCE = Subject(
    name="evidence", model=Evidence, get=deliverables.get_evidence, shape=EvidenceOut,
    within=PROJECT,
    above="gate.project", page="evidences/<int:evidence_id>/",
    endpoint="/evidences/{int:evidence_id}", home=lambda row: place_of_proofs(row.gate.project),
)  # fmt: skip
RISK = Subject(
    name="risk", model=Risk, get=follow_up.get_risk, shape=RiskOut, within=PROJECT,
    page="risks/<int:risk_id>/", endpoint="/risks/{int:risk_id}", rows=follow_up.risks,
    home=lambda row: place_of_risks(row.project),
)  # fmt: skip
ITEM = Subject(
    name="item", model=ActionItem, get=follow_up.get_action, shape=ActionOut, within=PROJECT,
    page="actions/<int:action_item_id>/", endpoint="/project-actions/{int:action_item_id}",
    home=lambda row: place_of_risks(row.project),
)  # fmt: skip
TEMPLATE = Subject(
    name="offering", model=Offering, get=get_offering, column="code", shape=TemplateOut,
    page="project-templates/<slug:offering_code>/",
    endpoint="/project-templates/{slug:offering_code}", home=place_of_template,
)  # fmt: skip

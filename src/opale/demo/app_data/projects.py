"""Demo projects of the orders in progress, with their templates and stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from opale.delivery.orders.models import Order
from opale.delivery.orders.states import OrderState
from opale.delivery.projects.actions import (
    deliverables,
    follow_up,
    order_sync,
    packages,
    placements,
    projects,
    reservations,
    slippage,
    templates,
)
from opale.delivery.projects.domain.template_content import (
    Content,
    Named,
    Result,
    Step,
    content_record,
)
from opale.delivery.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    Party,
    Project,
    WorkPackage,
)
from opale.delivery.projects.queries.default_templates import HANDOVER, VPN
from opale.delivery.projects.queries.managers import candidates
from opale.delivery.projects.queries.packages import (
    needs_of,
    pools_for,
    rest_of_needs,
    rooms_for,
)
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import BEGIN, COMPLETE, START
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.demo.portfolio import ACCESS, NETWORK, Portfolio
from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.organisation.models import Person, Team
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function

K = Team.Kind
CORE: Final = Content(
    size="project",
    steps=(
        *(step for step in VPN.steps if step.key in ("kickoff", "design", "agreed")),
        Step(key="core", en="Create the network in the backbone",
             fr="Créer le réseau dans le cœur", role=K.CORE_INFRASTRUCTURE, skill="BGP", level=4,
             hours=8, days=2, after=("agreed",)),
        Step(key="watched", en="Monitoring of the network", fr="Supervision du réseau",
             role=K.BUILD_ENGINEERING, skill="IP/MPLS", level=3, hours=6, days=1, after=("core",)),
        Step(key="accepted", en="Acceptance of the whole", fr="Recette de bout en bout",
             party="customer", role=K.INTEGRATION_PROJECTS, hours=8, days=2,
             after=("watched", f"{ACCESS}/site")),
        Step(key="end", en="Network handed over", fr="Réseau remis", kind="milestone", days=0,
             after=("accepted",)),
    ),
    deliverables=VPN.deliverables,
    gates=VPN.gates,
)  # fmt: skip
SITE: Final = Content(
    size="project",
    steps=(
        Step(key="eligible", en="Eligibility of the site", fr="Éligibilité du site", kind="check",
             role=K.INTEGRATION_PROJECTS, hours=1, days=2, after=(f"{NETWORK}/kickoff",),
             each=True),
        *(step for step in VPN.steps if step.key == "circuit"),
        Step(key="router", en="Prepare the router", fr="Préparer le routeur", role=K.PROVISIONING,
             skill="IP/MPLS", level=2, hours=6, days=1, after=(f"{NETWORK}/agreed",), each=True),
        *(step for step in VPN.steps if step.key == "fit"),
        Step(key="tested", en="Test of the site", fr="Recette du site", role=K.BUILD_ENGINEERING,
             skill="IP/MPLS", level=3, hours=4, days=1, after=("fit", f"{NETWORK}/core"),
             each=True),
        *(step for step in VPN.steps if step.key == "site"),
    ),
    deliverables=(Result(en="Test report of the sites", fr="Cahier de recette des sites",
                         step="tested"),),
    gates=(HANDOVER,),
)  # fmt: skip
AFTER = ("resources",)
"""The modules that are loaded before this one."""


def load(company: DemoCompany) -> None:
    create_projects(company.staff, company.portfolio, company.now)


@dataclass(frozen=True, slots=True)
class ProjectProgress:
    """The progress of a demo project: its completed steps, and the one in progress."""

    done: tuple[str, ...]
    doing: str = ""


PROGRESS: Final[Mapping[str, ProjectProgress]] = {
    "colo-rack": ProjectProgress(("place", "access"), "power"),
    NETWORK: ProjectProgress(("kickoff", "design"), "agreed"),
    ACCESS: ProjectProgress(("eligible",), "circuit"),
    "host-web": ProjectProgress(("kickoff", "design", "agreed", "platform"), "systems"),
}


def create_projects(staff: Staff, portfolio: Portfolio, now: datetime) -> None:
    """Open the project of each begun order, and advance it to its present progress."""
    for offering in portfolio.offerings:
        if offering.code in (NETWORK, ACCESS):
            content = CORE if offering.code == NETWORK else SITE
            templates.write_template(offering, content_record(content), by=_lead(staff))
    begun = Order.objects.filter(state=OrderState.IN_PROGRESS).select_related("customer")
    for order in begun.order_by("number"):
        _deliver(order, staff, now)


def _lead(staff: Staff) -> Actor:
    return _actor(staff.by_function[Function.PROJECT_MANAGER][0])


def _actor(person: Person) -> Actor:
    return actor_of(person.user) if person.user else system("demo")


def _deliver(order: Order, staff: Staff, now: datetime) -> None:
    began = min(order.ordered_at + timedelta(days=2), now)
    with clock.travel(began - clock.now()):
        project = order_sync.sync_project(order.pk, by=_lead(staff))
        if project is None or order.external_id.endswith("7"):
            return
        first = candidates(project, seen_by=_lead(staff))[0].person
        by = _actor(first)
        projects.assign_manager(project, first, by=by)
        projects.move_project(project, BEGIN, by=by)
    with clock.travel(min(began + timedelta(days=3), now) - clock.now()):
        _prepare(project, staff, by)
    _bring_on(project, by)


def _prepare(project: Project, staff: Staff, by: Actor) -> None:
    """Do the first work of a project manager: people, stock, carriers and a promised day."""
    for need in needs_of(project, seen_by=by):
        for room in rooms_for(need, seen_by=by, since=project.begins_on)[:1]:
            placements.place_need(need, room.item, room.said, by=by, since=project.begins_on)
    needs = list(needs_of(project, seen_by=by))
    rest, offered = rest_of_needs(needs), pools_for(needs)
    wanted = {need.pk: offered[need.pk][0] for need in needs if rest[need.pk] and offered[need.pk]}
    if wanted:
        reservations.reserve_needs(project, wanted, by=by, since=project.begins_on)
    engineers = staff.by_team["Ingénierie BUILD"]
    designs = WorkPackage.objects.filter(project=project, key="design").select_related("project")
    for place, package in enumerate(designs):
        packages.edit_package(package, by=by, person=engineers[2 + place % 4])
    carrier = Supplier.objects.filter(kind=Supplier.Kind.CARRIER).order_by("name").first()
    for package in _circuits(project):
        if package.ends_on is not None:
            slippage.record_carrier_promise(
                package, by=by, promised_on=package.ends_on, supplier=carrier,
                reference=f"CMD-{package.pk:06}",
            )  # fmt: skip
    slippage.create_baseline(project, by=by, note=_said(project, "promised"))


def _circuits(project: Project) -> list[WorkPackage]:
    rows = WorkPackage.objects.filter(project=project, party=Party.CARRIER, kind="wait")
    return list(rows.select_related("project").order_by("position"))


def _bring_on(project: Project, by: Actor) -> None:
    """Advance a project: completed work, a design that was refused once, a carrier that is late."""
    rows = WorkPackage.objects.filter(project=project).select_related(
        "project", "line__offering", "line__service__offering"
    )
    day = today()
    done: dict[int, date] = {}
    doing: dict[int, date] = {}
    for package in rows.order_by("position"):
        offering = package.line.offering if package.line else None
        way = PROGRESS.get(offering.code if offering else "", ProjectProgress(()))
        if package.key in way.done:
            done[package.pk] = min(package.ends_on or day, day)
        elif package.key == way.doing and package.piece <= 1:
            doing[package.pk] = min(package.starts_on or day, day)
    packages.move_packages(project, done, COMPLETE, by=by)
    packages.move_packages(project, doing, START, by=by)
    result = Deliverable.objects.filter(project=project, package__key="design").first()
    if result is None or project.express:
        return
    deliverables.submit_deliverable(result, by=by, place="ged/P/conception-v1.pdf")
    deliverables.refuse_deliverable(result, by=by, reason=_said(project, "refused"))
    deliverables.submit_deliverable(
        result, by=by, place="ged/P/conception-v2.pdf", note=_said(project, "mended")
    )
    circuits = [one for one in _circuits(project) if one.promised_on]
    if len(circuits) > 1 and circuits[1].promised_on is not None:
        slippage.record_carrier_promise(
            circuits[1], by=by, promised_on=circuits[1].promised_on + timedelta(days=16),
            note=_said(project, "slip"),
        )  # fmt: skip
    gate = Gate.objects.filter(project=project).order_by("id").first()
    proof = Evidence.objects.filter(gate=gate).order_by("-id").first()
    if proof is not None:
        deliverables.attach_evidence(proof, by=by, place="ged/P/capacite.pdf")
    follow_up.raise_risk(
        project, by=by, title=_said(project, "risk"), likelihood=3, harm=3, owner=project.manager
    )
    follow_up.add_action(
        project, by=by, title=_said(project, "action"), owner=project.manager,
        due_on=project.begins_on + timedelta(days=30),
    )  # fmt: skip
    follow_up.write_minutes(
        project, by=by, held_on=project.begins_on, title=_said(project, "meeting"),
        present=project.customer.name, text=_said(project, "minutes"),
    )  # fmt: skip


NAMED_REASONS: Final[Mapping[str, Named]] = {
    "promised": Named(en="Confirmed by mail after the kick-off.",
                      fr="Confirmé par courriel après le lancement."),
    "refused": Named(en="The addressing of the second site overlaps with theirs.",
                     fr="L'adressage du deuxième site chevauche le leur."),
    "mended": Named(en="New addressing for all sites.", fr="Adressage refait pour tous les sites."),
    "slip": Named(en="The town moved the road works: no duct before.",
                  fr="Travaux de voirie déplacés par la commune : pas de fourreau avant."),
    "risk": Named(en="The landlord of the second site may refuse the duct.",
                  fr="Le bailleur du deuxième site peut refuser le passage."),
    "action": Named(en="Have the landlord's agreement signed.",
                    fr="Faire signer l'accord du bailleur."),
    "meeting": Named(en="Kick-off", fr="Réunion de lancement"),
    "minutes": Named(en="The sites go live one after the other, the head office first.",
                     fr="Les sites sont mis en service l'un après l'autre, le siège d'abord."),
}  # fmt: skip


def _said(project: Project, what: str) -> str:
    text = NAMED_REASONS[what]
    return text.fr if project.customer.language == "fr" else text.en

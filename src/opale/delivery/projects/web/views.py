"""Pages of a project: plan or checklist, proofs, promises and follow-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opale.delivery.projects.actions import reservations
from opale.delivery.projects.listings.projects import TONES, line_of
from opale.delivery.projects.models import (
    Baseline,
    PackageLink,
    Project,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries import (
    deliverables,
    follow_up,
    health,
    packages,
    projects,
    slippage,
    workdays,
)
from opale.delivery.projects.queries import explanations as explanation_queries
from opale.delivery.projects.queries.held_days import HeldDays, off_plan
from opale.delivery.projects.rights import READ, WORK
from opale.delivery.projects.states import LIVE, DeliverableState, PackageState, ProjectState
from opale.delivery.projects.web import explanations, gantt
from opale.delivery.projects.web.plan_groups import PlanGroup, group_packages
from opale.delivery.resources.states import OPEN as OPEN_REQUESTS
from opale.endpoints.http import ActorRequest, needs
from opale.reservations.models import Reservation
from opale.reservations.queries.units import ReservedThing
from opale.ui import keyset
from opale.ui.components.lists import Tab, chips_of

IN_ORDER = keyset.Order(("position", "id"))
DRAWN = 150
W, D = PackageState, DeliverableState
PACKAGE_TONES = {W.TODO: "new", W.DOING: "active", W.DONE: "done", W.DROPPED: "closed"}
DELIVERABLE_TONES = {
    D.DUE: "new",
    D.SUBMITTED: "waiting",
    D.ACCEPTED: "done",
    D.REFUSED: "bad",
    D.DROPPED: "closed",
}


@require_GET
@needs(READ)
def show(request: ActorRequest, project_number: int) -> HttpResponse:
    """Show the plan: the chart and packages of a project, or the checklist of an express
    delivery."""
    project = projects.get_project(project_number, seen_by=request.actor)
    context = page_context(request, project, "plan")
    context |= _checklist(request, project) if project.express else _plan(request, project)
    return _drawn(request, context, "checklist" if project.express else "plan")


def page_context(request: ActorRequest, project: Project, tab: str) -> dict[str, Any]:
    """Return the context that all pages of a project share."""
    number = project.number
    names = [
        (
            "plan",
            pgettext("of a project", "Delivery") if project.express else _("Plan"),
            "projects_show",
        )
    ]
    if not project.express:
        names.append(("proofs", _("Deliverables and gates"), "projects_proofs"))
    names += [
        ("promises", _("Customer dates and slips"), "projects_promises"),
        ("following", _("Risks, actions, minutes"), "projects_following"),
    ]
    return {
        "project": project,
        "line": line_of(project),
        "tone": TONES[ProjectState(project.state)],
        "tabs": [
            Tab(label, reverse(url, args=[number]), name == tab) for name, label, url in names
        ],
        "tab": tab,
        "may_work": project.state in LIVE and request.actor.can(WORK),
        "standing": [explanations.STANDING[code] for code in health.health_reasons_of(project)],
        "own_url": request.get_full_path(),
    }


@dataclass(frozen=True, slots=True)
class Row:
    """A package with its predecessors, its promised dates and its resource request. `off` are the
    days on which its hours are reserved, where these are not the planned ones."""

    package: WorkPackage
    tone: str
    waits: str
    slack: str
    was_on: date | None
    holds: bool
    off: HeldDays | None
    moved: bool
    asks: bool
    asked: bool


Waits = Mapping[int, list[PackageLink]]
"""The links to the predecessors of each package, by its key."""


def _rows(found: list[WorkPackage], waits: Waits, baseline: Baseline | None) -> dict[int, Row]:
    rows = {}
    off = off_plan(found)
    for one in found:
        frozen = baseline.dates_of(one.pk) if baseline else None
        asked = one.request is not None and one.request.state in OPEN_REQUESTS
        rows[one.pk] = Row(
            package=one,
            tone=PACKAGE_TONES[W(one.state)],
            waits=", ".join(_named(link.before, one) for link in waits.get(one.pk, ())),
            slack=explanations.slack(one),
            was_on=date.fromisoformat(frozen[1]) if frozen else None,
            holds=reservations.is_holding(one.reservation),
            off=off.get(one.pk),
            asks=bool(one.role and one.hours) and not one.person and not asked,
            asked=asked,
            moved=bool(frozen and one.ends_on and one.ends_on.isoformat() > frozen[1]),
        )
    return rows


def _named(before: WorkPackage, package: WorkPackage) -> str:
    """Return the name of a predecessor, with its site where that is another one."""
    return before.name if before.site == package.site else before.title


@dataclass(frozen=True, slots=True)
class GroupRows:
    """A group of the plan with the rows of its packages."""

    group: PlanGroup
    rows: list[Row]


def _grouped(
    found: list[WorkPackage],
    waits: Waits,
    baseline: Baseline | None,
    progress: Mapping[int | None, packages.LineProgress],
) -> list[GroupRows]:
    rows = _rows(found, waits, baseline)
    return [
        GroupRows(group, [rows[package.pk] for package in group.packages])
        for group in group_packages(found, progress)
    ]


def _plan(request: ActorRequest, project: Project) -> dict[str, Any]:
    actor = request.actor
    progress = packages.progress_of_lines(project, seen_by=actor)
    sites = {str(one.site_id): one.site_name or "" for one in progress.values() if one.site_id}
    site = request.GET.get("site", "")
    critical = request.GET.get("only") == "critical"
    ahead = request.GET.get("only") == "ahead"
    found = packages.packages_of(
        project,
        seen_by=actor,
        critical=critical,
        ahead=ahead,
        site_id=int(site) if site in sites else None,
    )
    page = keyset.page(found, IN_ORDER, request.GET, DRAWN)
    baseline = slippage.last_baseline(project, seen_by=actor)
    waits = packages.waits_of(page.rows, seen_by=actor)
    groups = _grouped(page.rows, waits, baseline, progress)
    return {
        "left": packages.packages_of_leavers(project, seen_by=actor),
        "page": page,
        "groups": groups,
        "off": [row for one in groups for row in one.rows if row.off],
        "count": found.count(),
        "site_chips": chips_of(request.GET, "site", list(sites.items())) if len(sites) > 1 else [],
        "chips": chips_of(
            request.GET,
            "only",
            [
                ("critical", _("Critical path")),
                ("ahead", pgettext("work packages", "To do")),
            ],
        ),
        "drawing": gantt.draw(
            [one.group for one in groups],
            [link for links in waits.values() for link in links],
            baseline=baseline,
            calendar=workdays.workdays_of(project.calendar),
            today=workdays.today(),
            label=_("Plan of %(project)s") % {"project": project.reference},
        ),
        "needs": _needs(request, project),
        "history": follow_up.history_of(project, seen_by=actor),
    }


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need with its reservation and its named units."""

    need: TechnicalNeed
    held: bool
    place: list[ReservedThing]
    named: bool

    @property
    def reservation(self) -> Reservation | None:
        """The reservation that holds its quantity; None where named units do, or nothing."""
        row = self.need.reservation
        return row if reservations.is_holding(row) else None


def _needs(request: ActorRequest, project: Project) -> list[NeedLine]:
    rows = list(packages.needs_of(project, seen_by=request.actor))
    rest = packages.rest_of_needs(rows)
    return [
        NeedLine(
            need,
            not rest[need.pk],
            packages.place_of(need),
            need.unit in packages.KINDS_OF,
        )
        for need in rows
    ]


def _checklist(request: ActorRequest, project: Project) -> dict[str, Any]:
    actor = request.actor
    found = list(packages.packages_of(project, seen_by=actor))
    return {
        "groups": _grouped(
            found,
            packages.waits_of(found, seen_by=actor),
            slippage.last_baseline(project, seen_by=actor),
            packages.progress_of_lines(project, seen_by=actor),
        ),
        "done": sum(one.state == W.DONE for one in found),
        "total": len(found),
        "needs": _needs(request, project),
        "history": follow_up.history_of(project, seen_by=actor),
        **proofs_of(request, project),
    }


def proofs_of(request: ActorRequest, project: Project) -> dict[str, Any]:
    actor = request.actor
    return {
        "deliverables": [
            (
                one,
                DELIVERABLE_TONES[D(one.state)],
                versions,
                deliverables.is_own_submission(versions[0] if versions else None, actor),
            )
            for one in deliverables.deliverables_of(project, seen_by=actor)
            for versions in [list(one.versions.all())]
        ],
        "gates": [
            (gate, proofs, all(proof.given_at for proof in proofs))
            for gate in deliverables.gates_of(project, seen_by=actor)
            for proofs in [list(gate.evidences.all())]
        ],
    }


@require_GET
@needs(READ)
def proofs(request: ActorRequest, project_number: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    context = page_context(request, project, "proofs") | proofs_of(request, project)
    return _drawn(request, context, "proofs")


@require_GET
@needs(READ)
def promises(request: ActorRequest, project_number: int) -> HttpResponse:
    """Show what the customer was promised, what slipped since, and by whose cause."""
    actor = request.actor
    project = projects.get_project(project_number, seen_by=actor)
    late = slippage.late_packages(project, seen_by=actor)
    slips = list(slippage.slips_of(project, seen_by=actor)[:100])
    by_cause: dict[str, int] = {}
    for slip in slips:
        label = slip.get_cause_display()
        by_cause[label] = by_cause.get(label, 0) + slip.days
    context = page_context(request, project, "promises") | {
        "baselines": list(slippage.baselines_of(project, seen_by=actor)[:50]),
        "late": late,
        "unsaid": sum(one.unsaid for one in late),
        "slips": slips,
        "by_cause": sorted(by_cause.items(), key=lambda pair: -pair[1]),
        "carriers": list(slippage.carrier_promises_of(project, seen_by=actor)[:100]),
    }
    return _drawn(request, context, "promises")


@require_GET
@needs(READ)
def following(request: ActorRequest, project_number: int) -> HttpResponse:
    actor = request.actor
    project = projects.get_project(project_number, seen_by=actor)
    day = workdays.today()
    risks = sorted(
        follow_up.risks_of(project, seen_by=actor)[:100],
        key=lambda one: (one.closed_at is not None, -one.weight),
    )
    context = page_context(request, project, "following") | {
        "risks": risks,
        "actions": [
            (one, one.done_at is None and one.due_on is not None and one.due_on < day)
            for one in sorted(
                follow_up.actions_of(project, seen_by=actor)[:200],
                key=lambda one: (one.done_at is not None, one.due_on or date.max, one.pk),
            )
        ],
        "minutes": list(follow_up.minutes_of(project, seen_by=actor)[:50]),
    }
    return _drawn(request, context, "following")


def _drawn(request: ActorRequest, context: dict[str, Any], part: str) -> HttpResponse:
    context["part"] = f"projects/_{part}.html"
    template = "projects/_project.html" if request.htmx else "projects/show.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def why(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    """Show why a date is what it is: the chain of causes, the nearest first."""
    project = projects.get_project(project_number, seen_by=request.actor)
    package = packages.get_package(package_id, seen_by=request.actor, project=project)
    causes = [
        (cause, explanations.because(cause), explanations.takes(cause), explanations.closed(cause))
        for cause in explanation_queries.explain_dates(package, seen_by=request.actor)
    ]
    context = {"project": project, "package": package, "causes": causes}
    template = "projects/_why.html" if request.htmx else "projects/why.html"
    return render(request, template, context)

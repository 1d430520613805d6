"""Endpoints of projects, their work packages, promises and slips."""

from typing import Annotated, Any, Literal

from django.db.models import Value
from ninja import Query, Router, Schema
from pydantic import Field

from opale.delivery.projects.actions import packages
from opale.delivery.projects.listings.managers import PROJECT_MANAGERS
from opale.delivery.projects.listings.projects import PROJECTS
from opale.delivery.projects.models import (
    Baseline,
    CarrierPromise,
    PackageLink,
    Project,
    Slip,
    WorkPackage,
)
from opale.delivery.projects.queries import managers, projects, slippage
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.rights import CONTRIBUTE, READ, WORK
from opale.delivery.projects.shapes import (
    BaselineOut,
    CarrierPromiseOut,
    LinkOut,
    MovedPackageOut,
    ProjectManagerOut,
    ProjectOut,
    SlipOut,
    WorkPackageOut,
)
from opale.delivery.projects.states import MOVES_OF_PACKAGES
from opale.endpoints.auth import may
from opale.endpoints.fields import Day
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person, get_skill

router = Router(tags=["projects"])

Name = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=300)]
PartyName = Literal["us", "customer", "carrier", "stock"]
KindName = Literal["work", "wait", "appointment", "check", "milestone"]
Days = Annotated[int, Field(ge=0, le=2000)]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Wait(Schema):
    """Another work package of the project, and the working days between."""

    id: RowId
    lag: Days = 0


class PackageChanges(Schema):
    """`after`: all that it waits for. Where a day was promised, a later end has a `cause`."""

    name_en: Name = ""
    name_fr: Name = ""
    kind: KindName = "work"
    party: PartyName = "us"
    role: Annotated[str, Field(max_length=40)] = ""
    skill_id: RowId | None = None
    level: Annotated[int, Field(ge=0, le=5)] = 0
    hours: Annotated[float, Field(ge=0, le=10_000)] = 0
    days: Days = 1
    not_before: Day | None = None
    person_id: RowId | None = None
    after: Annotated[list[Wait], Field(max_length=500)] | None = None
    cause: PartyName | None = None
    note: Note = ""


class MoveIn(Schema):
    """The day on which it happened; today where it is not said."""

    on: Day | None = None


list_endpoint(
    router,
    "/projects",
    PROJECTS,
    ProjectOut,
    name="list_projects",
    text="The portfolio, newest first.",
)


list_endpoint(
    router,
    "/project-managers",
    PROJECT_MANAGERS,
    ProjectManagerOut,
    name="list_project_managers",
    text="Who leads projects, with what they lead and how much of their time is booked.",
    items=lambda rows, actor: [
        ProjectManagerOut.of(line) for line in managers.with_load(rows, actor)
    ],
)


@router.get("/projects/{int:project_number}", response=ProjectOut, auth=may(READ))
def get_project(request: ActorRequest, project_number: int) -> Project:
    return projects.get_project(project_number, seen_by=request.actor)


@router.get(
    "/projects/{int:project_number}/work-packages", response=Page[WorkPackageOut], auth=may(READ)
)
def list_work_packages(
    request: ActorRequest, project_number: int, window: Query[Window], critical: bool = False
) -> Slice[WorkPackage]:
    """In their order; `critical`: those that decide the end."""
    project = projects.get_project(project_number, seen_by=request.actor)
    found = package_queries.packages_of(project, seen_by=request.actor, critical=critical)
    return page(found, window, "position", "id")


@router.get("/projects/{int:project_number}/links", response=Page[LinkOut], auth=may(READ))
def list_package_links(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[PackageLink]:
    """Which work package waits for which."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(package_queries.links_of(project, seen_by=request.actor), window, "id")


@router.get("/work-packages/{int:package_id}", response=WorkPackageOut, auth=may(READ))
def get_work_package(request: ActorRequest, package_id: int) -> WorkPackage:
    return package_queries.get_package(package_id, seen_by=request.actor)


@router.patch("/work-packages/{int:package_id}", response=WorkPackageOut, auth=may(WORK))
def edit_work_package(request: ActorRequest, package_id: int, body: PackageChanges) -> WorkPackage:
    """A cycle is refused with its names."""
    rows = package_queries.packages(seen_by=request.actor).filter(pk=package_id)
    with unless_changed(request, rows, WorkPackageOut) as package:
        said = _columns(body.dict(exclude_unset=True), request.actor)
        said.pop("after", None)
        after = None if body.after is None else {one.id: one.lag for one in body.after}
        packages.edit_package(
            package,
            by=request.actor,
            after=after,
            cause=said.pop("cause", None) or "",
            note=said.pop("note", ""),
            **said,
        )
    return package_queries.get_package(package_id, seen_by=request.actor)


def _columns(said: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return the columns for the actions, with rows for ids."""
    if "skill_id" in said:
        skill_id = said.pop("skill_id")
        said["skill"] = get_skill(skill_id, seen_by=actor) if skill_id is not None else None
    if "person_id" in said:
        person_id = said.pop("person_id")
        said["person"] = get_person(person_id, seen_by=actor) if person_id is not None else None
    return said


@router.post(
    "/work-packages/{int:package_id}/moves/{package_move}",
    response=MovedPackageOut,
    auth=may(CONTRIBUTE),
)
def move_work_package(
    request: ActorRequest,
    package_id: int,
    package_move: Literal["start", "complete", "reopen", "drop"],
    body: MoveIn,
) -> WorkPackage:
    """What is done or dropped holds nothing for the days after it; what is opened again holds that
    again, or says in `not_held` why it cannot."""
    package = package_queries.get_package(package_id, seen_by=request.actor)
    move = MOVES_OF_PACKAGES[package_move]
    lost = packages.move_package(package, move, by=request.actor, on=body.on)
    rows = package_queries.packages(seen_by=request.actor).annotate(not_held=Value(lost))
    return rows.get(pk=package.pk)


@router.get("/projects/{int:project_number}/baselines", response=Page[BaselineOut], auth=may(READ))
def list_baselines(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Baseline]:
    """What was promised to the customer, the last promise first."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(slippage.baselines_of(project, seen_by=request.actor), window, "-number")


@router.get("/projects/{int:project_number}/slips", response=Page[SlipOut], auth=may(READ))
def list_project_slips(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Slip]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(slippage.slips_of(project, seen_by=request.actor), window, "-said_at", "-id")


@router.get(
    "/projects/{int:project_number}/carrier-promises",
    response=Page[CarrierPromiseOut],
    auth=may(READ),
)
def list_carrier_promises(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[CarrierPromise]:
    project = projects.get_project(project_number, seen_by=request.actor)
    found = slippage.carrier_promises_of(project, seen_by=request.actor)
    return page(found, window, "-said_at", "-id")

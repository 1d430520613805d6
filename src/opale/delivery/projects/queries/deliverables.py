"""Queries of deliverables with their versions, and of gates with their evidences."""

from opale.delivery.projects.models import (
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
    Project,
    ProjectsQuerySet,
)
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound


def deliverables(*, seen_by: Actor) -> ProjectsQuerySet[Deliverable]:
    return Deliverable.objects.visible_to(seen_by).select_related("project", "package__line__site")


def deliverables_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Deliverable]:
    return deliverables(seen_by=seen_by).filter(project=project).prefetch_related("versions")


def get_deliverable(
    deliverable_id: int, *, seen_by: Actor, project: Project | None = None
) -> Deliverable:
    """Errors: NotFound."""
    rows = deliverables(seen_by=seen_by).filter(pk=deliverable_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def versions_of(
    deliverable: Deliverable, *, seen_by: Actor
) -> ProjectsQuerySet[DeliverableVersion]:
    return DeliverableVersion.objects.visible_to(seen_by).filter(deliverable=deliverable)


def is_own_submission(last: DeliverableVersion | None, actor: Actor) -> bool:
    """Return whether a person submitted this last version, which somebody else has to decide."""
    if last is None or last.accepted is not None or actor.person_id is None:
        return False
    return last.given_by == actor.signature


def gates_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Gate]:
    rows = Gate.objects.visible_to(seen_by).filter(project=project)
    return rows.select_related("project").prefetch_related("evidences")


def get_gate(gate_id: int, *, seen_by: Actor, project: Project | None = None) -> Gate:
    """Errors: NotFound."""
    rows = Gate.objects.visible_to(seen_by).select_related("project").filter(pk=gate_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def get_evidence(evidence_id: int, *, seen_by: Actor, project: Project | None = None) -> Evidence:
    """Errors: NotFound."""
    rows = Evidence.objects.visible_to(seen_by).select_related("gate__project")
    rows = rows.filter(pk=evidence_id)
    found = (rows.filter(gate__project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found

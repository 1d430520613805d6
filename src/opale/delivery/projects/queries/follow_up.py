"""Queries of risks, action items, minutes and the project's history."""

from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.customers.queries.customers import PEOPLE
from opale.delivery.projects.models import (
    ActionItem,
    Minutes,
    Project,
    ProjectsQuerySet,
    Risk,
    WorkPackage,
)
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, merged_revisions, revisions

NEWEST: Final = 30


def risks(*, seen_by: Actor) -> ProjectsQuerySet[Risk]:
    return Risk.objects.visible_to(seen_by).select_related("owner", "project")


def risks_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Risk]:
    return risks(seen_by=seen_by).filter(project=project)


def get_risk(risk_id: int, *, seen_by: Actor, project: Project | None = None) -> Risk:
    """Errors: NotFound."""
    rows = risks(seen_by=seen_by).filter(pk=risk_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def actions_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[ActionItem]:
    rows = ActionItem.objects.visible_to(seen_by).filter(project=project)
    return rows.select_related("owner", "project")


def get_action(action_id: int, *, seen_by: Actor, project: Project | None = None) -> ActionItem:
    """Errors: NotFound."""
    rows = ActionItem.objects.visible_to(seen_by).select_related("owner", "project")
    rows = rows.filter(pk=action_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def minutes_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Minutes]:
    return Minutes.objects.visible_to(seen_by).filter(project=project)


def history_of(project: Project, *, seen_by: Actor) -> list[Revision]:
    """Return the revisions of a project and its packages, newest first, with names for readers who
    may see them."""
    if not seen_by.can(PEOPLE):
        return []
    parts = revisions(
        WorkPackage,
        limit=NEWEST,
        kind=_("a task"),
        called="name_fr" if (get_language() or "").startswith("fr") else "name_en",
        project_id=project.pk,
    )
    return merged_revisions(revisions(Project, limit=NEWEST, id=project.pk), parts, limit=NEWEST)

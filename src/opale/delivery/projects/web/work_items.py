"""Tasks of a person, and what a project manager's projects need."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.delivery.projects import rights
from opale.delivery.projects.actions.plans import LIST
from opale.delivery.projects.models import WorkPackage
from opale.delivery.projects.queries import attention
from opale.delivery.projects.queries.packages import packages
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import AHEAD, LIVE, PackageState
from opale.delivery.projects.web.attention import ICONS, reason_of, subject_of, url_of
from opale.kernel.actor import Actor
from opale.ui.components.lists import region_id
from opale.ui.work_items import Source, Urgency, WorkItem, end_of, urgency_of


def own_tasks(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the tasks of live projects that are assigned to the actor, the next to end first."""
    if actor.person_id is None:
        return
    rows = packages(seen_by=actor).filter(
        person=actor.person_id, state__in=AHEAD, project__state__in=LIVE
    )
    for task in rows.order_by("ends_on", "pk")[:limit]:
        due = end_of(task.ends_on)
        yield WorkItem(
            thing=f"projects.package:{task.pk}",
            kind=_("Task"),
            icon="checklist",
            name=f"{task.project.reference} · {task.title}",
            url=f"{reverse('projects_show', args=[task.project.number])}#{region_id(task, 'line')}",
            urgency=urgency_of(due, at),
            reason=_state_of(task),
            due=due,
            note=str(task.project.customer),
        )


def _state_of(task: WorkPackage) -> str:
    if task.state == PackageState.DOING:
        return _("in progress")
    if task.starts_on is not None and task.starts_on <= today():
        return _("starts today") if task.starts_on == today() else _("should have started")
    return _("planned")


def projects_to_attend(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return what the projects that the actor manages need, the nearest day first."""
    day = today()
    for one in attention.attention_items(seen_by=actor)[:limit]:
        late = one.kind in ("promise", "late", "milestone") or (
            one.kind == "action" and one.on < day
        )
        due = end_of(one.on)
        yield WorkItem(
            thing=_thing(one),
            kind=_("Project"),
            icon=ICONS[one.kind],
            name=subject_of(one),
            url=url_of(one),
            urgency=Urgency.LATE if late else Urgency.ANSWER,
            reason=reason_of(one, day),
            due=due,
            note=str(one.project.customer) if one.project else "",
        )


def _thing(one: attention.AttentionItem) -> str:
    """Return the name of the thing, by which a task of one's own is listed once."""
    if one.package is not None:
        return f"projects.package:{one.package.pk}"
    if one.request is not None:
        return f"resources.request:{one.request.pk}"
    row = one.deliverable or one.action or one.reservation or one.project
    return f"projects.{one.kind}:{row.pk if row else 0}"


SOURCES = (
    Source("projects.tasks", rights.READ, own_tasks, LIST),
    Source("projects.attention", rights.WORK, projects_to_attend, LIST),
)

"""Actions of a project's risks, action items and minutes.

Source: docs/rules/projects.md, "Follow-up".
"""

from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.delivery.projects.actions.plans import lock_project, publish_project, replan
from opale.delivery.projects.models import ActionItem, Minutes, Project, Risk
from opale.delivery.projects.rights import CONTRIBUTE
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotFound
from opale.organisation.models import Person

LONGEST_TEXT: Final = 20_000
RISK_FIELDS: Final = frozenset({"title", "likelihood", "harm", "response", "owner"})


def raise_risk(project: Project, *, by: Actor, **fields: Any) -> Risk:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(project, by=by)
        _check_risk(fields)
        made = Risk.objects.create(project=held, **fields)
        replan(held, by=by)
    return made


def edit_risk(risk: Risk, *, by: Actor, closed: bool | None = None, **fields: Any) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(risk.project, by=by)
        row = Risk.objects.filter(pk=risk.pk, project=held).first()
        if row is None:
            raise NotFound
        _check_risk({"title": row.title, **fields})
        if closed is not None and closed != (row.closed_at is not None):
            fields["closed_at"] = clock.now() if closed else None
        if update_changed(row, fields):
            replan(held, by=by)


def add_action(
    project: Project,
    *,
    by: Actor,
    title: str,
    owner: Person | None = None,
    due_on: date | None = None,
) -> ActionItem:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(project, by=by)
        made = ActionItem.objects.create(
            project=held, title=_said(title, "title", 300), owner=owner, due_on=due_on
        )
        publish_project(held)
    return made


def settle_action(
    item: ActionItem, *, by: Actor, done: bool = True, at: datetime | None = None
) -> None:
    """Mark an action item as done, or as not done. Errors: NotFound, NotAllowed, IllegalMove."""
    with attributed(by):
        held = lock_project(item.project, by=by, right=CONTRIBUTE)
        row = ActionItem.objects.filter(pk=item.pk, project=held).first()
        if row is None:
            raise NotFound
        if done != (row.done_at is not None):
            row.done_at = (at or clock.now()) if done else None
            row.save(update_fields=["done_at"])
            publish_project(held)


def write_minutes(
    project: Project, *, by: Actor, held_on: date, title: str, text: str, present: str = ""
) -> Minutes:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    with attributed(by):
        held = lock_project(project, by=by)
        made = Minutes.objects.create(
            project=held,
            held_on=held_on,
            title=_said(title, "title", 200),
            present=present.strip()[:300],
            text=_said(text, "text", LONGEST_TEXT),
            written_by=by.signature,
        )
        publish_project(held)
    return made


def _check_risk(fields: dict[str, Any]) -> None:
    if unknown := set(fields) - RISK_FIELDS:
        raise Invalid(
            **dict.fromkeys(sorted(unknown), _("This field of a risk cannot be changed."))
        )
    fields["title"] = _said(str(fields.get("title", "")), "title", 300)
    for name in ("likelihood", "harm"):
        if not 1 <= fields.get(name, 1) <= 5:
            raise Invalid(**{name: _("From 1 to 5.")})
    if len(fields.get("response", "")) > LONGEST_TEXT:
        raise Invalid(response=_("Give at most %(limit)s characters.") % {"limit": LONGEST_TEXT})


def _said(text: str, field: str, longest: int) -> str:
    found = text.strip()
    if not found:
        raise Invalid(**{field: _("Enter some text.")})
    if len(found) > longest:
        raise Invalid(**{field: _("Give at most %(limit)s characters.") % {"limit": longest}})
    return found

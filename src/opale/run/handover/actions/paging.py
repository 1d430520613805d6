"""Paging for unaccepted work and for watches, by the escalation policies.

Source: docs/rules/handover.md, "The clock", and docs/rules/paging.md, "What starts one".
"""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from opale.kernel.actor import Actor
from opale.run.handover.models import Handover, HandoverItem, WatchItem
from opale.run.handover.states import UNACCEPTED
from opale.run.paging.actions.answers import end_calls_about
from opale.run.paging.actions.mobilisations import start_mobilisations
from opale.run.paging.ports import Subject


def page_for_work(
    held: Handover, stage: str, *, tickets: int, priority: int, by: Actor, at: datetime
) -> None:
    """Page for unaccepted work once a stage, by the policy that matches."""
    subject = Subject(
        about=held.topic,
        trigger="handover",
        title=_title(held, tickets),
        path=reverse("handover_show", args=[held.pk]),
        reason=stage,
        occasion=stage,
        priority=priority,
        team_id=held.team_id,
    )
    start_mobilisations([subject], by=by, at=at)


def stop_paging_when_accepted(held: Handover, *, by: Actor, at: datetime) -> None:
    """Stop paging for a handover of which everything is accepted."""
    if not HandoverItem.objects.filter(handover=held, state__in=sorted(UNACCEPTED)).exists():
        end_calls_about([held.topic], by=by, at=at)


def page_for_watch(watch: WatchItem, *, by: Actor, at: datetime) -> bool:
    """Page for a watch; return whether a policy matches."""
    subject = Subject(
        about=watch.about,
        trigger="watch",
        title=watch.text,
        path=reverse("handover_watches"),
        team_id=watch.calls_id,
    )
    return bool(start_mobilisations([subject], by=by, at=at))


def _title(held: Handover, tickets: int) -> str:
    company = held.team.company
    with translation.override(company.language if company else "fr"):
        zone = company.time_zone if company else "UTC"
        with timezone.override(zone):
            at = date_format(timezone.localtime(held.ends_at), "H:i")
        return ngettext(
            "%(count)s ticket not accepted at the %(at)s handover",
            "%(count)s tickets not accepted at the %(at)s handover",
            tickets,
        ) % {"count": tickets, "at": at}

"""Automations that fail: after several failures in a row Opale disables them."""

from typing import Final

from django.db.models import F
from django.urls import reverse
from django.utils.translation import override

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.notifications.actions.notify import notify
from opale.run.automations.actions.authors import people_who_write
from opale.run.automations.models import Automation, RecurringTicket
from opale.run.automations.notification_kinds import RECURRING_STOPPED, STOPPED
from opale.run.automations.states import MAX_FAILURES, Stopped

OPALE = system("automations")
KINDS: Final = {Automation: STOPPED, RecurringTicket: RECURRING_STOPPED}
PAGES: Final = {Automation: "automations_show", RecurringTicket: "automations_recurring"}


def count_failure(automation: Automation | RecurringTicket, reason: str) -> None:
    """Count a failure; the fifth in a row disables the automation, and people are told."""
    rows = type(automation)._default_manager.filter(pk=automation.pk)
    rows.update(failures=F("failures") + 1)
    if rows.filter(failures__gte=MAX_FAILURES).exists():
        disable_by_itself(automation, Stopped.FAILURES, reason)


def forget_failures(automation: Automation | RecurringTicket) -> None:
    type(automation)._default_manager.filter(pk=automation.pk, failures__gt=0).update(failures=0)


def disable_by_itself(
    automation: Automation | RecurringTicket, why: Stopped, detail: str = ""
) -> None:
    """Disable an automation in the name of Opale, and notify its author and whoever may mend it."""
    with attributed(OPALE):
        rows = type(automation)._default_manager.filter(pk=automation.pk, active=True)
        disabled = rows.update(active=False, stopped=why)
        if not disabled:
            return
        with override(automation.author_language):
            notify(
                KINDS[type(automation)],
                [automation.author, *people_who_write()],
                thing=automation.live_topic,
                url=reverse(PAGES[type(automation)], args=[automation.pk]),
                values={"name": automation.name, "reason": detail or str(why.label)},
                by=OPALE,
            )

"""Automations that fail: after several failures in a row Opale disables them."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import override

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.notifications.actions.notify import notify
from opale.run.automations.models import Automation
from opale.run.automations.notification_kinds import STOPPED
from opale.run.automations.states import MAX_FAILURES, Stopped

OPALE = system("automations")


def count_failure(automation: Automation, reason: str) -> None:
    """Count a failure; the fifth in a row disables the automation and notifies its author."""
    rows = Automation.objects.filter(pk=automation.pk)
    rows.update(failures=F("failures") + 1)
    if rows.filter(failures__gte=MAX_FAILURES).exists():
        disable_by_itself(automation, Stopped.FAILURES, reason)


def forget_failures(automation: Automation) -> None:
    Automation.objects.filter(pk=automation.pk, failures__gt=0).update(failures=0)


def disable_by_itself(automation: Automation, why: Stopped, detail: str = "") -> None:
    """Disable an automation in the name of Opale, and notify its author."""
    with attributed(OPALE):
        disabled = Automation.objects.filter(pk=automation.pk, active=True).update(
            active=False, stopped=why
        )
        if not disabled:
            return
        with override(automation.author_language):
            notify(
                STOPPED,
                [automation.author],
                thing=f"automations.automation:{automation.pk}",
                url=reverse("automations_show", args=[automation.pk]),
                values={"name": automation.name, "reason": detail or str(why.label)},
                by=OPALE,
            )

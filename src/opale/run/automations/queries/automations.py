"""Automations and their runs, as an actor sees them."""

from collections.abc import Sequence

from django.db.models import Count, Max, Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.run.automations.models import Automation, AutomationQuerySet, AutomationRun
from opale.run.automations.rights import READ
from opale.run.automations.states import ACTED, SHOWN, Trigger
from opale.run.desk.models import DeskQuerySet


def automations(
    *, seen_by: Actor, text: str = "", removed: bool = False
) -> AutomationQuerySet[Automation]:
    """Return the automations whose name has all words of a text, with the count of their runs."""
    found = Automation.objects.visible_to(seen_by).filter(removed_at__isnull=not removed)
    for word in text.split():
        found = found.filter(name__unaccent__icontains=word)
    return found.annotate(
        times=Count("runs", filter=Q(runs__state__in=ACTED)),
        last_run_at=Max("runs__at", filter=Q(runs__state__in=SHOWN)),
    )


def get_automation(automation_id: int, *, seen_by: Actor, removed: bool = False) -> Automation:
    """Errors: NotFound."""
    rows = automations(seen_by=seen_by, removed=removed).select_related("author__user")
    found = rows.filter(pk=automation_id).first()
    if found is None:
        raise NotFound
    return found


def runs(
    automation: Automation | None = None, *, seen_by: Actor, state: str = ""
) -> DeskQuerySet[AutomationRun]:
    """Return the runs on the tickets that the actor sees, of one automation or of all."""
    found = AutomationRun.objects.visible_to(seen_by).filter(state__in=SHOWN)
    if not seen_by.can(READ):
        return found.none()
    if automation is not None:
        found = found.filter(automation=automation)
    return found.filter(state=state) if state else found


def get_run(run_id: int, *, seen_by: Actor) -> AutomationRun:
    """Errors: NotFound."""
    rows = runs(seen_by=seen_by).select_related("ticket", "automation")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


@cached(1)
def _triggers_in_use() -> frozenset[str]:
    return frozenset(Automation.objects.filter(active=True).values_list("trigger", flat=True))


def is_in_use(trigger: Trigger) -> bool:
    """Return whether any enabled automation has this trigger: most facts start none."""
    return trigger in _triggers_in_use()


def enabled_automations(trigger: Trigger) -> Sequence[Automation]:
    """Return the enabled automations of a trigger, in the order in which they run."""
    rows = Automation.objects.filter(active=True, trigger=trigger).order_by("pk")
    return list(rows.select_related("author__user"))


def chain_of(fact_id: int) -> list[int]:
    """Return the automations that led to a fact, the last one last; none where a person did."""
    caused_by = AutomationRun.objects.filter(facts__contains=[fact_id]).first()
    return list(caused_by.chain) if caused_by else []

"""Macros that an actor can find. Source: docs/rules/macros.md."""

from django.db.models import F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import DeskQuerySet, Macro, MacroRun, MacroUse, Ticket
from opale.run.desk.queries.text_modules import TeamUse, counted_since
from opale.run.desk.rights import CONSOLE

OFFERED = 9


def macros(*, seen_by: Actor, retired: bool = False) -> DeskQuerySet[Macro]:
    """Return the shared macros and the actor's own, with the number of runs in the last three
    months."""
    rows = Macro.objects.visible_to(seen_by)
    if not seen_by.can(CONSOLE):
        return rows.none()
    rows = rows.filter(Q(person=None) | Q(person_id=seen_by.person_id or 0))
    if not retired:
        rows = rows.filter(retired_at=None)
    return rows.annotate(times=_times(), last_at=_last_at())


def get_macro(macro_id: int, *, seen_by: Actor) -> Macro:
    """Errors: NotFound, hidden and missing alike."""
    found = macros(seen_by=seen_by, retired=True).filter(pk=macro_id).first()
    if found is None:
        raise NotFound
    return found


def offered_macros(ticket: Ticket, *, seen_by: Actor) -> list[Macro]:
    """Return the macros that apply to the ticket, the most run first."""
    rows = macros(seen_by=seen_by).filter(Q(only_kind="") | Q(only_kind=ticket.kind))
    rows = rows.filter(most_priority__lte=ticket.priority)
    if ticket.owner_id != seen_by.person_id:
        rows = rows.filter(only_mine=False)
    return list(rows.order_by(F("times").desc(), "pk")[:OFFERED])


def uses_of_macro(macro: Macro) -> list[TeamUse]:
    """Return how often each team ran the macro in the last three months, the most first."""
    rows = MacroUse.objects.filter(macro=macro, month__gte=counted_since())
    summed = rows.values("team__name").annotate(ran=Sum("times"), last=Max("last_at"))
    return [
        TeamUse(row["team__name"] or "", row["ran"], row["last"])
        for row in summed.order_by("-ran", "team__name")
    ]


def get_macro_run(run_id: int, *, seen_by: Actor) -> MacroRun:
    """Errors: NotFound."""
    rows = MacroRun.objects.visible_to(seen_by).select_related("ticket", "macro")
    found = rows.filter(pk=run_id).first() if seen_by.can(CONSOLE) else None
    if found is None:
        raise NotFound
    return found


def _times() -> Coalesce:
    rows = MacroUse.objects.filter(macro=OuterRef("pk"), month__gte=counted_since()).order_by()
    return Coalesce(Subquery(rows.values("macro").annotate(n=Sum("times")).values("n")), 0)


def _last_at() -> Subquery:
    rows = MacroUse.objects.filter(macro=OuterRef("pk"))
    return Subquery(rows.order_by("-last_at").values("last_at")[:1])

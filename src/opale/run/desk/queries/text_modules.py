"""Text modules that an actor can find, and their text filled in for a ticket.

Source: docs/rules/text-modules.md.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import formats, translation
from django.utils.translation import gettext as _

from opale.customers.models import Measure
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Membership
from opale.organisation.queries.reference import home_zone
from opale.run.desk.domain.text_variables import FilledText, fill_variables
from opale.run.desk.models import (
    Commitment,
    DeskQuerySet,
    ExternalReference,
    TextModule,
    TextModuleUse,
    Ticket,
)
from opale.run.desk.queries.answers import promised_update
from opale.run.desk.queries.official_sentences import sentence_of
from opale.run.desk.rights import CONSOLE
from opale.ui import zone_names
from opale.ui.markdown_text import escape_markdown
from opale.ui.palette import without_accents

OFFERED = 9
"""The number of modules in the picker: each has a digit."""
MATCHING = 200
COUNTED_FOR = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class OfferedModule:
    """A module in the picker, filled in for the ticket at hand."""

    module: TextModule
    name: str
    worded: FilledText


@dataclass(frozen=True, slots=True)
class TeamUse:
    team: str
    times: int
    last_at: datetime


def text_modules(
    *, seen_by: Actor, text: str = "", folder: str | None = None, retired: bool = False
) -> DeskQuerySet[TextModule]:
    """Return the shared modules and the actor's own, with the number of uses in the last three
    months."""
    rows = TextModule.objects.visible_to(seen_by)
    if not seen_by.can(CONSOLE):
        return rows.none()
    rows = rows.filter(Q(person=None) | Q(person_id=seen_by.person_id or 0))
    if not retired:
        rows = rows.filter(retired_at=None)
    if folder is not None:
        rows = rows.filter(folder=folder)
    for word in without_accents(text).split():
        rows = rows.filter(searched__contains=word)
    return rows.annotate(times=_times(), last_at=_last_at())


def get_text_module(module_id: int, *, seen_by: Actor) -> TextModule:
    """Errors: NotFound, hidden and missing alike."""
    found = text_modules(seen_by=seen_by, retired=True).filter(pk=module_id).first()
    if found is None:
        raise NotFound
    return found


def uses_of_module(module: TextModule) -> list[TeamUse]:
    """Return how often each team sent the module in the last three months, the most first."""
    rows = TextModuleUse.objects.filter(module=module, month__gte=counted_since())
    summed = rows.values("team__name").annotate(sent=Sum("times"), last=Max("last_at"))
    return [
        TeamUse(row["team__name"] or "", row["sent"], row["last"])
        for row in summed.order_by("-sent", "team__name")
    ]


def folders(*, seen_by: Actor) -> list[str]:
    rows = text_modules(seen_by=seen_by).exclude(folder="").order_by("folder")
    return list(rows.values_list("folder", flat=True).distinct())


def offered_modules(
    ticket: Ticket, *, seen_by: Actor, text: str = "", language: str = "", limit: int = OFFERED
) -> list[OfferedModule]:
    """Return the modules that match the typed text: names that begin with it, then the most
    sent. Their texts are Markdown, in which the values of variables show as they are."""
    language = language or ticket.language
    asked = without_accents(text).strip()
    found = list(
        text_modules(seen_by=seen_by, text=text).order_by(F("times").desc(), "pk")[:MATCHING]
    )
    if asked:
        found.sort(key=lambda module: not without_accents(module.name(language)).startswith(asked))
    values = VariableValues(ticket, language, seen_by)
    return [
        OfferedModule(
            module, module.name(language), fill_variables(module.body(language), values.in_markdown)
        )
        for module in found[:limit]
    ]


def render_module(
    module: TextModule, ticket: Ticket, language: str, *, by: Actor, markdown: bool = False
) -> FilledText:
    """Return the module's text for the ticket, in one language, written by `by`."""
    return render_text(module.body(language), ticket, language, by=by, markdown=markdown)


def render_text(
    text: str, ticket: Ticket, language: str, *, by: Actor, markdown: bool = False
) -> FilledText:
    """Return a text filled in for the ticket; in `markdown`, its values show as they are."""
    values = VariableValues(ticket, language, by)
    return fill_variables(text, values.in_markdown if markdown else values.of)


class VariableValues:
    """The values of the variables on one ticket. Each is read when a text uses it."""

    def __init__(self, ticket: Ticket, language: str, by: Actor) -> None:
        self.ticket, self.language, self.by = ticket, language, by
        self._read: dict[str, str] = {}

    def of(self, name: str) -> str:
        if name not in self._read:
            self._read[name] = READERS[name](self) or ""
        return self._read[name]

    def in_markdown(self, name: str) -> str:
        return escape_markdown(self.of(name))

    def moment(self, at: datetime | None) -> str:
        """Return a moment in the customer's language and time zone, which is named where it shows
        another hour than the provider's."""
        if at is None:
            return ""
        home, customer = home_zone(), self.ticket.customer
        local = at.astimezone(ZoneInfo(customer.time_zone) if customer else home)
        with translation.override(self.language):
            day = formats.date_format(local, "l j F")
            # French writes days and months in lower case, also at the start of a sentence.
            said = {"day": day.lower() if self.language == "fr" else day, "hour": f"{local:%H:%M}"}
            if zone_names.differ(local, home):
                zone = zone_names.zone_name(local, self.language)
                return _("%(day)s at %(hour)s (%(zone)s)") % (said | {"zone": zone})
            return _("%(day)s at %(hour)s") % said


def _asker(values: VariableValues) -> str:
    asker = values.ticket.contact or values.ticket.employee
    return asker.name if asker else ""


def _restore_due(values: VariableValues) -> str:
    rows = Commitment.objects.filter(
        ticket=values.ticket, measure=Measure.RESTORE, assignment=None, met_at=None
    )
    return values.moment(rows.values_list("due_at", flat=True).first())


def _promised(values: VariableValues) -> str:
    promised = promised_update(values.ticket)
    return values.moment(promised if promised and promised > clock.now() else None)


def _sentence(values: VariableValues) -> str:
    said = sentence_of(values.ticket, values.language)
    return said.text if said else ""


def _reference(values: VariableValues) -> str:
    rows = ExternalReference.objects.filter(ticket=values.ticket).order_by("-at")
    return rows.values_list("number", flat=True).first() or ""


READERS: Mapping[str, Callable[[VariableValues], str]] = {
    "number": lambda values: values.ticket.reference,
    "subject": lambda values: values.ticket.subject,
    "contact": _asker,
    "customer": lambda values: values.ticket.customer.name if values.ticket.customer else "",
    "service": lambda values: values.ticket.service.name if values.ticket.service else "",
    "item": lambda values: values.ticket.item.name if values.ticket.item else "",
    "priority": lambda values: f"P{values.ticket.priority}",
    "received": lambda values: values.moment(values.ticket.received_at),
    "wanted": lambda values: values.moment(values.ticket.wanted_at),
    "restore_due": _restore_due,
    "down_since": lambda values: values.moment(values.ticket.outage_from),
    "restored": lambda values: values.moment(values.ticket.restored_at),
    "next_update": _promised,
    "sentence": _sentence,
    "owner": lambda values: values.ticket.owner.name,
    "agent": lambda values: values.by.signature,
    "reference": _reference,
    "cause": lambda values: values.ticket.cause,
}
"""One reader for each of `wording.VARIABLES`."""


def team_of(by: Actor) -> int | None:
    """Return the team that a person's uses count for: the first present membership."""
    if by.person_id is None:
        return None
    rows = Membership.objects.filter(person_id=by.person_id, period__contains=clock.now())
    return rows.order_by("pk").values_list("team_id", flat=True).first()


def known_modules(module_ids: Collection[int], *, seen_by: Actor) -> list[int]:
    """Return those of these modules that the actor may use."""
    rows = text_modules(seen_by=seen_by, retired=True).filter(pk__in=module_ids)
    return sorted(rows.values_list("pk", flat=True))


def counted_since() -> date:
    return (clock.now() - COUNTED_FOR).date().replace(day=1)


def _times() -> Coalesce:
    rows = TextModuleUse.objects.filter(
        module=OuterRef("pk"), month__gte=counted_since()
    ).order_by()
    return Coalesce(Subquery(rows.values("module").annotate(n=Sum("times")).values("n")), 0)


def _last_at() -> Subquery:
    rows = TextModuleUse.objects.filter(module=OuterRef("pk"))
    return Subquery(rows.order_by("-last_at").values("last_at")[:1])

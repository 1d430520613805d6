"""The texts of the desk's mails by occasion, and how they are filled in for a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from opale.customers.models import SupportPlan
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.messaging.domain.mail_addresses import split_address, write_address
from opale.messaging.queries.letterheads import head_in
from opale.messaging.queries.mail_layout import MESSAGE_PLACE, Letter
from opale.organisation.models import Language
from opale.run.desk.domain.mail_occasions import (
    OCCASIONS,
    OCCASIONS_BY_NAME,
    MailTemplate,
    Occasion,
    shipped_template,
)
from opale.run.desk.domain.notices import NOTICE_TYPES_BY_NAME
from opale.run.desk.domain.text_variables import (
    Variable,
    fill_variables,
    fill_without_gaps,
    unknown_variables_in,
)
from opale.run.desk.models import DeskQuerySet, MailboxRules, MailText, Message, Ticket
from opale.run.desk.queries.text_modules import VariableValues
from opale.ui.markdown_text import markdown_as_line

UNNAMED = ("", "Opale")
"""Mailbox names that do not tell whose service desk it is."""


@dataclass(frozen=True, slots=True)
class MailTextState:
    """The text in force on one occasion in one language: `last` is None for what Opale ships."""

    occasion: Occasion
    language: str
    plan: SupportPlan | None
    last: MailText | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it would be sent, and the variables that have no value on the ticket."""

    subject: str
    letter: Letter
    missing: tuple[Variable, ...] = ()
    unknown: tuple[str, ...] = ()


@cached(500)
def mail_template_for(occasion: str, language: str, plan_id: int | None) -> MailTemplate:
    """Return the plan's latest text, else the latest for all plans, else what is shipped."""
    rows = MailText.objects.filter(Q(plan=None) | Q(plan=plan_id), occasion=occasion)
    last = rows.filter(language=language).order_by("plan_id", "-id").distinct("plan_id")
    # NULL sorts last: a plan's own text comes before that of all plans.
    for row in last:
        if not row.is_shipped:
            return MailTemplate(row.subject, row.body)
    return shipped_template(occasion, language)


def plan_of(ticket: Ticket) -> int | None:
    return ticket.plan_version.plan_id if ticket.plan_version else None


def mailbox_of(ticket: Ticket) -> str:
    """Return the mailbox that writes about a ticket, "Name <address>": the one that received its
    first mail, else that of its stream; "" where neither is known."""
    came = Message.objects.filter(ticket=ticket, incoming__mailbox__is_on=True).order_by("id")
    found = came.values_list("incoming__mailbox__name", "incoming__mailbox__address").first()
    return write_address(*found) if found else mailbox_of_stream(ticket.stream)


@cached(10)
def mailbox_of_stream(stream: str) -> str:
    """Return the first mailbox of a stream, "Name <address>"; "" where it has none."""
    rules = MailboxRules.objects.filter(stream=stream, mailbox__is_on=True)
    found = rules.order_by("pk").values_list("mailbox__name", "mailbox__address").first()
    return write_address(*found) if found else ""


def desk_name(mailbox: str, language: str) -> str:
    """Return the desk's signature: the name of the mailbox that it writes from."""
    name = split_address(mailbox or settings.DEFAULT_FROM_EMAIL).name
    with translation.override(language):
        return _("Service desk") if name in UNNAMED else name


def fill_template(
    ticket: Ticket,
    occasion: Occasion,
    words: MailTemplate,
    language: str,
    *,
    own: Mapping[str, str],
    by: Actor,
    formatted: bool = False,
) -> MailTemplate:
    """Return the subject and body filled in for the ticket, without gaps.

    A text that is `formatted` is in Markdown: in the body stands its place (`with_message`).
    """
    read = VariableValues(ticket, language, by).of

    def value_of(name: str) -> str:
        return own[name] if name in own else ("" if _is_own(occasion, name) else read(name))

    def in_subject(name: str) -> str:
        return markdown_as_line(own[name]) if formatted and name == "text" else value_of(name)

    def in_body(name: str) -> str:
        if not formatted:
            return value_of(name)
        return MESSAGE_PLACE if name == "text" else value_of(name).replace(MESSAGE_PLACE, "")

    subject = fill_without_gaps(words.subject, in_subject, occasion.known) or ticket.subject
    return MailTemplate(subject, fill_without_gaps(words.body, in_body, occasion.known))


def build_letter(
    ticket: Ticket,
    occasion: Occasion,
    body: str,
    language: str,
    *,
    agent: str,
    mailbox: str = "",
    chooser: str = "",
) -> Letter:
    """Build the mail; `chooser` is the address at which its reader chooses what to receive."""
    desk = desk_name(mailbox, language)
    with translation.override(language):
        foot = _("To answer, just reply to this mail.")
        if occasion.name == "supplier":
            foot = _("Please keep our reference in your reply.")
        choose = _("Manage notifications")
    who = [agent] if agent and agent != desk else []
    return Letter(
        language=language,
        body=body,
        signature=[*who, f"{desk} · {ticket.reference}"],
        foot=[foot],
        foot_links=[(choose, chooser)] if chooser else [],
        answered=True,
        head=head_in(language),
    )


def preview_mail(
    ticket: Ticket, occasion: Occasion, words: MailTemplate, language: str, *, by: Actor
) -> Preview:
    """Return the mail on this ticket; variables of the occasion appear by name."""
    own = {variable.name: f"[{variable.label}]" for variable in occasion.own}
    said = fill_template(ticket, occasion, words, language, own=own, by=by)
    read = VariableValues(ticket, language, by).of
    both = f"{words.subject}\n\n{words.body}"
    known = {name: one for name, one in occasion.known.items() if not _is_own(occasion, name)}
    return Preview(
        f"[{ticket.reference}] {said.subject}",
        build_letter(
            ticket,
            occasion,
            said.body,
            language,
            agent=by.signature,
            # Only a real mail has its recipient's link.
            chooser="#" if occasion.name in NOTICE_TYPES_BY_NAME else "",
        ),
        fill_variables(both, read, known).missing,
        tuple(unknown_variables_in(both, occasion.known)),
    )


def mail_texts(*, seen_by: Actor) -> list[MailTextState]:
    """Return each occasion in each language, for all plans and for those with a text of their
    own."""
    rows = MailText.objects.visible_to(seen_by).select_related("plan")
    last = rows.order_by("occasion", "language", "plan_id", "-id")
    found = {
        (row.occasion, row.language, row.plan_id): row
        for row in last.distinct("occasion", "language", "plan_id")
    }
    states = []
    for occasion in OCCASIONS:
        for language in Language.values:
            general = found.get((occasion.name, language, None))
            states.append(MailTextState(occasion, language, None, _spoken(general)))
            states += [
                MailTextState(occasion, language, row.plan, row)
                for (name, said_in, plan_id), row in found.items()
                if (name, said_in) == (occasion.name, language) and plan_id and not row.is_shipped
            ]
    return states


def mail_text(
    occasion: str, language: str, plan: SupportPlan | None, *, seen_by: Actor
) -> tuple[MailTextState, MailTemplate]:
    """Errors: NotFound."""
    if occasion not in OCCASIONS_BY_NAME or language not in Language.values:
        raise NotFound
    last = versions_of(occasion, language, plan, seen_by=seen_by).first()
    state = MailTextState(OCCASIONS_BY_NAME[occasion], language, plan, _spoken(last))
    return state, mail_template_for(occasion, language, plan.pk if plan else None)


def versions_of(
    occasion: str, language: str, plan: SupportPlan | None, *, seen_by: Actor
) -> DeskQuerySet[MailText]:
    """Return the versions of a text, the newest first."""
    rows = MailText.objects.visible_to(seen_by)
    return rows.filter(occasion=occasion, language=language, plan=plan).order_by("-id")


def _spoken(row: MailText | None) -> MailText | None:
    return None if row is None or row.is_shipped else row


def _is_own(occasion: Occasion, name: str) -> bool:
    return any(variable.name == name for variable in occasion.own)

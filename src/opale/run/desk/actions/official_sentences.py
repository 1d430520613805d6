"""The official sentence of an incident: written once, reused wherever the incident is mentioned.

Source: docs/rules/official-sentence.md.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import announce
from opale.run.desk.actions.ticket_locks import lock_ticket, touch_ticket
from opale.run.desk.facts import SentenceSaid
from opale.run.desk.models import Kind, OfficialSentence, Ticket, TicketLink
from opale.run.desk.queries.official_sentences import (
    CONCERNING_KINDS,
    find_name_in,
    identifying_names_of,
)
from opale.run.desk.states import ENDED_STATES

MAX_SENTENCE_LENGTH = 1000
NO_VERSION = 0
"""The `seen_id` of an author who saw no version."""


def publish_sentence(
    incident: Ticket,
    french: str,
    english: str,
    *,
    by: Actor,
    next_update_at: datetime | None = None,
    seen_id: int | None = None,
) -> OfficialSentence:
    """Publish the official sentence of an incident in both languages; it replaces the former.

    `seen_id` is the version that the author saw (`NOTHING`: none); a newer one is a conflict.
    Errors: NotFound, NotAllowed, IllegalMove (no incident, or an ended one), Conflict, Invalid (a
    language is missing, too long, a promise in the past, a name that not all concerned may read).
    """
    french, english = _one_text(french), _one_text(english)
    _refuse_incomplete(french, english, next_update_at)
    with attributed(by):
        held = _hold_incident(incident, by=by)
        _refuse_unseen(held, seen_id)
        _refuse_names(held, french, english)
        return _append(held, french, english, next_update_at, by=by)


def withdraw_sentence(
    incident: Ticket, *, by: Actor, seen_id: int | None = None
) -> OfficialSentence | None:
    """Withdraw the official sentence; return None where there was none.

    Errors: NotFound, NotAllowed, IllegalMove, Conflict.
    """
    with attributed(by):
        held = _hold_incident(incident, by=by)
        _refuse_unseen(held, seen_id)
        newest = _newest(held)
        if newest is None or newest.withdrawn:
            return None
        return _append(held, "", "", None, by=by)


def republish_sentence(version: OfficialSentence, *, by: Actor) -> OfficialSentence:
    """Publish a former message again: the undo of another message or a withdrawal.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    promised = version.next_update_at
    if promised is not None and promised <= clock.now():
        promised = None
    return publish_sentence(
        version.ticket, version.french, version.english, by=by, next_update_at=promised
    )


def _append(
    held: Ticket, french: str, english: str, next_update_at: datetime | None, *, by: Actor
) -> OfficialSentence:
    at = clock.now()
    row = OfficialSentence.objects.create(
        ticket=held,
        customer_id=held.customer_id,
        french=french,
        english=english,
        next_update_at=next_update_at,
        person_id=by.person_id,
        author=by.signature,
        at=at,
    )
    touch_ticket(held)
    # Open pages of all tickets that the incident concerns listen to this.
    live_topics.publish(f"desk.sentence:{held.pk}")
    announce(SentenceSaid(sentence_id=row.pk, ticket_id=held.pk, at=at), by=by)
    return row


def _hold_incident(incident: Ticket, *, by: Actor) -> Ticket:
    held = lock_ticket(incident, by=by)
    if held.kind != Kind.INCIDENT:
        sentence = _(
            "Only incidents have an approved message. Change the ticket to an incident first."
        )
        raise IllegalMove("say", {held.pk: held.state}, sentence)
    if held.state in ENDED_STATES:
        raise IllegalMove("say", {held.pk: held.state})
    return held


def _newest(held: Ticket) -> OfficialSentence | None:
    return OfficialSentence.objects.filter(ticket=held).order_by("-id").first()


def _refuse_unseen(held: Ticket, seen_id: int | None) -> None:
    if seen_id is None:
        return
    newest = _newest(held)
    if (newest.pk if newest else NO_VERSION) != seen_id:
        author = {"name": newest.author if newest else ""}
        raise Conflict(_("%(name)s published another message in the meantime.") % author)


def _one_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _refuse_incomplete(french: str, english: str, next_update_at: datetime | None) -> None:
    wrong = {
        name: _("Write the message in both languages.")
        for name, text in (("french", french), ("english", english))
        if not text
    }
    for name, text in (("french", french), ("english", english)):
        if len(text) > MAX_SENTENCE_LENGTH:
            limit = {"longest": MAX_SENTENCE_LENGTH}
            wrong[name] = (
                _("At most %(longest)s characters: the message is read aloud on the phone.") % limit
            )
    if next_update_at is not None and next_update_at <= clock.now():
        wrong["next_update_at"] = _("The promised time must be in the future.")
    if wrong:
        raise Invalid(**wrong)


def _refuse_names(held: Ticket, french: str, english: str) -> None:
    """Refuse a text for several customers that names one of them, or a ticket, service or person of
    one."""
    concerned = _concerned(held)
    if len({ticket.customer_id for ticket in concerned}) < 2:
        return
    for field, text in (("french", french), ("english", english)):
        names = (name for ticket in concerned for name in identifying_names_of(ticket))
        if name := find_name_in(text, names):
            refused = _("The text mentions %(name)s but would also go to other customers.")
            raise Invalid(**{field: refused % {"name": name}})


def _concerned(held: Ticket) -> Collection[Ticket]:
    links = TicketLink.objects.filter(other=held, kind__in=CONCERNING_KINDS)
    rows = Ticket.objects.filter(pk__in=[held.pk, *links.values_list("ticket_id", flat=True)])
    return list(rows.select_related("customer", "service", "contact"))

"""Outgoing mail of a ticket: its template, signature and thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from opale.kernel.actor import Actor
from opale.kernel.bulk_sql import next_key
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.models import OutgoingMail
from opale.messaging.queries.letterheads import head_in
from opale.messaging.queries.mail_layout import Letter, with_message
from opale.run.desk.domain.mail_occasions import OCCASIONS_BY_NAME, MailTemplate
from opale.run.desk.models import Message, Ticket
from opale.run.desk.queries.mail_texts import (
    build_letter,
    desk_name,
    fill_template,
    mail_template_for,
    mailbox_of,
    plan_of,
)
from opale.run.desk.queries.message_mails import origin_of_message


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMail:
    """A mail about a ticket. `agent` signs it, `own` are the values of its occasion's own
    variables, of which `text` is in Markdown where it is `formatted`.

    `thread` are Message-ID and subject of the mails before it, oldest first: it keeps their
    subject. `heard` is the Message-ID of the mail that it answers. It leaves from `mailbox`; None
    is for the ticket's own. `chooser` is the link to the reader's notice choices, `unsubscribe` the
    link for the unsubscribe button of a mail program.
    """

    occasion: str
    to: Sequence[str]
    language: str
    agent: str
    own: Mapping[str, str] = field(default_factory=dict)
    formatted: bool = False
    cc: Sequence[str] = ()
    thread: Sequence[tuple[str, str]] = ()
    heard: str = ""
    reference: str = ""
    attachments: Sequence[Mapping[str, str]] = ()
    mailbox: str | None = None
    hold: timedelta = timedelta()
    chooser: str = ""
    unsubscribe: str = ""


def compose_mail(ticket: Ticket, post: TicketMail, *, by: Actor) -> MailTemplate:
    """Return the subject and body, without the frame."""
    occasion = OCCASIONS_BY_NAME[post.occasion]
    words = mail_template_for(occasion.name, post.language, plan_of(ticket))
    own = {"agent": post.agent, **post.own}
    return fill_template(
        ticket, occasion, words, post.language, own=own, by=by, formatted=post.formatted
    )


def queue_message_mail(
    message: Message, post: TicketMail, *, by: Actor, words: MailTemplate | None = None
) -> Message:
    """Queue the mail of a new message and save the message, inside the transaction of the action.

    `words` is the result of `compose_mail`, where the action needed it first.
    """
    message.pk = next_key(Message)  # which the mail names
    message.mail = queue_ticket_mail(
        message.ticket, post, origin_of_message(message.pk), by=by, words=words
    )
    message.save(force_insert=True)
    return message


def queue_ticket_mail(
    ticket: Ticket,
    post: TicketMail,
    origin: str,
    *,
    by: Actor,
    words: MailTemplate | None = None,
) -> OutgoingMail:
    """Queue a mail about `origin`, inside the transaction of the action; see
    `queue_message_mail`. What an automation sends carries the marks of automatic mail."""
    occasion, language, earlier = OCCASIONS_BY_NAME[post.occasion], post.language, post.thread
    words = words or compose_mail(ticket, post, by=by)
    mailbox = mailbox_of(ticket) if post.mailbox is None else post.mailbox
    desk = desk_name(mailbox, language)
    letter = build_letter(
        ticket,
        occasion,
        words.body,
        language,
        agent=post.agent,
        mailbox=mailbox,
        chooser=post.chooser,
    )
    if post.formatted:
        letter = with_message(letter, post.own["text"])
    title = f"[{ticket.reference}]{post.reference} {words.subject}"
    # A mail program that threads by subject keeps the thread only while the subject stays.
    if earlier and post.reference in earlier[-1][1]:
        title = earlier[-1][1]
    return queue_mail(
        by=by,
        origin=origin,
        to=post.to,
        cc=post.cc,
        subject=title,
        body=letter,
        language=language,
        answers=[*(message_id for message_id, _subject in earlier), *filter(None, [post.heard])],
        attachments=post.attachments,
        automatic=occasion.automatic or by.automatic,
        thread=f"desk.ticket:{ticket.pk}",
        mailbox=mailbox,
        hold=post.hold,
        unsubscribe=post.unsubscribe,
        voice=desk if post.agent in ("", desk) else f"{post.agent}, {desk}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail:
    """A mail about several tickets, to one person: `every` is the link that ends all of them."""

    to: str
    title: str
    body: str
    language: str
    origin: str
    why: str
    links: Sequence[tuple[str, str]]
    foot_links: Sequence[tuple[str, str]]
    every: str


def queue_digest_mail(digest: DigestMail, *, by: Actor) -> OutgoingMail:
    """Queue a digest; it takes no answers, and one click ends it (RFC 8058)."""
    desk = desk_name("", digest.language)
    letter = Letter(
        language=digest.language,
        body=digest.body,
        signature=[desk],
        foot=[digest.why],
        links=digest.links,
        foot_links=digest.foot_links,
        head=head_in(digest.language),
    )
    return queue_mail(
        by=by,
        origin=digest.origin,
        to=[digest.to],
        subject=digest.title,
        body=letter,
        language=digest.language,
        automatic=True,
        voice=desk,
        unsubscribe=digest.every,
    )

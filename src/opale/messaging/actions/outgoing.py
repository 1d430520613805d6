"""Outgoing mail: stored in the transaction that decides it, sent by a job, failures recorded.

Delivery is at least once: a crash between the mail server's answer and the commit makes a second
attempt. It carries the same Message-ID, by which the receiver folds the two.
"""

import smtplib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.files import open_stored
from opale.kernel.pictures import picture_size
from opale.kernel.states import perform, record_moves
from opale.kernel.timers import FIRST
from opale.messaging import rights
from opale.messaging.actions import smtp_backend
from opale.messaging.actions.domain_pace import (
    PAUSE_CODES,
    begin_or_wait,
    domain_of,
    pause_domain,
    resume_domain,
)
from opale.messaging.actions.mail_message import MailMessage
from opale.messaging.actions.suppressions import suppress_address, without_suppressed
from opale.messaging.domain.failure_reasons import SUPPRESSED_STATUS, failure_reason
from opale.messaging.domain.mail_addresses import split_address, write_address
from opale.messaging.facts import MailFailed, MailSent
from opale.messaging.models.outgoing import OutgoingMail
from opale.messaging.queries.mail_layout import (
    Letter,
    letter_as_html,
    letter_as_text,
    stored_letter,
)
from opale.messaging.queries.reply_tokens import installation_name, reply_address, thread_message_id
from opale.messaging.queries.visible_mails import visible_mails
from opale.messaging.states import GIVE_UP, HAND_OVER, RETRY, MailState
from opale.ui.markdown_mail import MailPicture

SENDING_JOB = "messaging.send_mail"
OUTBOX = "messaging.outbox"
"""The live topic of the list."""
SECOND = timedelta(seconds=1)
OVERDUE = timedelta(minutes=10)
CLAIM = timedelta(minutes=2)
"""Longer than one talk with a mail server: a sender that is silent for so long is dead."""
WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (0.25, 1, 2, 5, 10, 20, 40, 60, 120, 240, 480)
)
"""Pauses before each new attempt: the last one is made some 16 hours after the first."""
SWEPT_AT_ONCE = 1000
SENDER = system("mail")
MAX_REFERENCES = 20
"""How many of a thread's last Message-IDs a mail names beside its root (RFC 5322, 3.6.4)."""
INSTALLATION = "X-Opale-Installation"
"""The header by which an installation knows its own mails, and those of another one."""
COPIED_FIELDS = (
    "origin",
    "sender",
    "subject",
    "body",
    "letter",
    "html",
    "language",
    "headers",
    "attachments",
)
"""The fields copied when a mail is sent to another address."""
NO_REPLY_HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "DR, OOF, AutoReply",
}
"""Headers against all automatic answers but bounces."""


ONE_CLICK_HEADERS = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def queue_mail(
    *,
    by: Actor,
    origin: str,
    to: Sequence[str],
    subject: str,
    body: str | Letter,
    language: str,
    cc: Sequence[str] = (),
    answers: Sequence[str] = (),
    attachments: Sequence[Mapping[str, str]] = (),
    automatic: bool = False,
    thread: str = "",
    mailbox: str = "",
    voice: str = "",
    reply_to: str = "",
    hold: timedelta = timedelta(),
    urgent: bool = False,
    unsubscribe: str = "",
) -> OutgoingMail:
    """Put a mail into the outbox and wake the sender when the transaction commits.

    A `body` that is a letter goes out as text and as HTML, which is made of it when it is sent.
    `answers` are the Message-IDs of the thread, oldest first. `automatic` mails carry the marks
    that keep other machines from answering them (RFC 3834). The logo of the letter's head is kept
    with the mail, which looks the same whenever it is sent. `attachments` name files behind the
    storage port: `{"name", "media_type", "key"}`, and `shown_as` of a picture that a message in
    Markdown shows ("file:12"). `thread` is the origin that an answer belongs to
    ("desk.ticket:12"): it roots the thread and signs the address that answers go to, unless
    `reply_to` names another. The mail goes out from `mailbox`, as `voice` ("Léa Morel, Velora").
    `unsubscribe` is the address at which one click ends mails of its kind (RFC 8058).
    An automatic one leaves out suppressed addresses; if none is left it is given up.
    An `urgent` one is sent before all waiting mails. During `hold` it only waits, and
    `take_back_mail` can take it back.
    Errors: Invalid (no recipient).
    """
    if not to:
        raise Invalid(to=_("Enter at least one recipient."))
    reached = without_suppressed(to) if automatic else list(to)
    copied = without_suppressed(cc) if automatic else list(cc)
    sender = _sender(mailbox, voice)
    headers = _thread_headers(answers, thread)
    if answer_to := reply_to or (reply_address(sender, thread) if thread else ""):
        headers["Reply-To"] = answer_to
    if automatic:
        headers |= NO_REPLY_HEADERS
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", **ONE_CLICK_HEADERS}
    now = clock.now()
    with attributed(by, savepoint=False):
        mail = OutgoingMail(
            origin=origin,
            sender=sender,
            to=reached or list(to),
            cc=copied,
            subject=" ".join(subject.split()),
            body=letter_as_text(body) if isinstance(body, Letter) else body,
            letter=asdict(body) if isinstance(body, Letter) else None,
            language=language,
            message_id=_new_id(),
            headers=headers,
            attachments=[dict(file) for file in (*_logo_of(body), *attachments)],
            automatic=automatic,
            domain=domain_of(reached or list(to)),
            created_at=now,
            next_attempt_at=now + hold,
            **({} if reached else {"state": MailState.FAILED, "last_error": SUPPRESSED_STATUS}),
        )
        _begin(mail, by=by, after=hold, urgent=urgent)
    return mail


def take_back_mail(mail: OutgoingMail, *, by: Actor) -> None:
    """Delete a mail that is not being sent yet, inside the action that withdraws its text.

    That action checks the rights. Errors: Conflict (it is being sent, or was sent).
    """
    held = OutgoingMail.objects.select_for_update().filter(pk=mail.pk).first()
    if held is None or held.state != MailState.QUEUED or held.attempts:
        raise Conflict(_("Already sent: it can no longer be recalled."))
    held.delete()
    live_topics.publish(OUTBOX)


def _begin(
    mail: OutgoingMail,
    *,
    by: Actor,
    after: timedelta = timedelta(),
    urgent: bool = False,
) -> None:
    """Write the mail in its first state, and defer its sending or announce its failure."""
    mail.save(force_insert=True)
    state, at = MailState(mail.state), mail.created_at
    record_moves(OutgoingMail, "queue", {mail.pk: ""}, state, by=by, at=at)
    if mail.state == MailState.FAILED:
        announce(MailFailed(mail_id=mail.pk, origin=mail.origin, error=mail.last_error), by=by)
    else:
        defer_sending(mail.pk, after=after, urgent=urgent)
    live_topics.publish(OUTBOX)


def _logo_of(body: str | Letter) -> list[Mapping[str, str]]:
    """Return the logo of a letter's head, as one of the mail's attachments."""
    head = body.head if isinstance(body, Letter) else None
    return [head.logo_file] if head and head.logo_file else []


def _new_id() -> str:
    return make_msgid(domain=urlsplit(settings.BASE_URL).hostname)


def _sender(mailbox: str, voice: str) -> str:
    name, address = split_address(mailbox or settings.DEFAULT_FROM_EMAIL)
    return write_address(voice.strip() or name, address)


def _thread_headers(answers: Sequence[str], thread: str) -> dict[str, str]:
    root = [thread_message_id(thread)] if thread else []
    named = [*root, *answers[:1], *answers[1:][-MAX_REFERENCES:]]
    return {"References": " ".join(named), "In-Reply-To": named[-1]} if named else {}


def defer_sending(mail_id: int, *, after: timedelta = timedelta(), urgent: bool = False) -> None:
    """Defer the job that sends a mail. A second job does no harm: each claims the mail first."""
    app.configure_task(
        SENDING_JOB,
        schedule_in={"seconds": after.total_seconds()} if after else None,
        priority=FIRST if urgent else None,
    ).defer(mail_id=mail_id)


def send_mail(mail_id: int) -> None:
    """Try to hand one queued mail to the mail server, outside any transaction. Idempotent."""
    mail = _claim(mail_id)
    if mail is None:
        return
    message = build_message(mail)
    try:
        message.send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        _record_failure(mail, error)
    else:
        _record_success(
            mail, smtp_backend.refused_by(message), smtp_backend.provider_keys_of(message)
        )


def retry_mail(mail: OutgoingMail, *, by: Actor) -> None:
    """Send again a mail that was given up.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    now = clock.now()
    with attributed(by):
        rows = OutgoingMail.objects.visible_to(by).filter(pk=mail.pk)
        perform(RETRY, rows, by=by, at=now, attempts=0, next_attempt_at=now, claimed_until=None)
        defer_sending(mail.pk)
        live_topics.publish(OUTBOX)


def send_elsewhere(mail: OutgoingMail, address: str, *, by: Actor) -> OutgoingMail:
    """Send a mail that was given up or came back to one other address, as a new mail.

    Errors: NotFound, NotAllowed (its words are not for the actor either), IllegalMove (it still
    waits to be sent), Invalid (no address).
    """
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(
            address=_("“%(address)s” is not a valid email address.") % {"address": address[:100]}
        ) from None
    with attributed(by):
        rows = OutgoingMail.objects.visible_to(by).filter(pk=mail.pk)
        held = rows.select_for_update().first()
        if held is None:
            raise NotFound
        if not by.can(rights.RETRY) or visible_mails([held], seen_by=by)[0].is_hidden:
            raise NotAllowed
        if held.state == MailState.QUEUED:
            raise IllegalMove("send_elsewhere", {held.pk: held.state})
        now = clock.now()
        copied = {name: getattr(held, name) for name in COPIED_FIELDS}
        again = OutgoingMail(
            to=[address],
            domain=domain_of([address]),
            message_id=_new_id(),
            created_at=now,
            next_attempt_at=now,
            **copied,
        )
        _begin(again, by=by)
    return again


def wake_overdue_mails() -> int:
    """Queue again the mails that are overdue, in case their job was lost."""
    now = clock.now()
    overdue = OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lt=now - OVERDUE)
    with transaction.atomic():
        found = list(
            overdue.order_by("next_attempt_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:SWEPT_AT_ONCE]
        )
        # Not overdue again before the job had its time.
        OutgoingMail.objects.filter(pk__in=found).update(next_attempt_at=now)
        for mail_id in found:
            defer_sending(mail_id)
    return len(found)


def _claim(mail_id: int) -> OutgoingMail | None:
    """Claim a queued mail for one attempt; None when it is done or claimed by another sender.

    The claim is durable, so it refuses to be made inside another transaction: the talk that
    follows would be inside too. What another has claimed is looked at again when the claim ends.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        mail = _queued(mail_id).first()
        if mail is None:
            return None
        if mail.claimed_until is not None and mail.claimed_until >= now:
            defer_sending(mail_id, after=CLAIM)
            return None
        wait = begin_or_wait(mail.domain)
        if wait is not None:
            mail.next_attempt_at = now + wait
            mail.save(update_fields=["next_attempt_at"])
            defer_sending(mail_id, after=wait + SECOND)
            return None
        mail.claimed_until, mail.attempts = now + CLAIM, mail.attempts + 1
        mail.save(update_fields=["claimed_until", "attempts"])
    return mail


def _queued(mail_id: int) -> models.QuerySet[OutgoingMail]:
    return OutgoingMail.objects.select_for_update().filter(pk=mail_id, state=MailState.QUEUED)


def build_message(mail: OutgoingMail) -> MailMessage:
    headers = {
        "Message-ID": mail.message_id,
        "Content-Language": mail.language,
        INSTALLATION: installation_name(),
        **mail.headers,
    }
    message = MailMessage(
        mail.subject, mail.body, mail.sender, mail.to, cc=mail.cc, headers=headers
    )
    contents = [_content_of(file) for file in mail.attachments]
    pictures = {
        file["shown_as"]: MailPicture(_content_id(mail, file), (picture_size(content) or [None])[0])
        for file, content in zip(mail.attachments, contents, strict=True)
        if "shown_as" in file
    }
    if html := letter_as_html(stored_letter(mail.letter), pictures) if mail.letter else mail.html:
        message.attach_alternative(html, "text/html")
    for file, content in zip(mail.attachments, contents, strict=True):
        name, media_type = file["name"], file["media_type"]
        if picture := pictures.get(file.get("shown_as", "")):
            message.attach_picture(name, content, media_type, picture.content_id)
        else:
            message.attach(name, content, media_type)
    return message


def _content_of(file: Mapping[str, str]) -> bytes:
    with open_stored(file["key"]) as kept:
        content: bytes = kept.read()
    return content


def _content_id(mail: OutgoingMail, file: Mapping[str, str]) -> str:
    """Return the Content-ID of a picture, as unique as the mail's Message-ID."""
    return f"{file['shown_as'].replace(':', '')}.{mail.message_id.strip('<>')}"


def _record_success(mail: OutgoingMail, refused: smtp_backend.Answers, keys: list[str]) -> None:
    now = clock.now()
    with attributed(SENDER), live_topics.publish_once():
        perform(
            HAND_OVER,
            OutgoingMail.objects.filter(pk=mail.pk),
            by=SENDER,
            at=now,
            sent_at=now,
            claimed_until=None,
            refused=list(refused),
            provider_keys=keys,
            last_error=smtp_backend.answers_text(refused),
        )
        _suppress_dead(mail, refused)
        resume_domain(mail.domain)
        announce(MailSent(mail_id=mail.pk, origin=mail.origin, refused=tuple(refused)), by=SENDER)
        live_topics.publish(OUTBOX)


def _record_failure(mail: OutgoingMail, error: Exception) -> None:
    now, answer = clock.now(), smtp_backend.answer_text(error)[:2000]
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    with attributed(SENDER):
        if smtp_backend.is_final(error) or mail.attempts > len(WAITS):
            perform(GIVE_UP, rows, by=SENDER, at=now, claimed_until=None, last_error=answer)
            announce(MailFailed(mail_id=mail.pk, origin=mail.origin, error=answer), by=SENDER)
            if isinstance(error, smtplib.SMTPRecipientsRefused):
                _suppress_dead(mail, error.recipients)
        else:
            wait = WAITS[mail.attempts - 1]
            if smtp_backend.answer_code(error) in PAUSE_CODES:
                pause_domain(mail.domain)
            rows.filter(state=MailState.QUEUED).update(
                last_error=answer, claimed_until=None, next_attempt_at=now + wait
            )
            defer_sending(mail.pk, after=wait)
        live_topics.publish(OUTBOX)


def _suppress_dead(mail: OutgoingMail, answers: smtp_backend.Answers) -> None:
    """Suppress the addresses that the server says do not exist."""
    for address, answer in answers.items():
        said = smtp_backend.answers_text({address: answer})
        reason = failure_reason(said)
        if reason is not None and reason.is_dead:
            with suppress(Invalid):
                suppress_address(address, by=SENDER, answer=said, mail=mail)

"""Mail out: durable in the transaction that decides it, sent by a job, retried, never lost quietly."""

import smtplib
from collections.abc import Sequence
from datetime import timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from procrastinate.contrib.django import app

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor, system
from opale.kernel.errors import Invalid
from opale.kernel.facts import announce
from opale.messaging.facts import MailFailed, MailSent
from opale.messaging.models import OutgoingMail

SENDING_JOB = "messaging.send_mail"
OVERDUE = timedelta(minutes=10)
WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (0.25, 1, 2, 5, 10, 20, 40, 60, 120, 240, 480)
)
"""Pauses before each new attempt: the last one is made some 16 hours after the first."""

S = OutgoingMail.State


def queue_mail(
    *,
    by: Actor,
    origin: str,
    to: Sequence[str],
    subject: str,
    body: str,
    language: str,
    cc: Sequence[str] = (),
    html: str = "",
    answers: Sequence[str] = (),
    automatic: bool = False,
) -> OutgoingMail:
    """Put a mail into the outbox and wake the sender when the transaction commits.

    `answers` are the Message-IDs of the thread, oldest first. `automatic` mails carry the marks that
    keep other machines from answering them (RFC 3834).
    Errors: Invalid (nobody to write to).
    """
    if not to:
        raise Invalid(to="A mail needs somebody to go to.")
    headers = {"References": " ".join(answers), "In-Reply-To": answers[-1]} if answers else {}
    if automatic:
        headers |= {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    with acting(by):
        mail = OutgoingMail.objects.create(
            origin=origin,
            sender=settings.DEFAULT_FROM_EMAIL,
            to=list(to),
            cc=list(cc),
            subject=" ".join(subject.split()),
            body=body,
            html=html,
            language=language,
            message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
            headers=headers,
            created_at=clock.now(),
            next_attempt_at=clock.now(),
        )
        defer_sending(mail)
    return mail


def defer_sending(mail: OutgoingMail, *, after: timedelta = timedelta()) -> None:
    """One job per mail at a time: the lock keeps two workers from sending it twice."""
    schedule = {"seconds": int(after.total_seconds())} if after else None
    app.configure_task(SENDING_JOB, lock=f"mail:{mail.pk}", schedule_in=schedule).defer(
        mail_id=mail.pk
    )


def send_mail(mail_id: int) -> None:
    """Try to hand one queued mail to the mail server; outside any transaction. Idempotent."""
    mail = OutgoingMail.objects.filter(pk=mail_id, state=S.QUEUED).first()
    if mail is None:
        return
    try:
        _message(mail).send()
    except (smtplib.SMTPException, OSError) as error:
        _record_failure(mail, error)
    else:
        with acting(system("mail")):
            OutgoingMail.objects.filter(pk=mail.pk, state=S.QUEUED).update(
                state=S.SENT, sent_at=clock.now(), attempts=mail.attempts + 1, last_error=""
            )
            announce(MailSent(mail_id=mail.pk, origin=mail.origin), by=system("mail"))


def retry_mail(mail: OutgoingMail, *, by: Actor) -> None:
    """Send again what had been given up."""
    with acting(by):
        revived = OutgoingMail.objects.filter(pk=mail.pk, state=S.FAILED).update(
            state=S.QUEUED, attempts=0, next_attempt_at=clock.now()
        )
        if revived:
            defer_sending(mail)


def wake_overdue_mails() -> int:
    """Queue again what should have been tried long ago: the sweep behind a lost job."""
    overdue = OutgoingMail.objects.filter(
        state=S.QUEUED, next_attempt_at__lt=clock.now() - OVERDUE
    ).order_by("next_attempt_at")[:1000]
    for mail in overdue:
        defer_sending(mail)
    return len(overdue)


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {"Message-ID": mail.message_id, "Content-Language": mail.language, **mail.headers}
    message = EmailMultiAlternatives(
        mail.subject, mail.body, mail.sender, mail.to, cc=mail.cc, headers=headers
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _record_failure(mail: OutgoingMail, error: Exception) -> None:
    by, attempts = system("mail"), mail.attempts + 1
    given_up = _is_final(error) or attempts > len(WAITS)
    wait = timedelta() if given_up else WAITS[attempts - 1]
    with acting(by):
        OutgoingMail.objects.filter(pk=mail.pk, state=S.QUEUED).update(
            state=S.FAILED if given_up else S.QUEUED,
            attempts=attempts,
            last_error=str(error)[:2000],
            next_attempt_at=clock.now() + wait,
        )
        if given_up:
            announce(MailFailed(mail_id=mail.pk, origin=mail.origin, error=str(error)), by=by)
        else:
            defer_sending(mail, after=wait)


def _is_final(error: Exception) -> bool:
    """A 5yz answer is the server's last word (RFC 5321, 4.2.1); anything else may pass later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500

"""Handling of stored mails: each separately, retried as often as its error allows, none lost.

An attempt is counted and committed before the mail is read: one that kills the process has used
it up all the same. Mails that were never tried are taken many at a time; one that was tried before
is taken alone, so that it takes no other with it. After ATTEMPTS it goes to quarantine.

Mailboxes take turns, and the mails of each keep their order: fifty thousand mails that arrive at
one mailbox at once do not delay the others.
"""

import logging
import threading
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import BigIntegerField, F, Func, IntegerField, Q, Value
from django.utils.translation import gettext_noop

from opale.kernel import clock, live_topics
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Unavailable
from opale.kernel.facts import announce
from opale.kernel.files import safe_name
from opale.kernel.locks import take_locks
from opale.kernel.states import perform
from opale.messaging import ports
from opale.messaging.actions.bounces import record_bounce
from opale.messaging.actions.store_incoming import INBOX, queue_processing
from opale.messaging.actions.suppressions import sends_spam
from opale.messaging.domain.mail_parser.parsed_mail import ParsedMail
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.facts import MailQuarantined, MailTakenIn
from opale.messaging.models import IncomingMail, IncomingMailQuerySet, OutgoingMail
from opale.messaging.ports import HandlingResult
from opale.messaging.queries.incoming import raw_of
from opale.messaging.queries.reply_tokens import installation_name
from opale.messaging.states import QUARANTINE, IncomingState, Outcome

PROCESSOR: Final = system("mail-in")
ATTEMPTS: Final = 3
PATIENT_ATTEMPTS: Final = 10
"""Attempts after an error of the database, which is seldom the mail's fault."""
WAIT: Final = timedelta(seconds=20)
LONGEST_WAIT: Final = timedelta(minutes=5)
CLAIM: Final = timedelta(minutes=2)
"""Longer than the handling of one claim: a worker that is silent for so long is dead."""
CLAIMED_AT_ONCE: Final = 20
CLAIMERS: Final = 4
"""How many workers can claim at the same moment and each find mails."""
SHARES: Final = 8
SHOWN: Final = 50
EXCERPT: Final = 2000
NOT_HANDLED: Final = (Outcome.DUPLICATE, Outcome.FORGOTTEN)
KILLED: Final = gettext_noop("The process that handled this mail crashed each time.")
SPAM: Final = gettext_noop("The sender is blocked as one that sends spam.")
log = logging.getLogger(__name__)


def process_mails() -> int:
    """Handle all waiting mails; return how many attempts were made."""
    if ports.get_handler() is None:
        return 0
    made = 0
    while True:
        claimed = [*_claim(CLAIMED_AT_ONCE, attempts=0), *_claim(1, attempts__gt=0)]
        for mail, died in claimed:
            _process(mail, died=died)
        made += len(claimed)
        if not claimed:
            return made


def wake_forgotten_mails() -> bool:
    """Queue handling if mails wait: after a lost job, a dead worker or a retry delay."""
    waits = _waiting().exists()
    if waits:
        queue_processing()
    return waits


def count_outcome(outcome: str) -> None:
    """Count one more mail with this outcome. Called as the last thing of its transaction."""
    share = threading.get_native_id() % SHARES
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_incomingtally AS tally (outcome, share, count)"
            " VALUES (%s, %s, 1)"
            " ON CONFLICT (outcome, share) DO UPDATE SET count = tally.count + 1",
            [outcome, share],
        )


def _waiting() -> IncomingMailQuerySet:
    now = clock.now()
    received = IncomingMail.objects.filter(state=IncomingState.RECEIVED, next_attempt_at__lte=now)
    return received.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))


def _claim(limit: int, **tried: int) -> list[tuple[IncomingMail, bool]]:
    """Claim some unclaimed mails; say of each whether its previous handler never finished.

    It is durable, so it refuses to be made inside another transaction.
    """
    until = clock.now() + CLAIM
    with transaction.atomic(durable=True):
        rows = _waiting().filter(**tried).select_related("mailbox")
        if tried == {"attempts": 0}:
            turns = _in_turn(limit * CLAIMERS)
            rows = rows.filter(pk__in=turns).order_by(_place_among(turns))
        else:
            rows = rows.order_by("next_attempt_at", "id")
        found = list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
        IncomingMail.objects.filter(pk__in=[mail.pk for mail in found]).update(
            attempts=F("attempts") + 1, claimed_until=until
        )
    claimed = [(mail, mail.claimed_until is not None) for mail in found]
    for mail in found:
        mail.attempts, mail.claimed_until = mail.attempts + 1, until
    return claimed


def _place_among(turns: list[int]) -> Func:
    keys = Value(turns, output_field=ArrayField(BigIntegerField()))
    return Func(keys, F("pk"), function="array_position", output_field=IntegerField())


def _in_turn(limit: int) -> list[int]:
    """Return the ids of mails never tried: the first of each mailbox, then the second of each."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, {"now": now, "limit": limit})
        return [pk for (pk,) in cursor.fetchall()]


_TURNS = """
SELECT waits.id
FROM messaging_mailbox box
CROSS JOIN LATERAL (
    SELECT id, next_attempt_at FROM messaging_incomingmail
    WHERE mailbox_id = box.id AND state = 'received' AND attempts = 0
        AND next_attempt_at <= %(now)s AND (claimed_until IS NULL OR claimed_until < %(now)s)
    ORDER BY next_attempt_at, id
    LIMIT %(limit)s
) waits
ORDER BY row_number() OVER (PARTITION BY box.id ORDER BY waits.next_attempt_at, waits.id),
    waits.next_attempt_at, waits.id
LIMIT %(limit)s
"""


def _process(mail: IncomingMail, *, died: bool) -> None:
    if died and mail.attempts > ATTEMPTS:
        _quarantine(mail, KILLED)
        return
    try:
        if sends_spam(mail.from_address):
            _quarantine(mail, SPAM)
            return
        parsed = parse_mail(
            raw_of(mail),
            trusted_servers=mail.mailbox.trusted_servers,
            installation=installation_name(),
            envelope_from=mail.envelope_from,
        )
        with transaction.atomic(durable=True), attributed(PROCESSOR):
            _handle(mail, parsed)
    except Unavailable as error:
        _put_off(mail, error, None)
    except (OperationalError, InterfaceError) as error:
        _put_off(mail, error, PATIENT_ATTEMPTS)
    except Exception as error:  # noqa: BLE001  # whatever a mail provokes is the mail's alone
        _put_off(mail, error, ATTEMPTS)


def _handle(mail: IncomingMail, parsed: ParsedMail) -> None:
    # Two copies of one message, by two routes at the same moment, are handled one after the other.
    take_locks(f"messaging.content:{mail.content_hash}")
    claimed = IncomingMail.objects.select_for_update(of=("self",)).filter(
        pk=mail.pk, state=IncomingState.RECEIVED, claimed_until=mail.claimed_until
    )
    if not claimed.exists():
        return
    handled = _duplicate(mail) or _decide(mail, parsed)
    _conclude(mail, handled, findings=findings_of_mail(parsed))


def _duplicate(mail: IncomingMail) -> HandlingResult | None:
    """Return the result of the copy that was handled first, if there is one."""
    copies = IncomingMail.objects.filter(content_hash=mail.content_hash, state=IncomingState.DONE)
    first = copies.exclude(pk=mail.pk).exclude(outcome__in=NOT_HANDLED).order_by("id").first()
    if first is None:
        return None
    return HandlingResult(Outcome.DUPLICATE, f"#{first.pk}", first.origin)


def _decide(mail: IncomingMail, parsed: ParsedMail) -> HandlingResult:
    handle = ports.get_handler()
    if handle is None:
        raise LookupError("nobody handles mails")
    if parsed.bounce and parsed.bounce.original_message_id:
        sent = OutgoingMail.objects.filter(message_id=parsed.bounce.original_message_id).first()
        if sent is not None:
            record_bounce(sent, parsed.bounce.failed, by=PROCESSOR)
    return handle(mail, parsed)


def findings_of_mail(parsed: ParsedMail) -> dict[str, Any]:
    """Return what people are shown of a mail beside its text, so that it is not parsed again."""
    found: dict[str, Any] = {
        "to": [one.address for one in (*parsed.to, *parsed.cc)][:SHOWN],
        "recipients": len(parsed.to) + len(parsed.cc),
        "date": parsed.date.isoformat() if parsed.date else "",
        "auto": asdict(parsed.auto),
        "authenticated": asdict(parsed.authenticated),
        "defects": list(parsed.defects[:SHOWN]),
        "parts": [
            {
                "name": safe_name(part.name),
                "media_type": part.media_type,
                "size_bytes": len(part.content),
            }
            for part in parsed.parts[:SHOWN]
        ],
        "text": parsed.text_shown[:EXCERPT],
        "language": parsed.language,
    }
    if parsed.bounce:
        found["bounce"] = asdict(parsed.bounce)
        found["bounce"]["failed"] = found["bounce"]["failed"][:SHOWN]
    return found


def _conclude(mail: IncomingMail, handled: HandlingResult, *, findings: dict[str, Any]) -> None:
    IncomingMail.objects.filter(pk=mail.pk).update(
        state=IncomingState.DONE,
        outcome=handled.outcome,
        reason=handled.reason,
        origin=handled.origin,
        findings=findings,
        processed_at=clock.now(),
        claimed_until=None,
    )
    fact = MailTakenIn(mail_id=mail.pk, outcome=str(handled.outcome), origin=handled.origin)
    announce(fact, by=PROCESSOR)
    _tell(mail)
    count_outcome(handled.outcome)


def _put_off(mail: IncomingMail, error: Exception, limit: int | None) -> None:
    """Retry a mail after a while; quarantine it after `limit` attempts.

    Without a limit it waits until the cause in `error` is gone, however long that takes.
    """
    words = str(error) if limit is None else f"{type(error).__name__}: {error}".removesuffix(": ")
    reason = words[:2000].replace("\x00", "")
    told = error if limit else None
    log.warning("mail %s could not be handled: %s", mail.pk, reason, exc_info=told)
    if limit is not None and mail.attempts >= limit:
        _quarantine(mail, reason)
        return
    mine = IncomingMail.objects.filter(
        pk=mail.pk, state=IncomingState.RECEIVED, claimed_until=mail.claimed_until
    )
    with attributed(PROCESSOR):
        mine.update(
            reason=reason,
            claimed_until=None,
            next_attempt_at=clock.now() + min(WAIT * mail.attempts, LONGEST_WAIT),
        )
        _tell(mail)


def _quarantine(mail: IncomingMail, reason: str) -> None:
    now = clock.now()
    with attributed(PROCESSOR):
        rows = IncomingMail.objects.filter(
            pk=mail.pk, state=IncomingState.RECEIVED, claimed_until=mail.claimed_until
        )
        perform(
            QUARANTINE,
            rows,
            by=PROCESSOR,
            at=now,
            outcome=Outcome.QUARANTINED,
            reason=reason,
            processed_at=now,
            claimed_until=None,
        )
        announce(MailQuarantined(mail_id=mail.pk, reason=reason), by=PROCESSOR)
        _tell(mail)
        count_outcome(Outcome.QUARANTINED)


def _tell(mail: IncomingMail) -> None:
    live_topics.publish(INBOX, f"messaging.incomingmail:{mail.pk}")

"""Storing incoming mail: committed before its source gets the confirmation.

A mail of ordinary size is written with its row in one transaction. One of more than INLINE_BYTES
goes behind the storage port first, and is on disk before its row is committed: after a crash there
may be bytes without a row, which the source brings again, and never a row without its bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from opale.kernel import clock, live_topics
from opale.kernel.errors import NotFound
from opale.kernel.files import store_bytes
from opale.kernel.job_queue import defer_unless_waiting
from opale.messaging.domain.mail_parser import fingerprints, headers
from opale.messaging.models import IncomingMail, Mailbox, RawMail
from opale.messaging.queries.incoming import mailbox_at

PROCESSING_JOB: Final = "messaging.process_mails"
INBOX: Final = "messaging.inbox"
"""The live topic of incoming mail."""
INLINE_BYTES: Final = 256 * 1024
MAX_SUBJECT_LENGTH: Final = 998
COLUMNS: Final = (
    *("mailbox_id", "source", "raw_hash", "raw_key", "size_bytes", "content_hash", "message_id"),
    *("envelope_from", "envelope_to", "subject", "from_name", "from_address", "received_at"),
    *("state", "outcome", "reason", "origin", "findings", "attempts", "next_attempt_at"),
)


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail as a source brings it. `mailbox` is its address, `source` one of `states.Route`."""

    raw: bytes = field(repr=False)
    mailbox: str
    source: str
    envelope_from: str = ""
    envelope_to: tuple[str, ...] = ()


def store_mail(
    raw: bytes,
    *,
    mailbox: str,
    source: str,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
) -> IncomingMail:
    """Store a mail; when this returns it is durable and may be acknowledged.

    The same delivery brought again gives the row of the first. It is stored whatever it contains.
    Errors: NotFound (no such mailbox), those of the database and of the disk.
    """
    (kept,) = store_mails([NewMail(raw, mailbox, source, envelope_from, tuple(envelope_to))])
    return kept


def store_mails(brought: Sequence[NewMail]) -> list[IncomingMail]:
    """Store many mails in one transaction, as `store_mail` does: their rows in the same order.

    Errors: NotFound (then none was stored), those of the database and of the disk.
    """
    boxes = {address: mailbox_at(address) for address in {one.mailbox for one in brought}}
    if not all(boxes.values()):
        raise NotFound
    rows = [_row_of(one, boxes[one.mailbox]) for one in brought]
    wanted = [(row["mailbox_id"], row["raw_hash"]) for row in rows]
    bodies = dict(zip(wanted, (one.raw for one in brought), strict=True))
    with transaction.atomic(durable=True):
        made = _insert(list(dict(zip(wanted, rows, strict=True)).values()))
        RawMail.objects.bulk_create(
            RawMail(mail_id=pk, body=bodies[key])
            for key, pk in made.items()
            if len(bodies[key]) <= INLINE_BYTES
        )
        if made:
            live_topics.publish(INBOX)
    if made:
        queue_processing()
    found = IncomingMail.objects.filter(raw_hash__in=[digest for _, digest in wanted])
    kept = {(mail.mailbox_id, mail.raw_hash): mail for mail in found}
    return [kept[key] for key in wanted]


def queue_processing() -> None:
    """Queue the handling of stored mails: one job handles all of them.

    It is deferred after the commit: a job that waits now begins later, and so sees the mails.
    Deferred inside, it could find a job that begins before the commit, and no other would follow.
    """
    defer_unless_waiting(PROCESSING_JOB)


def _row_of(one: NewMail, box: Mailbox | None) -> dict[str, Any]:
    of = headers.parse_fields(headers.split_head(one.raw)[0])
    charset = headers.declared_charset(one.raw)
    sender = headers.parse_first_address(headers.first_value(of, "from"), charset)
    ids = headers.message_ids_in(
        headers.plain_line(headers.decode_text(headers.first_value(of, "message-id")))
    )
    now = clock.now()
    return {
        "mailbox_id": box.pk if box else None,
        "source": one.source,
        "raw_hash": fingerprints.raw_hash(one.raw, of),
        "raw_key": store_bytes(one.raw) if len(one.raw) > INLINE_BYTES else "",
        "size_bytes": len(one.raw),
        "content_hash": fingerprints.content_hash(one.raw),
        "message_id": ids[0] if ids else "",
        "envelope_from": headers.plain_line(one.envelope_from)[:320],
        "envelope_to": Jsonb([headers.plain_line(address)[:320] for address in one.envelope_to]),
        "subject": headers.decode_header(headers.first_value(of, "subject"), charset)[
            :MAX_SUBJECT_LENGTH
        ],
        "from_name": sender.name,
        "from_address": sender.address,
        "received_at": now,
        "state": "received",
        "outcome": "",
        "reason": "",
        "origin": "",
        "findings": Jsonb({}),
        "attempts": 0,
        "next_attempt_at": now,
    }


def _insert(rows: Sequence[dict[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert the rows; return the keys of the new ones, by mailbox and hash."""
    one = f"({', '.join(['%s'] * len(COLUMNS))})"
    statement = (
        f"INSERT INTO messaging_incomingmail ({', '.join(COLUMNS)})"  # noqa: S608  # written above
        f" VALUES {', '.join([one] * len(rows))}"
        " ON CONFLICT (mailbox_id, raw_hash) DO NOTHING RETURNING id, mailbox_id, raw_hash"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [row[name] for row in rows for name in COLUMNS])
        return {(box, digest): pk for pk, box, digest in cursor.fetchall()}

"""Bounces and deliveries that mail servers and providers report for a sent mail."""

from collections.abc import Collection, Mapping, Sequence

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.facts import announce
from opale.messaging.actions.outgoing import OUTBOX, SENDER
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.domain.failure_reasons import COMPLAINT_STATUS, failure_reason
from opale.messaging.domain.mail_parser.parsed_mail import FailedRecipient
from opale.messaging.facts import MailBounced
from opale.messaging.models import OutgoingMail

MAX_KEPT = 50
"""The most addresses recorded of one mail, bounced or reached."""


def record_bounce(mail: OutgoingMail, failed: Sequence[FailedRecipient], *, by: Actor) -> None:
    """Record that a sent mail did not reach some of its addresses, or is delayed on its way.

    A repeated report is recorded once. An address that does not exist gets no automatic mail again:
    only an address that the mail was written to counts, for a bounce proves nothing else.
    """
    with attributed(by):
        held = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
        written = {address.lower() for address in (*held.to, *held.cc)}
        final = [one for one in held.bounced if one["final"]]
        known = {one["address"] for one in final}
        there = {one["address"] for one in held.delivered}
        news = {one.address.lower(): one for one in failed if one.address.lower() in written}
        fresh = {
            address: one
            for address, one in news.items()
            if address not in known and (one.is_final or address not in there)
        }
        if not fresh:
            return
        now = clock.now()
        kept = [_row(address, one, now.isoformat()) for address, one in fresh.items()]
        lost = {address: one for address, one in fresh.items() if one.is_final}
        waits = [one for one in held.bounced if not one["final"] and one["address"] not in fresh]
        OutgoingMail.objects.filter(pk=held.pk).update(
            bounced=[*final, *waits, *kept][:MAX_KEPT],
            bounced_at=now,
            delivered=[one for one in held.delivered if not _came_back(lost, one["address"])],
        )
        for address, one in lost.items():
            reason = failure_reason(failure_text(one))
            if reason is not None and reason.is_dead:
                suppress_address(address, by=SENDER, answer=failure_text(one), mail=held)
        if lost:
            fact = MailBounced(mail_id=held.pk, origin=held.origin, addresses=tuple(lost))
            announce(fact, by=by)
        live_topics.publish(OUTBOX)


def record_delivery(mail: OutgoingMail, addresses: Collection[str], *, by: Actor) -> None:
    """Record that a sent mail reached these addresses, as its provider reports.

    A bounce from an address stays, whichever was reported first; a delay is over.
    """
    with attributed(by):
        held = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
        written = {address.lower() for address in (*held.to, *held.cc)}
        over = {
            one["address"] for one in (*held.delivered, *held.bounced) if one.get("final", True)
        }
        fresh = ({address.lower() for address in addresses} & written) - over
        if not fresh:
            return
        at = clock.now().isoformat()
        reached = [{"address": address, "at": at} for address in sorted(fresh)]
        OutgoingMail.objects.filter(pk=held.pk).update(
            delivered=[*held.delivered, *reached][:MAX_KEPT],
            bounced=[one for one in held.bounced if one["address"] not in fresh],
        )
        live_topics.publish(OUTBOX)


def _came_back(lost: Mapping[str, FailedRecipient], address: str) -> bool:
    """Return whether the mail did not arrive; one that was reported as spam did."""
    return address in lost and lost[address].diagnostic != COMPLAINT_STATUS


def _row(address: str, one: FailedRecipient, at: str) -> dict[str, object]:
    return {"address": address, "answer": failure_text(one), "final": one.is_final, "at": at}


def failure_text(failed: FailedRecipient) -> str:
    """Return the server's words, with the status before them where they do not contain it."""
    words = " ".join(failed.diagnostic.split())
    return words if failed.status in words else f"{failed.status} {words}".strip()

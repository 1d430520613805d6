"""What mail servers say later of a mail that went out."""

from collections.abc import Sequence

from opale.kernel import changes, clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.facts import announce
from opale.messaging.actions.outgoing import OUTBOX, SENDER
from opale.messaging.actions.suppressing import suppress_address
from opale.messaging.facts import MailBounced
from opale.messaging.incoming import Failed
from opale.messaging.models import OutgoingMail
from opale.messaging.reasons import reason_of

KEPT = 50
"""Addresses of one mail that are told apart; a mail has not more by itself."""


def note_bounce(mail: OutgoingMail, failed: Sequence[Failed], *, by: Actor) -> None:
    """A mail that was sent did not reach some of its addresses, or does so late.

    The same news twice is one. Where nobody is at an address, nothing automatic goes there again:
    only an address that the mail was written to counts, for a bounce proves nothing else.
    """
    with acting(by):
        held = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
        written = {address.lower() for address in (*held.to, *held.cc)}
        final = [one for one in held.bounced if one["final"]]
        known = {one["address"] for one in final}
        news = {one.address.lower(): one for one in failed if one.address.lower() in written}
        fresh = {address: one for address, one in news.items() if address not in known}
        if not fresh:
            return
        now = clock.now()
        kept = [_row(address, one, now.isoformat()) for address, one in fresh.items()]
        OutgoingMail.objects.filter(pk=held.pk).update(
            bounced=[*final, *kept][:KEPT], bounced_at=now
        )
        lost = {address: one for address, one in fresh.items() if one.is_final}
        for address, one in lost.items():
            reason = reason_of(said_in(one))
            if reason is not None and reason.is_dead:
                suppress_address(address, by=SENDER, answer=said_in(one), mail=held)
        if lost:
            fact = MailBounced(mail_id=held.pk, origin=held.origin, addresses=tuple(lost))
            announce(fact, by=by)
        changes.touch(OUTBOX)


def _row(address: str, one: Failed, at: str) -> dict[str, object]:
    return {"address": address, "answer": said_in(one), "final": one.is_final, "at": at}


def said_in(failed: Failed) -> str:
    """The server's words, with the status before them where they do not say it themselves."""
    words = " ".join(failed.diagnostic.split())
    return words if failed.status in words else f"{failed.status} {words}".strip()

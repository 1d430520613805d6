"""What mail servers and providers say later of a mail that went out."""

from collections.abc import Collection, Mapping, Sequence

from opale.kernel import changes, clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.facts import announce
from opale.messaging.actions.outgoing import OUTBOX, SENDER
from opale.messaging.actions.suppressing import suppress_address
from opale.messaging.facts import MailBounced
from opale.messaging.incoming import Failed
from opale.messaging.models import OutgoingMail
from opale.messaging.reasons import COMPLAINED, reason_of

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
            bounced=[*final, *waits, *kept][:KEPT],
            bounced_at=now,
            delivered=[one for one in held.delivered if not _came_back(lost, one["address"])],
        )
        for address, one in lost.items():
            reason = reason_of(said_in(one))
            if reason is not None and reason.is_dead:
                suppress_address(address, by=SENDER, answer=said_in(one), mail=held)
        if lost:
            fact = MailBounced(mail_id=held.pk, origin=held.origin, addresses=tuple(lost))
            announce(fact, by=by)
        changes.touch(OUTBOX)


def note_delivery(mail: OutgoingMail, addresses: Collection[str], *, by: Actor) -> None:
    """A mail that was sent reached these addresses, as its provider tells.

    What came back from one stays so, whichever was told first; a delay is over.
    """
    with acting(by):
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
            delivered=[*held.delivered, *reached][:KEPT],
            bounced=[one for one in held.bounced if one["address"] not in fresh],
        )
        changes.touch(OUTBOX)


def _came_back(lost: Mapping[str, Failed], address: str) -> bool:
    """Whether it did not arrive after all; who complains has got it."""
    return address in lost and lost[address].diagnostic != COMPLAINED


def _row(address: str, one: Failed, at: str) -> dict[str, object]:
    return {"address": address, "answer": said_in(one), "final": one.is_final, "at": at}


def said_in(failed: Failed) -> str:
    """The server's words, with the status before them where they do not say it themselves."""
    words = " ".join(failed.diagnostic.split())
    return words if failed.status in words else f"{failed.status} {words}".strip()

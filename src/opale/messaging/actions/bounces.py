"""What mail servers say later of a mail that went out."""

from collections.abc import Sequence

from opale.kernel.actor import Actor
from opale.kernel.facts import announce
from opale.messaging.facts import MailBounced
from opale.messaging.incoming import Failed
from opale.messaging.models import OutgoingMail


def note_bounce(mail: OutgoingMail, failed: Sequence[Failed], *, by: Actor) -> None:
    """A mail that was sent did not reach some of its addresses, or does so late."""
    addresses = tuple(one.address for one in failed if one.is_final)
    if addresses:
        announce(MailBounced(mail_id=mail.pk, origin=mail.origin, addresses=addresses), by=by)

"""What the parameters of the routes of messaging name in the house of the personas."""

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.kernel.states import perform
from opale.messaging.actions import letterheads
from opale.messaging.actions.mailboxes import create_mailbox
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.models import IncomingMail, OutgoingMail, RawMail
from opale.messaging.states import GIVE_UP
from opale.messaging.tests.pictures import png

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    mail = queue_mail(
        by=MAKER,
        origin="house.mail",
        to=["contact@acme.example"],
        subject="Link restored",
        body="It is restored.",
        language="en",
    )
    perform(GIVE_UP, OutgoingMail.objects.filter(pk=mail.pk), by=MAKER, at=now())
    gone = suppress_address("gone@acme.example", by=house.actor("desk_agent"))
    empty = create_mailbox(by=MAKER, address="empty@opale.example", name="Empty")
    raw = b"From: a@b.example\n\nHello"
    stuck = IncomingMail.objects.create(
        mailbox=create_mailbox(by=MAKER, address="in@opale.example", name="In"),
        source="lmtp",
        raw_hash="in",
        content_hash="in",
        size_bytes=len(raw),
        state="quarantined",
        outcome="quarantined",
        processed_at=now(),
    )
    RawMail.objects.create(mail=stuck, body=raw)
    by = house.actor("administrator")
    letterheads.write_letterhead(by=by, company="Opale", footer_fr="Nantes", footer_en="Nantes")
    letterhead = letterheads.set_letterhead_logo([png()], by=by)
    return {
        "letterhead_id": letterhead.pk,
        "mail_id": mail.pk,
        "suppression_id": gone.pk,
        "empty_mailbox_id": empty.pk,
        "inbound_id": stuck.pk,
    }

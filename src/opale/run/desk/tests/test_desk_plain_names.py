"""Names that older mails left encoded for a header are decoded once."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from tests.personas import MAKER, Personas

from opale.customers.models import Contact
from opale.kernel.attribution import attributed
from opale.messaging.domain.mail_parser.headers import parse_addresses
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import messages, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Message, Source

pytestmark = pytest.mark.django_db
ENCODED = "=?utf-8?b?TMOpYQ==?= =?utf-8?q?_Morel?="
MIGRATION = import_module("opale.run.desk.migrations.0071_plain_names")


def test_names_of_contacts_messages_and_senders_are_decoded(personas: Personas) -> None:
    by = personas.actor("desk_agent")
    new = NewTicket(
        subject="x", body="x", source=Source.MAIL,
        customer=personas.customer, contact=personas.contact,
    )  # fmt: skip
    ticket = ticket_creation.receive_ticket(new, by=by)
    sent = messages.write_to_customer(ticket, "=?utf-8?q?L=C3=A9a?= stays", by=by)
    with attributed(MAKER):
        Contact.objects.filter(pk=personas.contact.pk).update(name=ENCODED)
        Message.objects.filter(pk=sent.pk).update(author=ENCODED)
        OutgoingMail.objects.filter(message=sent).update(sender=f"{ENCODED} <sav@x.example>")
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.ATTRIBUTE)
    MIGRATION.decode_names(apps, None)
    sent.refresh_from_db()
    assert sent.mail is not None
    assert Contact.objects.get(pk=personas.contact.pk).name == "Léa Morel"
    assert (sent.author, sent.mail.sender) == ("Léa Morel", "Léa Morel <sav@x.example>")
    assert sent.body == "=?utf-8?q?L=C3=A9a?= stays", "what was said is no name"


@pytest.mark.parametrize("written", [f"{ENCODED} <a@x.example>", f'"{ENCODED}" <a@x.example>'])
def test_mails_that_come_in_have_plain_names(written: str) -> None:
    assert [one.name for one in parse_addresses(written.encode())] == ["Léa Morel"]

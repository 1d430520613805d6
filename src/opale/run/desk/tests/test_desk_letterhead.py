"""The letterhead on what the desk mails, and in the answers that quote it."""

import base64
from email.message import EmailMessage, Message
from typing import Any

import pytest
from tests.personas import MAKER, Personas

from opale.messaging.actions.letterheads import set_letterhead_logo, write_letterhead
from opale.messaging.actions.outgoing import build_message
from opale.messaging.models import OutgoingMail
from opale.messaging.tests.pictures import png
from opale.run.desk.actions.outgoing_mail import DigestMail, queue_digest_mail
from opale.run.desk.models import Attachment
from opale.run.desk.tests.mails import make_mailbox
from opale.run.desk.tests.test_desk_mail_web import PNG, raw_mail, taken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letterhead(personas: Personas, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    by = personas.actor("administrator")
    write_letterhead(by=by, company="Nuage", footer_fr="1 rue du Port", footer_en="1 Port Street")
    set_letterhead_logo([png()], by=by)


def parts(mail: OutgoingMail) -> dict[str, Message | EmailMessage]:
    return {one.get_content_type(): one for one in build_message(mail).message().walk()}


def bears_letterhead(mail: OutgoingMail, footer: str) -> bool:
    found = parts(mail)
    content_id = str(found["image/png"]["Content-ID"]).strip("<>")
    html = found["text/html"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    text = found["text/plain"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    return (
        found["image/png"].get_payload(decode=True) == png()
        and f'src="cid:{content_id}" alt="Nuage"' in html
        and footer in html
        and text.rstrip().endswith(f"Nuage\n{footer}")
    )


def test_a_receipt_bears_it_and_an_answer_that_quotes_it_has_no_file_of_it(
    personas: Personas,
) -> None:
    box = make_mailbox(trusted_servers=["mx.nuage.example"], acknowledges=True)
    raw = raw_mail(personas.contact.email)
    quoting = raw.replace(base64.b64encode(PNG), base64.b64encode(png()))
    message = taken(quoting, box)
    names = Attachment.objects.filter(message=message).values_list("name", flat=True)
    assert list(names) == ["page.html"]
    receipt = OutgoingMail.objects.get()
    assert bears_letterhead(receipt, {"fr": "1 rue du Port"}.get(receipt.language, "1 Port Street"))


def test_another_picture_of_an_answer_is_kept(personas: Personas) -> None:
    box = make_mailbox(trusted_servers=["mx.nuage.example"], acknowledges=False)
    message = taken(raw_mail(personas.contact.email), box)
    names = Attachment.objects.filter(message=message).values_list("name", flat=True)
    assert set(names) == {"plan.png", "page.html"}


def test_a_digest_bears_it() -> None:
    digest = DigestMail(
        to="a@acme.example", title="3 tickets", body="Bonjour", language="en", origin="t:1",
        why="", links=(), foot_links=(), every="https://x.example/",
    )  # fmt: skip
    assert bears_letterhead(queue_digest_mail(digest, by=MAKER), "1 Port Street")

"""The stage of a night at the desk: an agent's keys, ten people who write, and their mailboxes."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from tests.journeys.browsing import SETTLED, Visitors, visit
from tests.journeys.keyboard import Keys
from tests.journeys.running import Opale, Sink, wait_until

FOUND = """
import json
from opale.customers.models import Contact
from opale.infrastructure.models import ConfigurationItem
found = Contact.objects.filter(language="fr", may_open=True, customer__language="fr")
found = found.exclude(email="").filter(customer__services__state="active").order_by("id")
people = [{"name": one.name, "email": one.email} for one in found.distinct()[:9]]
names = ConfigurationItem.objects.filter(customer=None).exclude(state="retired").order_by("id")
hosts = [name for name in names.values_list("name", flat=True) if not set(name) & set(". ")]
print(json.dumps({
    "people": people,
    "hosts": hosts[:15],
}))
"""
ABOVE = "--- Répondez au-dessus de cette ligne ---"


@dataclass
class Night:
    opale: Opale
    sink: Sink
    page: Page
    keys: Keys
    pointed: list[str]
    people: list[dict[str, Any]]
    hosts: list[str]
    visitors: Visitors
    clock: Path

    def of(self, persona: str) -> tuple[Page, Keys]:
        """Another browser, worked by its keyboard too."""
        page = self.visitors.context(persona, language="fr").new_page()
        page.emulate_media(reduced_motion="reduce")
        return page, Keys(page)

    @property
    def panel(self) -> Locator:
        return self.page.locator("#o-panel")

    @property
    def head(self) -> Locator:
        return self.page.locator(".d-head")

    def settled(self) -> None:
        self.page.wait_for_function(SETTLED)

    def number_of(self, subject: str) -> int:
        """The ticket that came of a mail with this subject."""

        def found() -> list[dict[str, Any]]:
            rows = self.opale.api("/tickets?limit=200")["items"]
            return [one for one in rows if one["subject"] == subject]

        wait_until(lambda: len(found()) == 1, None, 60)
        return int(found()[0]["number"])

    def open(self, number: int) -> None:
        visit(self.page, f"/tickets/{number}/")

    def mails(self, number: int) -> list[EmailMessage]:
        """What the customer got of a ticket, oldest first."""
        return [
            one
            for one in self.sink.mails
            if f"[T-{number}]" in one["Subject"]
            and any(person["email"] in one["To"] for person in self.people)
        ]

    def next_mail(self, number: int, already: int) -> EmailMessage:
        wait_until(lambda: len(self.mails(number)) > already, None, 60)
        return self.mails(number)[already]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def words_of(mail: EmailMessage) -> list[str]:
    """The paragraphs of a mail, without the line that one answers above, and the signature."""
    text = text_of(mail).replace("\r\n", "\n").replace("\xa0", " ")
    said, _dashes, _signature = text.partition("\n-- \n")
    return [" ".join(one.split()) for one in said.split("\n\n") if one.strip() and one != ABOVE]

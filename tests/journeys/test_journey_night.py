"""A night of one agent by keyboard, and what its customer reads of it, in French.

Ten tickets of which two are outages, a storm of 45 alerts on 15 devices, a P1 without customer
and a visit in two weeks. What hands over the night is in test_journey_handover.py.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.journeys import arriving
from tests.journeys.browsing import SETTLED, Visitors, visit
from tests.journeys.keyboard import Keys, pointed_at
from tests.journeys.running import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    Opale,
    Sink,
    mail_sink,
    running_opale,
    wait_until,
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
OUTAGES = ("Internet coupé, 40 personnes bloquées", "Plus de réseau à l’entrepôt")
ASKED = tuple(f"Question {number} sur notre accès" for number in range(1, 9))
CAUSE = "Fibre sectionnée rue des Acacias"
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
OF_THE_STORM = """
from opale.run.desk.models import TicketAlert
links = TicketAlert.objects.filter(alert__title__startswith="Tempête")
print(links.values("ticket").distinct().count(), links.count())
"""


@dataclass
class Night:
    opale: Opale
    sink: Sink
    page: Page
    keys: Keys
    pointed: list[str]
    people: list[dict[str, Any]]
    hosts: list[str]

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


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    with (
        mail_sink() as sink,
        running_opale(folder / "data", company, email_url=f"smtp://127.0.0.1:{sink.port}") as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        found = json.loads(opale.ask(FOUND))
        visitors = Visitors(browser, opale, folder)
        page = visitors.context("desk_agent", language="fr").new_page()
        page.emulate_media(reduced_motion="reduce")
        keys, pointed = Keys(page), pointed_at(page)
        yield Night(opale, sink, page, keys, pointed, found["people"], found["hosts"])


def test_ten_mails_are_ten_tickets_each_received_in_french(night: Night) -> None:
    """Point 1: names are read as they are written, and nobody is said to work on it already."""
    caller, *others = night.people
    senders = [caller] * len(OUTAGES) + others
    assert len(senders) == len((*OUTAGES, *ASKED)) == 10
    for subject, sender in zip((*OUTAGES, *ASKED), senders, strict=True):
        arriving.mail(night.opale, subject, sender)
    for subject in (*OUTAGES, *ASKED):
        number = night.number_of(subject)
        receipt = night.next_mail(number, 0)
        assert receipt["Content-Language"] == "fr"
        assert receipt["Auto-Submitted"].startswith("auto-")
        text = text_of(receipt)
        assert "Le centre de services en prendra connaissance" in text
        assert "s’en occupe" not in text
        assert "=?" not in text + receipt["From"].addresses[0].display_name
        assert "##" not in text


@pytest.mark.parametrize("subject", OUTAGES)
def test_an_outage_is_accepted_restored_and_closed_by_keys(night: Night, subject: str) -> None:
    """Points 2, 4 and 5: nothing is lowered, P1 asks before it waits, the cause is found again."""
    keys, page, number = night.keys, night.page, night.number_of(subject)
    night.open(number)
    if night.opale.api(f"/tickets/{number}")["kind"] == "request":
        keys.press("i")
    else:
        keys.press("a")
    expect(night.panel.locator("[data-digits]").first).to_be_visible()
    expect(night.panel).to_contain_text(arriving.ASKED)
    keys.press("1", "1")
    expect(night.panel.locator(".o-changes")).to_contain_text(re.compile("P1.*GTR", re.DOTALL))
    page.keyboard.press("Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head).to_contain_text("P1")
    ticket = night.opale.api(f"/tickets/{number}")
    assert (ticket["kind"], ticket["priority"]) == ("incident", 1)

    # Taken and answered; what the customer reads is signed and in one thread.
    night.settled()
    keys.press("t")
    expect(page.locator("[data-key='t']")).to_have_count(0)
    night.settled()
    keys.press("r").type("Nous voyons la coupure et cherchons la cause.").press("Control+Enter")
    answer = night.next_mail(number, 1)
    assert "Nous voyons la coupure" in text_of(answer)

    # On hold a P1 says what moves, and asks for consent.
    night.settled()
    keys.press(".")
    expect(night.panel.locator("[name=kind]:not([type=hidden])")).to_be_visible()
    expect(night.panel.locator("[name=confirmed]")).to_be_visible()
    keys.press("Escape")
    expect(night.panel).to_be_hidden()

    # Resolved: from when to when it was down, why, and the last words to the customer.
    keys.press("v")
    cause = night.panel.locator("[name=cause]:not([type=hidden])")
    expect(cause).to_be_visible()
    expect(night.panel.locator("[name=outage]").first).to_be_visible()
    cause.focus()
    keys.type(CAUSE).press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head).to_contain_text("Résolu")
    expect(night.head).to_contain_text(CAUSE)
    resolved = night.next_mail(number, 2)
    assert resolved["Content-Language"] == "fr"
    assert "rétabli" in text_of(resolved) or "résolu" in text_of(resolved)
    assert night.opale.api(f"/tickets/{number}")["cause"] == CAUSE
    assert night.opale.api(f"/tickets/{number}/outages")
    visit(page, "/search/?q=acacias")
    expect(page.locator("main")).to_contain_text(subject)

    # Nothing more was sent than what was written.
    assert len(night.mails(number)) == 3
    assert len({one["Message-ID"] for one in night.mails(number)}) == 3


def test_an_incident_of_nobody_has_clocks_and_reads_internal(night: Night) -> None:
    """Point 5."""
    body = {"subject": "Cœur de réseau muet", "kind": "incident", "impact": 1, "urgency": 1}
    number = night.opale.tell("/tickets", body)["number"]
    ticket = night.opale.api(f"/tickets/{number}")
    assert (ticket["customer_id"], ticket["priority"]) == (None, 1)
    measures = {one["measure"] for one in night.opale.api(f"/tickets/{number}/commitments")}
    assert {"acknowledge", "restore"} <= measures
    night.open(number)
    expect(night.head).to_contain_text("Interne")


def test_a_visit_in_two_weeks_runs_on_its_date_and_no_wait_moves_it(night: Night) -> None:
    """Points 3 and 5: asked for a site of the provider; it is due when the visit begins."""
    opale = night.opale
    contacts = opale.api("/contacts?limit=200")["items"]
    asking = next(one for one in contacts if one["email"] and one["may_enter"])
    sites = opale.api("/sites?limit=200")["items"]
    ours = next(one for one in sites if one["kind"] == "datacentre" and not one["customer_id"])
    begins = (datetime.now(UTC) + timedelta(days=14)).replace(second=0, microsecond=0)
    values = {
        "site": ours["code"],
        "starts": begins.isoformat(),
        "ends": (begins + timedelta(hours=4)).isoformat(),
        "visitors": [{"name": "Zoë Müller", "company": "Acme", "identity": "CNI 1"}],
        "escort": "none",
    }
    asked = {"type": "datacentre-access", "contact_id": asking["id"], "values": values}
    number = opale.tell("/requests", asked)["ticket"]["number"]

    def due() -> datetime:
        promised = opale.api(f"/tickets/{number}/commitments")
        (at,) = (one["due_at"] for one in promised if one["measure"] == "resolve")
        return datetime.fromisoformat(at)

    assert due() == begins
    night.open(number)
    night.keys.press(".")
    expect(night.panel.locator("[name=kind]:not([type=hidden])")).to_be_focused()
    night.keys.press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.head.get_by_text("En attente du client")).to_have_count(1)
    assert due() == begins


def test_a_storm_is_one_incident_with_who_is_affected(night: Night) -> None:
    """Point 6: marked and made one incident by keys, its number on each line."""
    told = [(f"Tempête{n}", night.hosts[n % 15]) for n in range(45)]
    arriving.alerts(night.opale, "Tempête", told)
    page, lines = night.page, night.page.locator("[data-list] > .o-line")

    def all_there() -> bool:
        visit(page, "/alerts/?q=Temp%C3%AAte")
        return lines.count() == 45

    wait_until(all_there, None, 60)
    for _line in range(45):
        night.keys.press("j", "x")
    expect(page.locator("[data-mark]:checked")).to_have_count(45)
    night.keys.press("i")
    page.wait_for_url("**/acts/incident/**")
    confirm = page.locator("form.o-form button.btn-primary")
    confirm.press("Enter")
    expect(page.get_by_role("button", name="(45)")).to_be_visible()
    confirm.press("Enter")
    page.wait_for_url(re.compile(r"/alerts/"))
    assert night.opale.ask(OF_THE_STORM).split() == ["1", "45"]
    incident = lines.first.locator(".e-incident").inner_text()
    expect(lines.filter(has_text=incident)).to_have_count(45)
    number = int(re.findall(r"\d+", incident)[0])
    night.open(number)
    page.locator("#affected").scroll_into_view_if_needed()
    expect(page.locator("#affected")).to_contain_text("Clients touchés")
    assert night.opale.api(f"/tickets/{number}/affected")["items"]


def test_spam_is_marked_by_a_key_and_gets_no_more_mail(night: Night) -> None:
    """Points 9 and 10: one meaning of each key, grouped where they are shown."""
    sender = {"name": "Promo", "email": "news@promo.example"}
    arriving.mail(night.opale, "Gagnez un téléphone", sender)
    number = night.number_of("Gagnez un téléphone")
    night.open(number)
    night.keys.press("b")
    expect(night.panel.locator("form")).to_be_visible()
    night.keys.press("Control+Enter")
    expect(night.panel).to_be_hidden()
    expect(night.page.locator("[data-toast]").last).to_be_visible()
    assert night.opale.api(f"/tickets/{number}")["state"] == "cancelled"
    night.open(night.number_of(ASKED[0]))
    used = night.head.locator("[data-key]").evaluate_all(
        "found => found.filter(one => one.checkVisibility() || one.closest('menu, .o-menu'))"
        ".map(one => one.dataset.key)"
    )
    assert len(used) == len(set(used))
    assert "x" not in used
    night.keys.press("?")
    assert night.page.locator("dialog[open] .o-keymap").count() > 1
    night.keys.press("Escape")


def test_all_of_it_was_done_without_a_pointer(night: Night) -> None:
    assert night.pointed == []

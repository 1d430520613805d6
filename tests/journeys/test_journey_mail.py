"""A conversation by real mail, both ways: a customer's mail program, two mail servers, a browser.

The customer writes to a mailbox of dovecot; Opale fetches by IDLE, and answers through postfix,
which delivers into the customer's own mailbox.
"""

import json
import os
import re
import signal
import smtplib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.journeys.browsing import NEEDS_BROWSER, Visitors
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale, running_opale
from tests.mail_servers import (
    NEEDS_MAIL_SERVERS,
    PASSWORD,
    Dovecot,
    Postfix,
    running_dovecot,
    running_postfix,
    wait_until,
)
from tests.serving import free_port

from opale.cli import installation

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    NEEDS_BROWSER,
    NEEDS_MAIL_SERVERS,
]

SUPPORT = "assistance@opale.test"
DESK = "Vélorane – assistance"
HANDED = "guichet@opale.test"
SET_UP = f"""
from opale.customers.models import Contact
from opale.kernel.actor import system
from opale.messaging.actions.mailboxes import create_mailbox
create_mailbox(by=system("journey"), address={HANDED!r}, name="Guichet", source="listener")
found = Contact.objects.filter(language="fr", may_open=True, customer__language="fr")
print(found.exclude(email="").order_by("id").first().email)
"""
COUNTED = """
SELECT count(*), count(DISTINCT message_id) FROM messaging_incomingmail
WHERE subject LIKE %s AND outcome = 'ticket'
"""
SIX_PIXELS = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0004020181b4d3a5b30000000049454e44ae426082"
)

PASTE = """
(field, given) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(given.bytes)], given.name, { type: "image/png" }));
    const paste = { clipboardData: files, bubbles: true, cancelable: true };
    field.dispatchEvent(new ClipboardEvent("paste", paste));
}
"""
"""What pasting a picture is to a page."""


@dataclass
class Post:
    """The mail servers, and the customer who writes through them."""

    dovecot: Dovecot
    postfix: Postfix
    customer: str = ""

    def write(
        self, text: str, *, to: str = SUPPORT, subject: str, sender: str = "", answers: str = ""
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender or self.customer, to, subject
        mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="client.example")
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers
        mail.set_content(text)
        return mail

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.postfix.smtp, timeout=30) as client:
            client.send_message(mail)

    def next(self, already: int) -> EmailMessage:
        """The mail that comes to the customer after those, news of what one follows left aside."""

        def found() -> list[EmailMessage]:
            return [
                one for one in self.dovecot.read(self.customer) if "List-Unsubscribe" not in one
            ]

        wait_until(lambda: len(found()) > already, 60)
        return found()[already]


@dataclass
class Stage:
    opale: Opale
    post: Post
    browser: Browser
    visitors: Visitors

    def page(self, persona: str, language: str = "en") -> Page:
        return self.visitors.context(persona, language=language).new_page()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("mail")
    smtp = free_port()
    with (
        running_opale(folder / "data", company, email_url=f"smtp://127.0.0.1:{smtp}") as opale,
        running_dovecot(SUPPORT, more="recipient_delimiter = +") as dovecot,
    ):
        customer = opale.ask(SET_UP)
        colleague = f"collegue@{customer.partition('@')[2]}"
        dovecot.add(customer, colleague)
        domains = f"opale.test, {customer.partition('@')[2]}"
        with (
            running_postfix(dovecot.lmtp, domains, smtp=smtp) as postfix,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
        ):
            post = Post(dovecot, postfix, customer)
            yield Stage(opale, post, browser, Visitors(browser, opale, folder))


@pytest.fixture(autouse=True)
def leave(stage: Stage) -> Iterator[None]:
    yield
    stage.visitors.leave()


def plain(mail: EmailMessage) -> str:
    return part(mail, "plain")


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_mailbox_is_set_up_in_the_browser_and_watched(stage: Stage) -> None:
    page = stage.page("administrator")
    page.goto("/mail-in/mailboxes/new/")
    page.locator("main [name=address]").fill(SUPPORT)
    page.locator("main [name=name]").fill(DESK)
    page.locator("main [name=language]").select_option("fr")
    page.locator("main [name=source]").select_option("listener")
    expect(page.locator("main [name=host]")).to_be_hidden()
    page.locator("main [name=source]").select_option("imap")
    expect(page.locator("main [name=token_url]")).to_be_hidden()
    page.locator("main [name=host]").fill("127.0.0.1")
    page.locator("main [name=port]").fill(str(stage.post.dovecot.imap))
    page.locator("main [name=security]").select_option("none")
    page.locator("main [name=secret]").fill(PASSWORD)
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name=SUPPORT).first.click()
    success = page.get_by_role("definition").filter(has=page.get_by_role("time"))
    expect(success.first).to_be_visible(timeout=60_000)


def test_a_conversation_goes_both_ways_in_one_thread(stage: Stage) -> None:
    post, agent = stage.post, stage.page("desk_agent")
    agent.goto("/desk/")
    expect(agent.get_by_role("status").filter(has_text="Live")).to_be_visible()

    # The customer's first mail is a ticket in the queue, live, and is acknowledged in French.
    first = post.write("Bonjour,\nle site de Lyon ne répond plus.\n", subject="Site de Lyon muet")
    first.add_attachment(SIX_PIXELS, maintype="image", subtype="png", filename="écran.png")
    sent = datetime.now(UTC)
    post.send(first)
    line = agent.get_by_role("link", name=re.compile("Site de Lyon muet")).first
    line.wait_for(timeout=30_000)
    print(f"from the customer's mail program to the line in the queue: {datetime.now(UTC) - sent}")
    acknowledged = post.next(0)
    assert datetime.now(UTC) - sent < timedelta(seconds=30)
    number = int(re.findall(r"\[T-(\d+)\]", acknowledged["Subject"])[0])
    assert acknowledged["Auto-Submitted"].startswith("auto-")
    assert acknowledged["Content-Language"] == "fr"
    assert first["Message-ID"] in acknowledged["References"]
    assert "Le centre de services en prendra connaissance" in plain(acknowledged)
    assert acknowledged["From"].addresses[0].display_name == DESK
    ticket = stage.opale.api(f"/tickets/{number}")
    assert (ticket["source"], ticket["subject"]) == ("mail", "Site de Lyon muet")
    assert ticket["customer_id"] is not None

    # An agent takes it and answers; the customer's mail program shows one thread.
    agent.goto(f"/tickets/{number}/")
    expect(agent.get_by_role("link", name=re.compile("écran.png"))).to_be_visible()
    agent.keyboard.press("t")
    expect(agent.get_by_text("took the ticket")).to_be_visible()
    box = agent.get_by_label("Message to the customer")
    box.fill("Nous regardons. **Depuis quand ?**\n\n- à Zürich\n- à Lyon\n")
    box.evaluate(PASTE, {"name": "Zoë.png", "bytes": list(SIX_PIXELS)})
    expect(box).to_have_value(re.compile(r"!\[Zoë\.png\]\(file:\d+\)"))
    agent.keyboard.press("Control+Enter")
    formatted = agent.locator(".o-message .c-text").filter(has_text="Nous regardons").last
    expect(formatted.locator("strong")).to_have_text("Depuis quand ?")
    expect(formatted.locator("li")).to_have_text(["à Zürich", "à Lyon"])
    expect(formatted.locator("img")).to_have_attribute("alt", "Zoë.png")
    answer = post.next(1)
    assert "Nous regardons. Depuis quand ?" in plain(answer)
    assert "- à Zürich\n- à Lyon" in plain(answer).replace("\r\n", "\n")
    assert "<strong>Depuis quand ?</strong>" in part(answer, "html")
    pictures = [one for one in answer.walk() if one.get_content_maintype() == "image"]
    assert {one.get_filename() for one in pictures} == {"logo.png", "Zoë.png"}
    for picture in pictures:
        assert f"cid:{str(picture['Content-ID']).strip('<>')}" in part(answer, "html")
        assert (picture.get_content() == SIX_PIXELS) == (picture.get_filename() == "Zoë.png")
    assert "Vélorane\n14 quai de la Fosse" in plain(answer).replace("\r\n", "\n")
    assert first["Message-ID"] in answer["References"]
    sender = answer["From"].addresses[0]
    assert (sender.addr_spec, sender.display_name.endswith(f", {DESK}")) == (SUPPORT, True)
    assert f"{DESK} · T-{number}" in plain(answer)
    assert "=?" not in plain(answer) + part(answer, "html"), "names are encoded in headers alone"
    assert plain(answer).startswith("--- Répondez au-dessus de cette ligne ---")

    # The customer answers as mail programs do: to the address that the mail asks for.
    post.send(
        post.write(
            "Depuis 8 h 40.\n\nLe 25 nov. 2026, Assistance a écrit :\n> Nous regardons.\n",
            to=str(answer["Reply-To"]),
            subject=f"Re: {answer['Subject']}",
            answers=answer["Message-ID"],
        )
    )
    expect(agent.get_by_text("Depuis 8 h 40.")).to_be_visible(timeout=30_000)
    expect(agent.get_by_text("a écrit")).to_be_hidden()

    # A colleague whom nobody knows was forwarded the mail, and answers it: his mail opens a ticket
    # of its own, and this one says so.
    domain = post.customer.partition("@")[2]
    post.send(
        post.write(
            "Chez moi aussi.",
            sender=f"collegue@{domain}",
            to=str(answer["Reply-To"]),
            subject=f"Tr: {answer['Subject']}",
        )
    )
    expect(agent.get_by_text(re.compile(f"collegue@{domain}")).first).to_be_visible(timeout=30_000)

    told = stage.opale.api(
        f"/mail/inbound?message_id={quote(first['Message-ID'])}", "administrator"
    )
    (came,) = told["items"]
    assert (came["outcome"], came["mailbox"], came["ticket"]) == ("ticket", SUPPORT, number)


def test_what_is_written_while_the_mail_server_is_away_arrives(stage: Stage) -> None:
    post, agent = stage.post, stage.page("desk_agent")
    agent.goto("/desk/")
    post.dovecot.stop()
    post.send(post.write("Et le lien de secours ?", subject="Lien de secours"))
    post.dovecot.start()
    post.postfix.flush()
    agent.get_by_role("link", name=re.compile("Lien de secours")).first.wait_for(timeout=90_000)


def test_a_gateway_that_is_killed_in_the_middle_loses_and_doubles_nothing(stage: Stage) -> None:
    """kill -9 while it fetches and while it is handed mail: all are there once, by both ways."""
    post, data = stage.post, stage.opale.data
    port = int(json.loads((data / "state.json").read_text(encoding="utf-8"))["lmtp"]["port"])
    run, count = f"killed{os.getpid()}", 40

    def written(number: int, to: str) -> EmailMessage:
        mail = post.write("Coupé.", to=to, subject=f"{run} {number}", sender=f"k{number}@x.example")
        mail["Auto-Submitted"] = "auto-generated"  # or each of them is acknowledged
        return mail

    def hand_over(mail: EmailMessage) -> bool:
        """As a mail server does, which keeps what nobody has taken."""
        with (
            suppress(OSError, smtplib.SMTPException),
            smtplib.LMTP("127.0.0.1", port, timeout=5) as client,
        ):
            client.send_message(mail)
            return True
        return False

    fetched = [written(number, SUPPORT) for number in range(count)]
    post.dovecot.deliver(SUPPORT, *(mail.as_bytes() for mail in fetched))
    for number in range(count, 2 * count):
        if number == count + 10:
            kill_gateway(data)
        wait_until(partial(hand_over, written(number, HANDED)), 60)
    url = installation.open_folder(data).superuser_url(installation.DATABASE)
    with psycopg.connect(url, autocommit=True) as database:

        def counted() -> list[tuple[int, int]]:
            return database.execute(COUNTED, [f"{run} %"]).fetchall()

        wait_until(lambda: counted() == [(2 * count, 2 * count)], 60)


def kill_gateway(data: Path) -> None:
    known = json.loads((data / "processes.json").read_text(encoding="utf-8"))
    os.kill(int(known["gateway"][0]), signal.SIGKILL)


def test_a_file_of_30_mb_is_on_its_ticket_to_the_byte(stage: Stage) -> None:
    """41 MB on its way, from the mail program through both mail servers to the agent's hands."""
    post, agent = stage.post, stage.page("desk_agent")
    sent = b"%PDF-1.7\n" + os.urandom(30_000_000)
    mail = post.write("Voici les relevés de la nuit.", subject="Relevés de la nuit")
    mail.add_attachment(sent, maintype="application", subtype="pdf", filename="relevés.pdf")
    post.send(mail)

    def came() -> list[dict[str, Any]]:
        path = f"/mail/inbound?message_id={quote(mail['Message-ID'])}"
        found: list[dict[str, Any]] = stage.opale.api(path, "administrator")["items"]
        return [one for one in found if one["outcome"]]

    wait_until(came, 60)
    (one,) = came()
    assert (one["outcome"], one["size_bytes"] > 40_000_000) == ("ticket", True)
    (file,) = stage.opale.api(f"/tickets/{one['ticket']}/attachments")
    assert (file["size_bytes"], file["sha256"]) == (len(sent), sha256(sent).hexdigest())
    agent.goto(f"/tickets/{one['ticket']}/")
    with agent.expect_download() as waited:
        agent.get_by_role("link", name=re.compile("relevés.pdf")).first.click()
    assert sha256(waited.value.path().read_bytes()).hexdigest() == file["sha256"]

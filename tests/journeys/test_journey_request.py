"""What is asked by telephone, from the desk to the third level, and at a datacentre's door.

Agents and engineers in browsers of their own, a mail server that takes what is sent, and the API
for what the record says in the end.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import Visitors, pick
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
    pytest.mark.skipif(
        not CHROMIUM and not os.environ.get("CI"), reason="Debian package missing: chromium"
    ),
]


@dataclass
class Stage:
    opale: Opale
    sink: Sink
    visitors: Visitors

    def page(self, persona: str, language: str = "en") -> Page:
        return self.visitors.context(persona, language=language).new_page()

    def mails(self, number: int, address: str) -> list[EmailMessage]:
        """What was sent to an address about a ticket."""
        about = f"[T-{number}]"
        found = [mail for mail in self.sink.mails if address in str(mail["To"])]
        return [mail for mail in found if about in str(mail["Subject"])]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("journey")
    with (
        mail_sink() as sink,
        running_opale(folder / "data", company, email_url=f"smtp://127.0.0.1:{sink.port}") as opale,
        sync_playwright() as playwright,
        closing(
            playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        ) as browser,
    ):
        yield Stage(opale, sink, Visitors(browser, opale, folder))


@pytest.fixture(autouse=True)
def leave(stage: Stage) -> Iterator[None]:
    yield
    stage.visitors.leave()


A_FRENCH_CALLER = """
from opale.customers.models import Contact
for contact in Contact.objects.filter(language="fr", left_on=None, may_open=True).order_by("id"):
    if contact.email and contact.customer.services.filter(offering__family="connectivity"):
        service = contact.customer.services.filter(offering__family="connectivity").first()
        print(contact.name, contact.email, service.reference, sep="|")
        break
"""

AT_THE_DOOR = """
from opale.customers.models import Contact
from opale.infrastructure.queries.items import sites_of_customer
for stranger in Contact.objects.filter(may_enter=False, left_on=None).order_by("id"):
    colleagues = stranger.customer.contacts.filter(left_on=None).exclude(email="")
    keeper = colleagues.filter(may_enter=True).first()
    site = sites_of_customer(stranger.customer).filter(kind="datacentre").first()
    if stranger.email and keeper and site:
        print(stranger.name, keeper.name, keeper.email, site.name, sep="|")
        break
"""


def number_in(page: Page) -> int:
    page.wait_for_url(re.compile(r"/tickets/\d+/$"))
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def escalate(page: Page, number: int, level: str) -> int:
    """Ask the first team of a level, by the panel of the ticket's page; the work's number."""
    page.goto(f"/tickets/{number}/")
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("e")
    page.get_by_role("radio", name=re.compile(level)).first.check()
    page.get_by_label("Ping").check()
    page.get_by_role("button", name=re.compile("^Escalate")).click()
    work = page.locator(".o-facts a[href^='/assignments/']")
    work.first.wait_for()
    return int(str(work.first.get_attribute("href")).strip("/").rsplit("/", 1)[1])


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_call_becomes_an_incident_and_is_restored_on_the_third_level(stage: Stage) -> None:
    opale = stage.opale
    caller, address, service = opale.ask(A_FRENCH_CALLER).split("|")
    owner = stage.page("desk_agent")

    # Entered by telephone as a request, and found to be an incident.
    owner.goto("/tickets/new/")
    owner.get_by_label("Subject").fill("Plus de débit depuis ce matin")
    owner.get_by_label(re.compile("^Description")).fill("Au téléphone : tout est très lent.")
    pick(owner, "Contact", caller)
    pick(owner, "Service", service)
    owner.get_by_role("button", name="Create").click()
    number = number_in(owner)
    assert opale.api(f"/tickets/{number}")["kind"] == "request"
    owner.keyboard.press("t")
    expect(owner.get_by_text("In progress").first).to_be_visible()
    owner.keyboard.press("i")
    panel = owner.locator("#o-panel")
    expect(panel.locator("[name=impact]").first).to_be_focused()
    owner.keyboard.press("2")
    owner.keyboard.press("2")
    expect(panel.get_by_role("button", name="Accept")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Classified: Incident")).to_be_visible()

    # The second level accepts and returns it.
    second = stage.page("run_engineer")
    work = escalate(owner, number, "Level 2")
    second.goto(f"/assignments/{work}/")
    second.keyboard.press("a")
    expect(second.get_by_text("Escalation assigned to you.")).to_be_visible()
    second.goto(f"/assignments/{work}/return/")
    second.get_by_role("button", name="Return").click()
    expect(owner.get_by_text("Deeper expertise needed").first).to_be_visible()

    # The third level accepts, and writes what the customer may hear: the owner sends it.
    third = stage.page("build_engineer")
    work = escalate(owner, number, "Level 3")
    third.goto(f"/assignments/{work}/")
    third.keyboard.press("a")
    expect(third.get_by_text("Escalation assigned to you.")).to_be_visible()
    third.get_by_label("Message to the customer").fill("La fibre est réparée : tout va-t-il bien ?")
    third.get_by_role("button", name="Propose").click()
    expect(third.get_by_text("Proposed to the ticket owner.")).to_be_visible()
    assert not stage.mails(number, address)
    owner.get_by_role("button", name=re.compile("Send in my name")).wait_for()
    owner.keyboard.press("y")
    wait_until(lambda: stage.mails(number, address), None, 60)

    # The third level says that the service works again, and is done; the owner goes on to be it.
    third.goto(f"/assignments/{work}/")
    third.keyboard.press("s")
    third.get_by_label("Restored at").fill("now")
    third.get_by_role("button", name="Mark restored").click()
    marked = "Service marked restored. The ticket owner has been notified."
    expect(third.get_by_text(marked)).to_be_visible()
    expect(owner.get_by_text("marked the service restored")).to_be_visible()
    third.goto(f"/assignments/{work}/completion/")
    third.get_by_role("button", name="Complete").click()

    # What the owner sent, and the notice of the restoration, both in the caller's language.
    wait_until(lambda: len(stage.mails(number, address)) == 2, None, 60)
    written, restored = stage.mails(number, address)
    assert {written["Content-Language"], restored["Content-Language"]} == {"fr"}
    assert "La fibre est réparée" in text_of(written)
    assert "rétabli" in text_of(restored)

    # The record: one owner from the take on, who is none of those who did the work.
    ended = opale.api(f"/tickets/{number}")
    assert (ended["kind"], ended["state"]) == ("incident", "inProgress")
    assert ended["restored_at"] is not None
    work_asked = opale.api(f"/tickets/{number}/assignments")
    assert {one["state"] for one in work_asked} == {"returned", "done"}
    assert opale.api(f"/tickets/{number}/ownerships")[-1]["person_id"] == ended["owner_id"]
    (answer,) = opale.api(f"/tickets/{number}/answers")
    assert answer["state"] == "sent"
    promises = {one["measure"]: one for one in opale.api(f"/tickets/{number}/commitments")}
    assert promises["first_response"]["met_at"] is not None


def test_who_may_not_enter_may_report_and_the_contact_who_may_says_yes(stage: Stage) -> None:
    opale = stage.opale
    stranger, keeper, asked, site = opale.ask(AT_THE_DOOR).split("|")
    agent = stage.page("desk_agent")
    agent.goto("/tickets/new/request/datacentre-access/")
    pick(agent, "Contact", stranger)
    # The warning stands beside the contact, before the questions of the form.
    warned = agent.locator("#request-outlook").get_by_text("does not have the required authority")
    expect(warned).to_be_visible()
    assert warned.bounding_box()["y"] < agent.get_by_label("Datacentre").bounding_box()["y"]  # type: ignore[index]
    # The places of the customer alone, until one asks for the others.
    agent.get_by_label("Datacentre").click()
    offered = agent.locator("[role=option]:not(.o-picker-switch):visible")
    expect(offered.first).to_be_visible()
    own = offered.count()
    agent.get_by_role("option", name="Show all customers").click()
    expect(agent.get_by_role("option", name=re.compile("^Only "))).to_be_visible()
    assert offered.count() > own
    agent.get_by_role("option", name=re.compile("^Only ")).click()
    expect(offered).to_have_count(own)
    pick(agent, "Datacentre", site)
    agent.get_by_label("From").fill("tomorrow 9:00")
    agent.get_by_label("Until").fill("tomorrow 17:00")
    agent.get_by_label("Name 1").fill("Jean Valet")
    agent.get_by_label("Company 1").fill("Valet SARL")
    agent.get_by_label("Identity document 1").fill("CNI 12345")
    agent.get_by_label("Escort").select_option("none")
    told = agent.get_by_text(f"{stranger} does not have the required authority")
    expect(told).to_contain_text(keeper)
    agent.get_by_role("button", name=re.compile("^Submit request")).click()
    number = number_in(agent)
    agent.get_by_text("Waiting for approval by a contact with the authority").wait_for()
    expect(agent.locator(".d-brief").get_by_text("Requested date")).to_be_visible()
    wanted = opale.api(f"/tickets/{number}")["wanted_at"]
    promises = {one["measure"]: one for one in opale.api(f"/tickets/{number}/commitments")}
    assert wanted
    assert promises["resolve"]["due_at"] == wanted
    (approval,) = opale.api(f"/tickets/{number}/approvals")
    assert (approval["state"], approval["decided_by"]) == ("asked", "")
    agent.keyboard.press("a")
    agent.wait_for_url(re.compile("/approval/"))
    agent.get_by_label("Decided by").select_option(label=stranger)
    agent.get_by_label("Approves").check()
    agent.get_by_role("button", name="Record decision").click()
    expect(agent.get_by_text("does not have the required authority").first).to_be_visible()
    agent.get_by_label("Decided by").select_option(label=keeper)
    agent.get_by_label("Approves").check()
    agent.get_by_role("button", name="Record decision").click()
    number_in(agent)
    expect(agent.get_by_text(f"Approved by {keeper}").first).to_be_visible()

    # The contact who may was written to, in the contact's language; the record names who spoke.
    wait_until(lambda: stage.mails(number, asked), None, 60)
    assert "Jean Valet" in text_of(stage.mails(number, asked)[0])
    (approval,) = opale.api(f"/tickets/{number}/approvals")
    assert (approval["authority"], approval["state"]) == ("enter", "granted")
    assert (approval["decided_by"], approval["by_telephone"]) == (keeper, True)
    agent.goto(f"/tickets/{number}/")
    expect(agent.get_by_text("Waiting for approval by a contact")).to_have_count(0)


OUTAGE = """
from opale.kernel.actor import system
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Grade, Kind, Source

graded = {"impact": Grade.HIGH, "urgency": Grade.HIGH}
new = NewTicket(subject="core-9 ne répond plus", source=Source.EVENT, kind=Kind.INCIDENT, **graded)
print(receive_ticket(new, by=system("journey")).number)
"""


def test_an_outage_of_the_core_network_is_internal_and_has_targets(stage: Stage) -> None:
    number = int(stage.opale.ask(OUTAGE))
    agent = stage.page("desk_agent", "fr")
    agent.goto(f"/tickets/{number}/")
    expect(agent.locator(".d-brief")).to_contain_text("Interne")
    expect(agent.get_by_text("ajoutez un contact à qui écrire")).to_be_visible()
    promises = {one["measure"]: one for one in stage.opale.api(f"/tickets/{number}/commitments")}
    assert promises.keys() >= {"acknowledge", "restore"}
    assert "first_response" not in promises


SEND_NOTIFICATIONS = """
from datetime import timedelta
from opale.kernel.clock import now
from opale.notifications.actions.delivery import mail_due_notifications
print(mail_due_notifications(now() + timedelta(minutes=%s)))
"""
"""What the job of each minute does, some minutes early: nobody waits for them."""


NO_QUIET_HOURS = """
from datetime import time
from opale.notifications.actions.choices import set_times
from opale.organisation.models import User
from opale.organisation.queries.identity import actor_of
by = actor_of(User.objects.get(email=%r))
set_times(digest_at=time(8), quiet_since=time(0), quiet_until=time(0), by=by)
print("none")
"""
"""The journey may run at night."""


def test_an_expert_is_requested_and_both_are_told_at_once_and_by_mail(stage: Stage) -> None:
    opale = stage.opale
    for persona in ("build_engineer", "project_manager"):
        assert opale.ask(NO_QUIET_HOURS % opale.personas[persona]["login"]) == "none"
    team_id = opale.ask(
        "from opale.organisation.models import Membership, User\n"
        f"lead = User.objects.get(email={opale.personas['build_engineer']['login']!r}).person\n"
        "places = Membership.objects.filter(person=lead, role__in=('lead', 'manager'))\n"
        "print(places.first().team_id)"
    )
    lead = stage.page("build_engineer")
    lead.goto("/inbox/")
    asker = stage.page("project_manager")
    asker.goto("/resources/new/")
    asker.locator("select[name=team]").select_option(team_id)
    purpose = "Routing of the inbox journey"
    asker.get_by_label("Purpose").fill(purpose)
    asker.get_by_role("button", name="Send request").click()
    asker.wait_for_url(re.compile(r"/resources/\d+/$"))

    # The lead's open page shows it by itself; its mail names it and leads there.
    line = lead.locator("main tbody tr", has_text=purpose)
    expect(line).to_be_visible()
    address = opale.personas["build_engineer"]["login"]
    assert int(opale.ask(SEND_NOTIFICATIONS % 9)) >= 1
    wait_until(lambda: any(purpose in text_of(one) for one in mails_to(stage, address)), None, 60)
    line.get_by_role("link", name=purpose).click()
    lead.wait_for_url(re.compile(r"/resources/\d+/$"))
    count = asker.locator("nav.o-rail a[href='/inbox/']").first
    before = count.inner_text()
    lead.get_by_role("link", name="Propose another date").click()
    lead.get_by_role("button", name="Propose date").click()
    expect(lead.locator("[data-toast]").last).to_contain_text("Date proposed.")

    expect(count).not_to_have_text(before)
    asker.goto("/inbox/")
    told = asker.locator("main tbody tr", has_text=purpose)
    expect(told).to_contain_text("has answered your request")
    told.get_by_role("button", name="Mark as read").click()
    expect(told).to_have_count(0)
    # What was read is not mailed; what the lead has answered asks nobody any longer.
    opale.ask(SEND_NOTIFICATIONS % 40)
    lead.goto("/inbox/")
    expect(lead.locator("main h1")).to_be_visible()
    expect(lead.locator("main tbody tr", has_text=purpose)).to_have_count(0)
    asked = opale.personas["project_manager"]["login"]
    assert not any("answered your request" in text_of(one) for one in mails_to(stage, asked))


def mails_to(stage: Stage, address: str) -> list[EmailMessage]:
    return [mail for mail in stage.sink.mails if address in str(mail["To"])]

"""From the evening to the night: a refusal, a card given on, a block, and two signatures."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys import changing
from tests.journeys.browsing import SETTLED, Visitors
from tests.journeys.keyboard import Keys
from tests.journeys.running import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    Opale,
    running_opale,
    wait_until,
)
from tests.profiles import is_thorough
from tests.serving import push_clock

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
MINUTES, LATER = 20, 45
MANY, HOT = (400, 25) if is_thorough() else (100, 8)
MOST_KEYS = HOT + 35
FULL = """
from opale.customers.models import Customer
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.actor import system
from opale.organisation.models import Person, Team
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ownership import give_tickets
from opale.run.desk.models import Commitment, Grade, Source, Ticket

leaver, by = Person.objects.get(user__email=%r), system("journey")
desk, customer = Team.objects.get(kind=Team.Kind.SERVICE_DESK), Customer.objects.first()
many, hot = %d, %d
with attributed(by):
    own = Ticket.objects.filter(owner=leaver, state__in=("new", "in_progress", "pending", "held"))
    if own:
        give_tickets(list(own), desk.manager, by=by)
    made = []
    for number in range(many):
        grade = Grade.HIGH if number < hot else Grade.LOW
        new = NewTicket(
            subject="Change " + str(number), source=Source.PHONE, customer=customer,
            impact=grade, urgency=grade,
        )
        made.append(receive_ticket(new, by=by))
    # Who merely receives a ticket does not hand it over: it goes with the triage.
    for owner in (desk.manager, leaver):
        give_tickets(made, owner, by=by)
    Commitment.objects.filter(ticket__in=made).delete()
print(len(made))
"""
"""Somebody leaves who has a great many tickets; of a few it matters now who has them."""


@dataclass
class Change:
    opale: Opale
    clock: Path
    visitors: Visitors
    kept: list[int]

    def record(self) -> Any:
        found = self.opale.api("/handovers?state=open")["items"]
        newest = max(found, key=lambda one: one["ends_at"], default=None)
        return self.opale.api(f"/handovers/{newest['id']}") if newest else None


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Change]:
    folder = tmp_path_factory.mktemp("handover")
    clock = folder / "ahead"
    with (
        running_opale(folder / "data", company, OPALE_PUSHED_CLOCK=str(clock)) as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        emails = [opale.personas[name]["login"] for name in ("desk_agent", "desk_agent_2")]
        kept = json.loads(opale.ask(changing.program(emails, MINUTES)))
        yield Change(opale, clock, Visitors(browser, opale, folder), kept)


@pytest.fixture(autouse=True)
def leave(change: Change) -> Iterator[None]:
    yield
    change.visitors.leave()


def settled(page: Page) -> None:
    page.wait_for_function(SETTLED)


def test_from_the_evening_to_the_night(change: Change) -> None:
    wait_until(lambda: change.record() is not None, None, 90)
    held = change.record()
    leaving = change.visitors.context("desk_agent").new_page()
    arriving = change.visitors.context("desk_agent_2").new_page()
    for page in (leaving, arriving):
        page.goto(f"/handovers/{held['id']}/")
        settled(page)
    cards = arriving.locator(".h-card")
    expect(cards.first).to_be_visible()

    # A card is refused with a reason, and proposed to somebody else.
    first = cards.first.get_attribute("id") or ""
    arriving.keyboard.press("r")
    arriving.wait_for_url("**/refusal/")
    arriving.get_by_role("button", name="Refuse").click()
    arriving.wait_for_url(f"**/handovers/{held['id']}/")
    card = arriving.locator(f"#{first}")
    expect(card).to_contain_text("refused: I lack the skill")

    # The one who leaves names who takes it after all.
    leaving.reload()
    own = leaving.locator(f"#{first}")
    own.get_by_role("link", name="Propose to").click()
    leaving.wait_for_url("**/proposal/")
    name = next(
        one["name"]
        for one in change.opale.api("/people?limit=200", "administrator")["items"]
        if one["email"] == change.opale.personas["desk_agent_2"]["login"]
    )
    leaving.locator("select[name=person]").select_option(label=name)
    leaving.get_by_role("button", name="Propose").click()
    leaving.wait_for_url(f"**/handovers/{held['id']}/")
    # Nothing is signed before all is accepted, and the page says how much is.
    total = held["waiting"]
    expect(leaving.locator(".h-head")).to_contain_text(f"0 of {total} accepted")
    leaving.keyboard.press("s")
    assert change.opale.api(f"/handovers/{held['id']}")["left_at"] is None

    # One key a card, one for the block.
    arriving.reload()
    settled(arriving)
    for left in range(held["cards"], 0, -1):
        expect(cards).to_have_count(left)
        settled(arriving)
        arriving.keyboard.press("a")
    expect(cards).to_have_count(0)
    settled(arriving)
    while waiting := change.record()["waiting"]:
        arriving.reload()  # what is pressed is of what stands now
        settled(arriving)
        arriving.keyboard.press("b")
        wait_until(lambda before=waiting: change.record()["waiting"] < before, None, 30)

    leaving.reload()
    settled(leaving)
    leaving.keyboard.press("s")
    expect(leaving.locator(".h-signed")).to_have_count(1)

    # The night has begun: the lead who arrived signs, and the record stays as it is.
    push_clock(change.clock, (MINUTES + 1) * 60)
    arriving.reload()
    settled(arriving)
    arriving.keyboard.press("s")
    expect(arriving.locator(".h-signed")).to_have_count(2)
    signed = change.opale.api(f"/handovers/{held['id']}")
    assert (signed["state"], signed["waiting"]) == ("signed", 0)
    for number in change.kept:
        ticket = change.opale.api(f"/tickets/{number}")
        assert ticket["owner_id"] == signed["arriving_lead_id"]
    arriving.goto(f"/handovers/all/?q=T-{change.kept[0]}")
    expect(arriving.locator("[data-list] a").first).to_have_attribute(
        "href", re.compile(rf"/handovers/{held['id']}/")
    )


def test_a_great_many_tickets_change_hands_by_few_keys(change: Change) -> None:
    """The next change of the same evening, a minute after the one before, whoever signed that."""
    push_clock(change.clock, (MINUTES + 1) * 60)
    emails = [change.opale.personas[name]["login"] for name in ("desk_agent", "desk_agent_2")]
    change.opale.ask(changing.program(emails, LATER))
    assert change.opale.ask(FULL % (emails[0], MANY, HOT)) == str(MANY)

    def full() -> bool:
        held = change.record()
        return bool(held) and (held["cards"], held["waiting"]) == (HOT, MANY)

    wait_until(full, None, 120)
    held = change.record()
    leaving, arriving = (
        Keys(change.visitors.context(name).new_page()) for name in ("desk_agent", "desk_agent_2")
    )
    for keys in (leaving, arriving):
        keys.page.goto(f"/handovers/{held['id']}/")
        settled(keys.page)
    page, cards = arriving.page, arriving.page.locator(".h-card")
    for left in range(HOT, 0, -1):
        expect(cards).to_have_count(left)
        settled(page)
        arriving.press("a")
    expect(cards).to_have_count(0)
    settled(page)
    while waiting := change.record()["waiting"]:
        page.reload()  # what is pressed is of what stands now
        settled(page)
        arriving.press("b")
        wait_until(lambda before=waiting: change.record()["waiting"] < before, None, 60)
    leaving.page.reload()
    settled(leaving.page)
    leaving.press("s")
    expect(leaving.page.locator(".h-signed")).to_have_count(1)
    push_clock(change.clock, (LATER + 1) * 60)
    page.reload()
    settled(page)
    arriving.press("s")
    expect(page.locator(".h-signed")).to_have_count(2)
    signed = change.opale.api(f"/handovers/{held['id']}")
    assert (signed["state"], signed["waiting"]) == ("signed", 0)
    assert leaving.pressed + arriving.pressed <= MOST_KEYS

"""A shift at the desk without a pointer: tickets by mail, telephone and monitoring.

Four hours with twenty of them, or eight with forty when thorough.

The clock of the whole installation is pushed from one part of the shift to the next, see
OPALE_PUSHED_CLOCK. What one types is not counted; what one presses is.
"""

import json
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys import arriving
from tests.journeys.browsing import SETTLED, Visitors, visit
from tests.journeys.keyboard import LOOK, Keys, opened, pointed_at
from tests.journeys.running import (
    CHROMIUM,
    CHROMIUM_OPTIONS,
    Opale,
    wait_until,
)
from tests.profiles import is_thorough
from tests.serving import push_clock

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("manned"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
MOST_ALERTS = 30
RUN = uuid4().hex[:4]
PARTS = tuple(f"{part}{RUN}" for part in ("Aube", "Midi", "Goûter", "Soir"))
WORKED = PARTS if is_thorough() else PARTS[:2]
APART, LENGTH = timedelta(hours=2), timedelta(hours=8)
STILL = timedelta(minutes=5)
"""After so long without a letter nobody is writing any more: what is there was begun."""
BESIDE = "#o-beside"
REPLY = f"{BESIDE} textarea[data-draft$='-public']"
NOTE = f"{BESIDE} textarea[data-draft$='-internal']"
HEAD = f"{BESIDE} .d-head"
LINES = "[data-list] > .o-line"
SUBJECTS = (
    "le VPN est coupé",
    "plus de réseau au siège",
    "la sauvegarde a échoué",
    "accès très lent",
    "le courrier n’arrive plus",
    "erreur à l’ouverture de session",
    "l’imprimante du quai",
)
FELT_BY_A_CALLER = """
import json
from opale.infrastructure.models import ServiceItem
from opale.kernel.actor import system
from opale.run.telephone.queries.call_sheets import incidents_affecting
links = ServiceItem.objects.filter(customer__contacts__may_open=True)
links = links.exclude(customer__contacts__phone="")
for link in links.select_related("item", "customer").order_by("id").distinct():
    felt = incidents_affecting(link.customer, seen_by=system("journeys"))
    if not felt and link.item.service_links.count() == 1:
        print(json.dumps({"item": link.item.name, "customer": link.customer_id}))
        break
"""


@dataclass
class Shift:
    """An agent, the keys, and what comes in from outside."""

    opale: Opale
    clock: Path
    page: Page
    keys: Keys
    pointed: list[str]
    contacts: list[dict[str, Any]]
    felt: dict[str, Any]
    visitors: Visitors
    born: list[int] = field(default_factory=list)
    counted: dict[str, list[int]] = field(default_factory=dict)
    parked: list[int] = field(default_factory=list)

    @property
    def me(self) -> dict[str, str]:
        return self.opale.personas["desk_agent"]

    def push(self, ahead: timedelta) -> None:
        push_clock(self.clock, ahead.total_seconds())

    def count(self, act: str, do: Callable[[], object]) -> None:
        before = self.keys.pressed
        do()
        self.counted.setdefault(act, []).append(self.keys.pressed - before)

    def mail(self, subject: str, contact: dict[str, Any]) -> None:
        arriving.mail(self.opale, subject, contact)

    def alert(self, name: str, instance: str) -> None:
        arriving.alerts(self.opale, name, [(name, instance)])

    def ring(self, event: str, call: str, phone: str, **members: str) -> None:
        """What a telephone system posts."""
        said = {"event": event, "callId": call, "direction": "in", **members}
        said["from"] = re.sub(r"\D", "", phone)
        body = urllib.parse.urlencode(said).encode()
        with urllib.request.urlopen(self.opale.integrations["cti"]["url"], body) as answer:
            assert answer.status == 200

    def settled(self) -> None:
        self.page.wait_for_function(SETTLED, polling=LOOK)

    def number(self) -> int:
        """Of the ticket whose page is open."""
        self.page.wait_for_url(re.compile(r"/tickets/\d+/$"))
        self.settled()
        found = re.search(r"/tickets/(\d+)/", self.page.url)
        assert found
        return int(found[1])

    def triage(self, word: str) -> None:
        """The list of triage, and of it what holds this word."""
        self.go("g", "d")
        self.go("g", "1")
        self.keys.press("q")
        expect(self.page.locator("#d-filter [name=q]")).to_be_focused()
        self.keys.type(word).press("Enter")
        self.page.wait_for_url(re.compile(r"/desk/triage/\?.*q="))
        self.settled()

    def go(self, *chord: str) -> None:
        """To another page of the desk by its keys."""
        self.page.evaluate("window.here = true")
        self.keys.press(*chord)
        self.page.wait_for_function(
            "() => !window.here && document.readyState === 'complete'", polling=LOOK
        )
        self.settled()

    def next(self) -> None:
        self.keys.press("j")
        opened(self.page)

    def take(self, where: str = BESIDE) -> None:
        button = self.page.locator(f"{where} [data-key='t']")
        expect(button).to_be_visible()
        self.count("take", lambda: self.keys.press("t"))
        expect(button).to_have_count(0)
        self.settled()


@pytest.fixture
def shift(manned: tuple[Opale, Path], tmp_path: Path) -> Iterator[Shift]:
    opale, clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        contacts = opale.api("/contacts?limit=200")["items"]
        reached = [one for one in contacts if one["email"] and one["phone"] and one["may_open"]]
        visitors = Visitors(browser, opale, tmp_path)
        page = visitors.context("desk_agent").new_page()
        page.emulate_media(reduced_motion="reduce")
        felt = json.loads(opale.ask(FELT_BY_A_CALLER))
        yield Shift(opale, clock, page, Keys(page), pointed_at(page), reached, felt, visitors)


def reply(shift: Shift) -> None:
    """By a text module."""

    def do() -> None:
        shift.keys.press("r", ";", "1")
        expect(shift.page.locator(REPLY)).to_have_value(re.compile(".{20}", re.DOTALL))
        shift.keys.press("Control+Enter")

    shift.count("reply", do)
    expect(shift.page.locator(REPLY)).to_have_value("")


def note(shift: Shift) -> None:
    shift.keys.press("n").type("Vu avec le réseau").press("Control+Enter")
    expect(shift.page.locator(f"{BESIDE} .o-talk")).to_contain_text("Vu avec le réseau")
    expect(shift.page.locator(NOTE)).to_have_value("")


def escalate(shift: Shift) -> None:
    def do() -> None:
        shift.keys.press("e")
        expect(shift.page.get_by_role("button", name="Escalate").first).to_be_focused()
        shift.keys.press("Enter")

    shift.count("escalate", do)
    expect(shift.page.locator(f"{BESIDE} .d-escalation form")).to_have_count(0)


def macro(shift: Shift) -> None:
    def do() -> None:
        shift.keys.press(";")
        expect(shift.page.get_by_role("heading", name="Macros")).to_be_visible()
        shift.keys.press("1")
        expect(shift.page.get_by_role("button", name="Run macro")).to_be_focused()
        shift.keys.press("Enter")

    shift.count("macro", do)
    expect(shift.page.locator("[data-toast]").last).to_contain_text("Macro run:")


def park(shift: Shift) -> None:
    """Until a date that was agreed: it goes on by itself."""
    shift.parked.append(int(opened(shift.page)))
    shift.keys.press(".")
    expect(shift.page.locator("#o-panel [name=kind]:not([type=hidden])")).to_be_focused()
    shift.keys.type("Agreed").press("Tab").type("+90m").press("Control+Enter")
    expect(shift.page.locator("#o-panel")).to_be_hidden()
    expect(shift.page.locator(f"{BESIDE} [data-key='.']")).to_contain_text("Resume")


def close(shift: Shift) -> None:
    panel = shift.page.locator("#o-panel")
    shift.keys.press("v")
    cause = panel.locator("[name=cause]:not([type=hidden])")
    expect(cause).to_be_visible()
    cause.focus()
    shift.keys.type("Un câble").press("Control+Enter")
    expect(panel).to_be_hidden()
    expect(shift.page.locator(HEAD)).to_contain_text("Resolved")
    shift.settled()
    shift.keys.press("v")
    expect(panel.locator("[name=message]")).to_be_visible()
    shift.keys.press("Control+Enter")
    expect(panel).to_be_hidden()
    expect(shift.page.locator(HEAD)).to_contain_text("Closed")


def classify(shift: Shift) -> None:
    """Triage in two keys: what is proposed is filled in."""

    def do() -> None:
        shift.keys.press("p")
        expect(shift.page.locator("#o-panel [name=impact]:not([type=hidden])")).to_be_focused()
        shift.keys.press("Control+Enter")

    shift.count("triage", do)
    expect(shift.page.locator("#o-panel")).to_be_hidden()
    shift.settled()
    expect(shift.page.locator(HEAD)).to_be_visible()
    reply(shift)


DONE_WITH_MAILS: tuple[Callable[[Shift], None], ...] = (
    reply,
    classify,
    note,
    escalate,
    macro,
    park,
    close,
)


def merge_two(shift: Shift) -> None:
    """Two who tell of one trouble: marked, and merged under one number."""
    lines = shift.page.locator(LINES)
    shift.next()
    shift.keys.press("x")
    shift.next()
    shift.keys.press("x", "m")
    shift.page.wait_for_url("**/desk/merging/**")
    expect(shift.page.locator(".d-choice .o-line")).to_have_count(2)
    shift.settled()
    shift.keys.press("m")
    into = shift.number()
    expect(shift.page.locator(".d-head")).to_contain_text(f"T-{into}")
    assert lines.count() == 0 or into in shift.born


def phone(shift: Shift, contact: dict[str, Any], subject: str) -> None:
    call, me = uuid4().hex, shift.me["login"]
    shift.ring("newCall", call, contact["phone"], user=me)
    expect(shift.page.locator(".t-call")).to_contain_text(contact["name"])
    shift.keys.press("F2")
    expect(shift.page.locator("#t-sheet h1")).to_have_text(contact["name"])
    shift.ring("answer", call, contact["phone"], user=me)
    expect(shift.page.locator("#t-call")).to_contain_text("In progress")
    if not shift.page.evaluate("document.activeElement?.name === 'subject'"):
        shift.keys.press("s")  # incidents are read first
    shift.keys.type(subject).press("Enter")
    shift.born.append(shift.number())
    shift.ring("hangup", call, contact["phone"], cause="normalClearing")
    expect(shift.page.locator(".o-talk")).to_contain_text("Call from")


def affected(shift: Shift, number: int) -> None:
    """Somebody calls of an incident that runs: told the sentence, and added with one key."""
    contact = next(one for one in shift.contacts if one["customer_id"] == shift.felt["customer"])
    call, me = uuid4().hex, shift.me["login"]
    shift.ring("newCall", call, contact["phone"], user=me)
    expect(shift.page.locator(".t-call")).to_contain_text(contact["name"])
    shift.keys.press("F2")
    expect(shift.page.locator(".t-sentence").first).to_contain_text(re.compile("fibre"))
    shift.ring("answer", call, contact["phone"], user=me)
    shift.settled()
    shift.count("affected", lambda: shift.keys.press("a"))
    assert shift.number() == number
    shift.ring("hangup", call, contact["phone"], cause="normalClearing")


def qualify(shift: Shift, name: str, instance: str) -> int:
    """An alert becomes an incident, and somebody's."""
    shift.alert(name, instance)
    shift.go("g", "a")
    line = shift.page.locator(LINES, has_text=name)
    expect(line).to_have_count(1)
    here = shift.page.locator("[data-list] > .o-here")
    for _down in range(MOST_ALERTS):
        shift.keys.press("j")
        if name in here.inner_text():
            break
    shift.keys.press("Enter")
    expect(shift.page.locator("[data-key='i']").first).to_be_visible()
    shift.settled()
    shift.keys.press("i")
    expect(shift.page.locator("dialog[open] form.d-alert-incident .o-changes")).to_contain_text("P")
    shift.keys.press("Enter")
    number = shift.number()
    shift.born.append(number)
    if shift.page.locator(".d-head [data-key='t']").count():
        shift.take(".d-head")
    return number


def say(shift: Shift) -> None:
    """The official sentence, in both languages."""
    shift.page.locator("[data-key=u]").first.wait_for(state="attached")
    shift.keys.press("u")
    expect(shift.page.locator("[name=french]")).to_be_focused()
    shift.keys.type("Une fibre est coupée.").press("Tab").type("A fibre is cut.")
    shift.keys.press("Control+Enter")
    expect(shift.page.locator(".d-said").first).to_be_visible()


def restore(shift: Shift, number: int) -> None:
    """From wherever one is, by its number."""
    shift.keys.press("Control+k")
    expect(shift.page.locator("dialog[open] input")).to_be_focused()
    shift.keys.type(f"T-{number}")
    expect(shift.page.locator("dialog[open] [role=option]").first).to_contain_text(f"T-{number}")
    shift.keys.press("Enter")
    shift.page.wait_for_url(f"**/tickets/{number}/")
    shift.settled()
    shift.keys.press("s")
    expect(shift.page.locator("#o-panel [name=outage]:checked")).to_be_visible()
    shift.page.locator("#o-panel [name=at]").focus()
    shift.keys.press("Enter")
    expect(shift.page.locator(".d-head")).to_contain_text("Restored")


def work_off_mails(shift: Shift, acts: Sequence[Callable[[Shift], None]]) -> None:
    for act in acts:
        shift.next()
        shift.take()
        act(shift)


def hand_over(shift: Shift) -> int:
    """All that is left, to whoever comes."""
    colleague = shift.opale.personas["desk_agent_2"]
    name = next(
        one["name"]
        for one in shift.opale.api("/people?limit=200", "administrator")["items"]
        if one["email"] == colleague["login"]
    )
    shift.go("g", "d")
    shift.go("g", "2")
    left = mine(shift)
    assert left > 0
    shift.keys.press("w")
    expect(shift.page.get_by_role("combobox")).to_be_focused()
    shift.keys.type(name)
    expect(shift.page.get_by_role("option").first).to_contain_text(name)
    shift.keys.press("ArrowDown", "Enter", "Enter")
    expect(shift.page.locator("[data-key='c']")).to_be_visible()
    shift.keys.press("c")
    expect(shift.page.locator("[data-key='u']")).to_be_visible()
    expect(shift.page.locator("[data-outcome=changed] strong")).to_have_text(str(left))
    assert mine(shift) == 0
    return left


def take_back(shift: Shift, left: int) -> None:
    """Whoever was to come does not."""
    shift.keys.press("u")
    expect(shift.page.locator("[data-outcome=undone] strong")).to_have_text(str(left))
    assert mine(shift) == left


def mine(shift: Shift) -> int:
    return len(shift.opale.api("/tickets?view=mine&limit=200")["items"])


def gone_on(shift: Shift) -> bool:
    """What waited for an agreed date is worked on again."""
    return all(
        shift.opale.api(f"/tickets/{number}")["state"] == "inProgress" for number in shift.parked
    )


def test_the_tickets_of_a_shift_are_worked_off_without_a_pointer(shift: Shift) -> None:
    opale, page, keys = shift.opale, shift.page, shift.keys
    scripts: list[str] = []
    page.on("pageerror", lambda error: scripts.append(str(error.stack)))
    shift.push(timedelta())
    visit(page, "/desk/triage/")
    callers = iter(one for one in shift.contacts if one["customer_id"] != shift.felt["customer"])
    incident = 0
    for place, part in enumerate(WORKED):
        shift.push(place * APART)
        shift.triage(part)
        writers = [next(callers) for _ in SUBJECTS]
        if place == 1:
            # Who writes of one trouble again and again; mails are not handled in their order.
            writers = [writers[0]] * len(writers)
        for subject, writer in zip(SUBJECTS, writers, strict=True):
            shift.mail(f"{part} : {subject}", writer)
        expect(page.locator(LINES)).to_have_count(len(SUBJECTS))
        numbers = page.locator(f"{LINES} .o-number").all_inner_texts()
        shift.born += [int(number.removeprefix("T-")) for number in numbers]
        acts = list(DONE_WITH_MAILS)
        if place == 1:
            merge_two(shift)
            shift.take(".d-head")
            acts = acts[2:]
            shift.triage(part)
        work_off_mails(shift, acts)
        for call in range(2 if place < 2 else 1):
            phone(shift, writers[call], f"{part} : par téléphone {call}")
        name = f"Faisceau{place}{RUN}"
        number = qualify(shift, name, shift.felt["item"] if not place else f"probe-{place}.example")
        if not place:
            incident = number
            say(shift)
        elif place < 3:
            affected(shift, incident)
            qualify(shift, f"{name}Bis", f"probe-{place}-bis.example")
    restore(shift, incident)
    shift.push(LENGTH)
    wait_until(lambda: gone_on(shift), opale.process, 180)
    take_back(shift, hand_over(shift))
    told = [opale.api(f"/tickets/{number}") for number in shift.born]
    sources = [one["source"] for one in told]
    wanted = (40, 28, 6) if WORKED == PARTS else (21, 14, 4)
    assert (len(told), sources.count("mail"), sources.count("phone")) == wanted
    received = [datetime.fromisoformat(one["received_at"]) for one in told]
    assert max(received) - min(received) >= (len(WORKED) - 1) * APART
    assert sum(one["merged_into_id"] is not None for one in told) == 1
    assert sum(one["state"] == "closed" for one in told) >= len(WORKED)
    counted = shift.counted
    assert set(counted["take"]) == {1}
    assert max(counted["escalate"]) <= 3
    assert max(counted["reply"]) <= 4
    assert max(counted["macro"]) <= 3
    assert max(counted["triage"]) <= 2
    assert set(counted["affected"]) == {1}
    assert keys.pressed < 10 * len(told)
    assert shift.pointed == []
    assert scripts == []


def test_the_new_owner_goes_on_from_what_was_begun(shift: Shift) -> None:
    page, mark = shift.page, "[data-public] [data-draft-note]"
    number = shift.opale.api("/tickets?view=mine&limit=1")["items"][0]["number"]
    visit(page, f"/tickets/{number}/")
    reply_box = "textarea[data-draft$='-public']"
    page.locator(reply_box).fill("Bonjour, nous avons trouvé")
    expect(page.locator(mark)).to_have_text("Draft saved")
    shift.push(LENGTH + STILL)
    colleague = shift.visitors.context("desk_agent_2").new_page()
    visit(colleague, f"/tickets/{number}/")
    expect(colleague.locator(".d-someone")).to_contain_text("has a draft reply")
    colleague.keyboard.press("t")
    expect(colleague.get_by_role("button", name="Continue draft")).to_be_visible()
    colleague.keyboard.press(",")
    expect(colleague.locator(reply_box)).to_have_value("Bonjour, nous avons trouvé")
    expect(colleague.locator(mark)).to_have_text("Draft saved")

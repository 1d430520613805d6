"""Days of three roles, who go from the home page by links, buttons and keys alone."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Request, expect, sync_playwright
from tests.journeys.browsing import Complaints, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
RUN = uuid4().hex[:4]
RAIL = "nav.o-rail > ul"
TYPED = "none"
"""What Chromium sends as Sec-Fetch-Site with an address that no page led to."""


@pytest.fixture(scope="module")
def visitors(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Visitors]:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield Visitors(browser, plain, tmp_path_factory.mktemp("days"))


@contextmanager
def day_of(persona: str, visitors: Visitors) -> Iterator[Page]:
    """Open the home page; fail if any later page is reached by its address or complains."""
    with visitors.context(persona) as context:
        page = context.new_page()
        complaints, asked = Complaints(page), list[Request]()
        page.on("request", lambda one: asked.append(one) if one.is_navigation_request() else None)
        visit(page, "/")
        yield page
        origins = [(one.url, one.all_headers()["sec-fetch-site"]) for one in asked]
        typed = [url for url, origin in origins if origin == TYPED]
        assert typed == [f"{visitors.opale.base_url}/"]
        assert len(origins) > len(typed)
        # A page that is left ends what it was still fetching, and htmx says so.
        assert [one for one in complaints.taken() if not one.startswith("console: htmx:")] == []


def work(page: Page, name: str) -> Locator:
    """Return the line of the home page or of *My work* with this name."""
    return page.locator("main .w-work", has=page.get_by_role("link", name=name))


def go_home(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("What needs you now")


def toast(page: Page) -> Locator:
    return page.locator("[data-toast]").last


def task_and_result(opale: Opale) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give the engineer a task with a deliverable; return it, its project and another project."""
    by = "project_manager"
    known = opale.api("/projects?limit=50", by)["items"]
    project, other = sorted(
        (one for one in known if one["state"] == "running" and one["size"] == "project"),
        key=lambda one: one["number"],
    )[:2]
    person = opale.api("/me", "build_engineer")["person_id"]
    path = f"/projects/{project['number']}"
    names = {"name_en": f"Check the address plan {RUN}", "name_fr": f"Vérifier le plan {RUN}"}
    task = opale.tell(f"{path}/work-packages", {**names, "days": 1, "person_id": person}, by)
    names = {"name_en": f"Address plan {RUN}", "name_fr": f"Plan d’adressage {RUN}"}
    opale.tell(f"{path}/deliverables", {**names, "work_package_id": task["id"]}, by)
    return task, project, other


def test_a_build_engineer_hands_in_a_deliverable_and_ends_the_task(
    plain: Opale, visitors: Visitors
) -> None:
    task, project, other = task_and_result(plain)
    with day_of("build_engineer", visitors) as page:
        line = work(page, task["name_en"])
        expect(line).to_contain_text(re.compile("starts today|planned"))
        page.locator("main .o-section").first.get_by_role("link", name="All", exact=True).click()
        page.wait_for_url("**/my-work/")
        expect(line).to_be_visible()
        page.get_by_role("link", name="Calendar", exact=True).click()
        ends = date.fromisoformat(task["ends_on"])
        cell = page.locator(".w-calendar td", has=page.locator("a", has_text=task["name_en"]))
        expect(cell.locator(".w-day")).to_have_text(f"{ends.day} {ends:%b}")
        cell.locator("a", has_text=task["name_en"]).click()

        page.wait_for_url(re.compile(rf"/projects/{project['number']}/#"))
        row = page.locator(":target")
        expect(row).to_contain_text(task["name_en"])
        expect(row).to_contain_text("To do")
        page.get_by_role("link", name="Deliverables and gates").click()
        result = page.locator(".p-results > li", has_text=f"Address plan {RUN}")
        expect(result).to_contain_text("Not submitted")
        result.get_by_role("link", name="Submit").click()
        page.get_by_label("Location").fill("ged/address-plan.pdf")
        page.get_by_role("button", name="Submit", exact=True).click()
        expect(toast(page)).to_contain_text("Version submitted for acceptance.")
        expect(result).to_contain_text("ged/address-plan.pdf")

        page.get_by_role("link", name="Plan", exact=True).click()
        row = page.locator("tbody tr", has_text=task["name_en"])
        row.locator("summary[title=Actions]").click()
        row.get_by_role("button", name="Done", exact=True).click()
        expect(row.locator(".o-badge")).to_have_text("Done")

        find(page, other)
        go_home(page)
        expect(page.locator("main .w-work").first).to_be_visible()
        expect(work(page, task["name_en"])).to_have_count(0)


def find(page: Page, project: dict[str, Any]) -> None:
    """Go to a project by three words of its name."""
    words = sorted(re.findall(r"\w+", project["name"]), key=len)[-3:]
    page.keyboard.press("Control+k")
    expect(page.locator("dialog[open] input")).to_be_focused()
    page.keyboard.type(" ".join(words))
    options = page.locator("dialog[open] [role=option]")
    wanted = options.filter(has_text=project["reference"])
    expect(wanted).to_be_visible()
    for _down in range(options.count()):
        if wanted.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/projects/{project['number']}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(project["reference"])


def escalation(opale: Opale) -> str:
    """Escalate a new incident to level 2, and return its subject."""
    subject = f"The backup of the night fails {RUN}"
    said = {"subject": subject, "kind": "incident", "impact": 2, "urgency": 2}
    path = f"/tickets/{opale.tell('/tickets', said)['number']}"
    targets = opale.api(f"{path}/escalation-targets")
    team = next(one["team_id"] for one in targets if one["level"] == "level_2")
    opale.tell(f"{path}/assignments", {"team_id": team, "reason": "skill"})
    return subject


def test_a_level_2_engineer_accepts_an_escalation_and_completes_it_by_keys(
    plain: Opale, visitors: Visitors
) -> None:
    subject = escalation(plain)
    with day_of("run_engineer", visitors) as page:
        line, keys, facts = (
            work(page, subject),
            page.keyboard,
            page.locator(".d-asked-work .o-facts"),
        )
        expect(line).to_contain_text("to accept")
        line.get_by_role("link").press("Enter")
        page.wait_for_url("**/tickets/*/")
        expect(facts).to_contain_text("Requested")
        keys.press("a")
        expect(toast(page)).to_contain_text("Escalation assigned to you.")
        expect(facts).to_contain_text("Accepted")

        go_home(page)
        expect(line).to_contain_text("Delivery of the escalation")
        line.get_by_role("link").press("Enter")
        page.wait_for_url("**/tickets/*/")
        keys.press("n")
        keys.type("The tape is full.")
        keys.press("Control+Enter")
        expect(page.locator(".o-talk")).to_contain_text("The tape is full.")
        page.get_by_role("link", name="Reference and date").press("Enter")
        expect(page.locator("#id_reference")).to_be_focused()
        keys.type("RMA-7741")
        keys.press("Control+Enter")
        expect(facts).to_contain_text("RMA-7741")
        keys.press("d")
        outcome = page.locator("[name=outcome]")
        expect(outcome).to_be_focused()
        outcome.select_option("Workaround in place")
        keys.press("Control+Enter")
        expect(toast(page)).to_contain_text("The ticket owner has been notified.")
        expect(facts).to_have_count(0)
        expect(page.locator(".o-talk")).to_contain_text("Workaround in place")

        go_home(page)
        expect(page.locator("main .w-work").first).to_be_visible()
        expect(line).to_have_count(0)
        page.locator("main .o-section").first.get_by_role("link", name="All", exact=True).click()
        page.wait_for_url("**/my-work/")
        expect(page.locator("main .w-work").first).to_be_visible()
        expect(line).to_have_count(0)


def test_a_service_manager_renews_a_contract_and_arranges_the_menu(visitors: Visitors) -> None:
    with day_of("service_manager", visitors) as page:
        contract = page.locator("main .w-work a[href^='/contracts/']").first
        number = contract.inner_text()
        contract.click()
        page.wait_for_url(f"**/contracts/{number}/")
        page.keyboard.press("e")
        ends = page.locator("#o-panel [name=ends]")
        last = date.fromisoformat(ends.input_value())
        renewed = date(last.year + 1, last.month, min(last.day, 28))
        ends.fill(renewed.isoformat())
        ends.press("Enter")
        expect(page.locator("#o-panel")).to_be_hidden()
        expect(page.locator(".o-head .o-facts")).to_contain_text(str(renewed.year))

        customer = page.locator("main .o-crumbs a").last
        name = customer.inner_text()
        customer.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        tickets = page.locator("main .o-section", has_text="Tickets").first
        tickets.get_by_role("link", name="All").click()
        page.wait_for_url("**/tickets/?customer=*")
        rows = page.locator("[data-list] tr")
        expect(rows.first).to_contain_text(name)
        assert rows.filter(has_text=name).count() == rows.count()

        go_home(page)
        expect(page.locator("main .w-work").first).to_be_visible()
        expect(work(page, number)).to_have_count(0)
        settings_by_a_word(page)
        pinned_and_back(page, "Suppliers")


def settings_by_a_word(page: Page) -> None:
    """Find the page of settings that a word is about."""
    page.keyboard.press("g")
    page.keyboard.press(",")
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    offered = page.locator(".w-setting")
    expect(offered.filter(has_text="Webhooks")).to_be_visible()
    page.get_by_role("searchbox", name="Search settings").fill("wording")
    expect(offered).to_have_count(1)
    offered.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mail templates")


def pinned_and_back(page: Page, room: str) -> None:
    """Pin a room into the menu, go there from it, and give the menu its own rooms again."""
    own = page.locator(RAIL).first
    expect(own).to_contain_text("Customers")
    expect(own.get_by_role("link", name=room)).to_have_count(0)
    edit_menu(page)
    page.get_by_role("checkbox", name=room).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(toast(page)).to_contain_text("Menu saved.")
    own.get_by_role("link", name=room).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)
    expect(own.locator("[aria-current=page]")).to_contain_text(room)
    edit_menu(page)
    page.get_by_role("button", name="Reset to my role").click()
    expect(own.get_by_role("link", name=room)).to_have_count(0)
    expect(own).to_contain_text("Customers")


def edit_menu(page: Page) -> None:
    more = page.locator("nav.o-rail details:not([open]) > summary")
    if more.count():  # it is open on pages of rooms that are under it
        more.click()
    page.get_by_role("link", name="Edit menu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit menu")

"""An escalation policy by its form: each kind of step is built, and reads back as it was meant."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Complaints, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("policy")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield from Visitors(browser, plain, folder).pages("service_manager", "en")


def test_each_kind_of_step_is_built_and_reads_back(page: Page, plain: Opale) -> None:
    complaints = Complaints(page)
    visit(page, "/paging/policies/")
    expect(page.get_by_role("link", name="Cœur de réseau : alertes critiques")).to_be_visible()
    page.keyboard.press("c")
    page.wait_for_url(re.compile("/policies/new/"))
    page.get_by_label("Name").fill("Everybody in turn")
    page.get_by_label("Team", exact=True).first.select_option("Centre de services")

    first = row(page, 1)
    expect(first.get_by_label("Wait (minutes)")).to_be_visible()
    expect(first.get_by_label("Team")).to_be_visible()
    expect(first.get_by_label("On duty as")).to_be_visible()
    expect(first.get_by_label("Person")).to_be_hidden()
    first.get_by_label("On duty as").select_option("On call")
    first.get_by_label("Wait (minutes)").fill("7")

    add(page, 2)
    second = row(page, 2)
    second.get_by_label("Recipient", exact=True).select_option("Person")
    expect(second.get_by_label("Team")).to_be_hidden()
    second.get_by_role("combobox", name="Person").fill("a")
    page.locator("[role=option]:visible").first.click()
    second.get_by_label("Same time as the step above").check()
    expect(second.get_by_label("Wait (minutes)")).to_be_hidden()

    add(page, 3)
    row(page, 3).get_by_label("Recipient", exact=True).select_option("Team rotation")
    row(page, 3).get_by_label("Team").select_option("Ingénierie RUN")
    row(page, 3).get_by_label("Wait (minutes)").fill("12")
    add(page, 4)
    row(page, 4).get_by_label("Recipient", exact=True).select_option("On-call manager")
    row(page, 4).get_by_label("Wait (minutes)").fill("30")
    add(page, 5)
    row(page, 5).get_by_label("Recipient", exact=True).select_option("Whole team")
    row(page, 5).get_by_label("Wait (minutes)").fill("25")
    page.get_by_role("button", name="Move recipient 5 up").click()
    expect(row(page, 4).get_by_label("Recipient", exact=True)).to_have_value("team")
    add(page, 6)
    page.get_by_role("button", name="Remove recipient 6").click()
    expect(row(page, 6)).to_have_count(0)

    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/policies/\d+/$"))

    number = int(page.url.rstrip("/").rsplit("/", 1)[-1])
    steps = plain.api(f"/paging/policies/{number}")["content"]["steps"]
    kinds = [([target["kind"] for target in step["targets"]], step["minutes"]) for step in steps]
    assert kinds == [
        (["duty", "person"], 7),
        (["round_robin"], 12),
        (["team"], 25),
        (["manager"], 30),
    ]
    assert steps[0]["targets"][0]["duty"] == "standby"
    assert steps[0]["targets"][1]["person_id"]
    assert steps[1]["targets"][0]["team_id"]

    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("row", name=re.compile("Everybody in turn"))).to_contain_text(
        "Disabled"
    )
    visit(page, f"/paging/policies/{number}/")
    expect(page.get_by_text("the policy can be deleted")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/policies/$"))
    expect(page.get_by_role("row", name=re.compile("Everybody in turn"))).to_have_count(0)
    assert complaints.taken() == []


def row(page: Page, number: int) -> Locator:
    return page.get_by_role("group", name=f"Recipient {number}", exact=True)


def add(page: Page, number: int) -> None:
    """Add a step, which is then the one of this number."""
    page.get_by_role("button", name="Add a step").click()
    expect(row(page, number)).to_be_visible()

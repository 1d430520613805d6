"""A rule of events from its first letter to the alert that it keeps quiet; each step taken back."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, WIDE, Complaints, Visitors, visit
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale, post

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
LAB = 'labels.env == "lab"'
OWN_RULES = "tr:not([data-origin]) td.e-rule a"
EVERYTHING = "severity >= info"
BARS = """(chart) => [...chart.querySelectorAll('svg :is(path, rect)')]
  .map((path) => [path.getAttribute('fill'), path.getBBox()])
  .filter(([fill, box]) => fill && fill !== 'none' && box.width > 4 && box.height > 4).length"""
"""Surfaces of a drawing that somebody can see."""


@dataclass
class Bench:
    opale: Opale
    page: Page

    def tell(self, name: str) -> None:
        """What an Alertmanager posts of a machine of the laboratory."""
        labels = {"alertname": name, "severity": "major", "env": "lab", "instance": "sw-lab-1"}
        alert = {
            "status": "firing",
            "labels": labels,
            "annotations": {"summary": name},
            "startsAt": datetime.now(UTC).isoformat(),
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": uuid4().hex[:16],
        }
        body = {"version": "4", "status": "firing", "groupKey": name, "alerts": [alert]}
        assert post(self.opale.integrations["alertmanager"]["url"], body) == 200

    @property
    def trial(self) -> Locator:
        return self.page.locator("#events-rule-trial")

    def names(self) -> list[str]:
        return self.page.locator(OWN_RULES).all_text_contents()

    def line(self, name: str) -> Locator:
        return self.page.locator("tbody tr", has=self.page.get_by_role("link", name=name))

    def take_back(self, said: str) -> None:
        """Press "Undo" beside that sentence."""
        told = self.page.locator("[data-toast]", has_text=said)
        told.locator("[data-undo]").click()

    def write(self, name: str, condition: str) -> None:
        """Write the condition as code, as experts do."""
        self.page.get_by_label("Name", exact=True).first.fill(name)
        if not self.code.count():
            self.page.get_by_role("button", name="Edit as code").click()
        self.code.fill(condition)

    @property
    def code(self) -> Locator:
        return self.page.get_by_label("Condition (CEL code)")

    def row(self, number: str) -> Locator:
        return self.page.get_by_role("group", name=f"Row {number}", exact=True)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, plain: Opale) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("rules")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        for page in Visitors(browser, plain, folder).pages("tools_engineer", "en"):
            yield Bench(plain, page)


def test_a_rule_is_written_tried_kept_and_quiets_what_fits(bench: Bench) -> None:
    page = bench.page
    complaints = Complaints(page)
    bench.tell("Laboratory switch is down")
    visit(page, "/alerts/rules/")
    page.keyboard.press("c")
    page.wait_for_url(re.compile("/rules/new/"))

    # Whatever is typed is read at once: first wrongly, then rightly.
    expect(bench.trial).to_contain_text("Live test")
    bench.write("Laboratory", 'labels.env = "lab"')
    expect(bench.trial).to_contain_text("Column 12")
    bench.write("Laboratory", LAB)
    expect(bench.trial).to_contain_text("1 page fewer.")
    expect(bench.trial.get_by_role("link", name="Laboratory switch is down")).to_be_visible()
    assert drawn(bench) >= 1

    # A longer look: all that the week brought, by day.
    bench.write("Laboratory", EVERYTHING)
    expect(bench.trial).to_contain_text(re.compile(r"(?<!\d)(\d{2,}) / \1(?!\d)"))
    expect(bench.trial.locator("[data-chart] svg")).to_be_visible()
    table = bench.trial.locator("[data-chart] + details")
    table.locator("summary").click()
    fits = [int(text) for text in table.locator("tbody td:nth-child(2)").all_text_contents()]
    assert len(fits) in (7, 8)
    assert drawn(bench) >= sum(number > max(fits) / 20 for number in fits)

    # Kept by a key, and off; switched on it keeps the next one quiet, on record.
    bench.write("Laboratory", LAB)
    expect(bench.trial).to_contain_text("1 page fewer.")
    bench.code.press("Control+Enter")
    page.wait_for_url(re.compile("/rules/$"))
    expect(bench.line("Laboratory")).to_contain_text("Disabled")
    bench.line("Laboratory").get_by_role("button", name="Enable").click()
    expect(bench.line("Laboratory").get_by_text("Enabled", exact=True)).to_be_visible()
    bench.take_back("Rule enabled.")
    expect(bench.line("Laboratory")).to_contain_text("Disabled")
    bench.line("Laboratory").get_by_role("button", name="Enable").click()
    expect(bench.line("Laboratory").get_by_text("Enabled", exact=True)).to_be_visible()
    visit(page, "/alerts/?view=muted")
    expect(page.get_by_role("link", name="Laboratory switch is down")).to_be_visible()
    bench.tell("Laboratory lamp is out")
    page.get_by_role("link", name="Laboratory lamp is out").click()
    expect(page.get_by_text("Rule “Laboratory” suppressed the alert.")).to_be_visible()
    visit(page, "/alerts/?q=laboratory")
    expect(page.get_by_text("No alert matches your filters")).to_be_visible()
    assert complaints.taken() == []


def test_the_order_a_change_and_a_removal_are_taken_back(bench: Bench) -> None:
    page = bench.page
    for name in ("Nights", "Weekends"):
        visit(page, "/alerts/rules/new/")
        bench.write(name, "weekday >= 6")
        page.get_by_role("button", name="Save rule").click()
        page.wait_for_url(re.compile("/rules/$"))
    order = bench.names()
    assert order[-2:] == ["Nights", "Weekends"]
    bench.line("Weekends").get_by_role("button", name="up").click()
    expect(page.locator(OWN_RULES).last).to_have_text("Nights")
    bench.take_back("Rule moved.")
    expect(page.locator(OWN_RULES).last).to_have_text("Weekends")
    assert bench.names() == order

    page.get_by_role("link", name="Weekends").click()
    bench.write("Saturdays", "weekday == 6")
    page.get_by_role("button", name="Save rule").click()
    expect(bench.line("Saturdays")).to_contain_text("Day of the week is Saturday")
    bench.take_back("Saved.")
    expect(bench.line("Weekends")).to_contain_text("Day of the week is Saturday or above")
    expect(bench.line("Saturdays")).to_have_count(0)

    bench.line("Nights").get_by_role("button", name="Delete").click()
    expect(bench.line("Nights")).to_have_count(0)
    bench.take_back("Rule deleted.")
    expect(bench.line("Nights")).to_be_visible()
    assert bench.names() == order


def test_a_condition_is_built_in_rows_edited_as_code_and_built_on(bench: Bench) -> None:
    page = bench.page
    complaints = Complaints(page)
    visit(page, "/alerts/rules/new/")
    page.get_by_label("Name", exact=True).fill("Laboratory nights")

    # The first row, by keyboard alone: each choice is followed by what it can be compared with.
    first = bench.row("1")
    page.keyboard.press("Tab")  # how rows are combined
    page.keyboard.press("Tab")
    expect(first.get_by_label("Field")).to_be_focused()
    first.get_by_label("Field").select_option("Label")
    expect(first.get_by_label("Field")).to_be_focused()
    first.get_by_label("Name").fill("env")
    first.get_by_label("Operator").select_option("is one of")
    expect(first.locator("textarea")).to_be_visible()  # one value a line
    first.get_by_label("Value").fill("lab\ntest")
    page.get_by_role("button", name="Add group").click()
    inner = bench.row("2.1")
    expect(inner.get_by_label("Field")).to_be_focused()
    inner.get_by_label("Field").select_option("Severity")
    inner.get_by_label("Operator").select_option("is or is below")
    inner.get_by_label("Value").select_option("Minor")
    group = page.get_by_role("group", name="Group 2", exact=True)
    group.get_by_role("button", name="Add row").click()
    expect(bench.row("2.2").get_by_label("Field")).to_be_focused()
    expect(page.locator("#o-condition-said")).to_have_text("Row added.")
    bench.row("2.2").get_by_label("Field").select_option("Time since it started")
    bench.row("2.2").get_by_label("Operator").select_option("is less than")
    bench.row("2.2").get_by_label("Value").fill("soon")
    page.get_by_role("button", name="Save rule").click()
    expect(bench.row("2.2")).to_contain_text("Enter a number.")
    assert [said for said in complaints.taken() if "422" not in said] == []
    bench.row("2.2").get_by_label("Value").fill("90")

    words = page.locator(".o-condition-words")
    expect(words).to_have_text(
        "Label env is “lab” or “test”, and (severity is Minor or below, or time since it started "
        "is less than 90 minutes)"
    )
    expect(bench.trial).to_contain_text("Last 7 days")
    code = 'labels.env in ["lab", "test"] && (severity <= minor || age < duration("90m"))'
    page.get_by_text("CEL code", exact=True).click()
    expect(page.locator(".o-condition-foot code")).to_have_text(code)

    # By hand, and back; what rows cannot say stays code.
    page.get_by_role("button", name="Edit as code").click()
    expect(bench.code).to_have_value(code)
    expect(bench.code).to_be_focused()
    bench.code.fill(f"{code} // for the night")
    page.get_by_role("button", name="Back to the builder").click()
    expect(page.get_by_text("The builder cannot show this code")).to_be_visible()
    expect(bench.code).to_have_value(f"{code} // for the night")
    bench.code.fill(code.replace("minor", "warning"))
    page.get_by_role("button", name="Back to the builder").click()
    expect(bench.row("2.1").get_by_label("Value")).to_have_value("warning")
    page.get_by_role("button", name="Remove row 2.2").click()
    expect(bench.row("2.2")).to_have_count(0)
    expect(bench.row("2.1").get_by_label("Field")).to_be_focused()

    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="Save rule").click()
    page.wait_for_url(re.compile("/rules/$"))
    expect(bench.line("Laboratory nights")).to_contain_text(
        "Label env is “lab” or “test”, and severity is Warning or below"
    )
    made = [
        rule["condition"]
        for rule in bench.opale.api("/events/rules")
        if rule["name"] == "Laboratory nights"
    ]
    assert made == ['labels.env in ["lab", "test"] && severity <= warning']

    bench.line("Laboratory nights").get_by_role("button", name="Delete").click()
    expect(bench.line("Laboratory nights")).to_have_count(0)
    assert [said for said in complaints.taken() if "422" not in said] == []


def test_the_editor_and_its_drawing_fit_a_phone(bench: Bench) -> None:
    page = bench.page
    page.set_viewport_size(PHONE)
    visit(page, "/alerts/rules/new/")
    bench.write("Laboratory too", LAB)
    expect(bench.trial.locator("[data-chart] svg")).to_be_visible()
    assert drawn(bench) >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(WIDE)


def drawn(bench: Bench) -> int:
    """How many bars of the trial's chart can be seen."""
    chart = bench.trial.locator("[data-chart]")
    expect(chart.locator("svg")).to_be_visible()
    for _try in range(20):  # bars grow, and a chart is drawn anew with each trial
        if found := int(chart.evaluate(BARS)):
            return found
        bench.page.wait_for_timeout(250)
    return 0

"""Two people discuss a project: each sees the other's comments come, and nothing typed is lost."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import PHONE, Visitors
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
MEBIBYTE = 1024 * 1024


MAIL_DUE = """
from datetime import timedelta

from opale.kernel import clock
from opale.messaging.models import OutgoingMail
from opale.notifications.actions.delivery import mail_due_notifications

mail_due_notifications(clock.now() + timedelta(days=1))
print(OutgoingMail.objects.filter(to__0__contains=%r).latest("pk").letter)
"""
END_MEMBERSHIPS = """
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Membership

with attributed(system("journey")):
    print(Membership.objects.filter(person__user__email=%r).delete())
"""


@pytest.fixture(scope="module")
def visitors(
    manned: tuple[Opale, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitors]:
    opale, _clock = manned
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield Visitors(browser, opale, tmp_path_factory.mktemp("discussion"))


@pytest.fixture(scope="module")
def pages(visitors: Visitors) -> tuple[Page, Page]:
    """The project manager's page, and the administrator's, each in a browser of its own."""
    first = visitors.context("project_manager").new_page()
    second = visitors.context("administrator", language="fr").new_page()
    first.goto("/projects/")
    first.locator("[data-list] a, table a").filter(has_text=re.compile("P-")).first.click()
    first.wait_for_url(re.compile(r"/projects/\d+/$"))
    second.goto(first.url)
    return first, second


def test_a_comment_appears_for_others_and_mentions_by_keyboard(pages: tuple[Page, Page]) -> None:
    first, second = pages
    field = first.locator(".c-editor textarea")
    field.click()
    field.press_sequentially("**Ready** to sign, @adm")
    option = first.locator(".c-people [role=option][aria-selected=true]")
    expect(option).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value(re.compile(r"\*\*Ready\*\* to sign, @\[.+\]\(person:\d+\) "))
    first.get_by_role("button", name="Preview").click()
    expect(first.locator(".c-preview strong")).to_have_text("Ready")
    first.get_by_role("button", name="Preview").click()
    field.press("Control+Enter")
    expect(first.locator(".c-comment strong")).to_have_text("Ready")
    expect(field).to_have_value("")
    expect(second.locator(".c-comment strong")).to_have_text("Ready")
    expect(second.locator(".c-comment .o-mention")).to_be_visible()


def test_an_answer_quotes_and_comes_back_while_the_other_types(pages: tuple[Page, Page]) -> None:
    first, second = pages
    typed = first.locator(".c-editor textarea")
    typed.fill("Half a thought")
    second.get_by_role("button", name="Citer le commentaire", exact=True).first.click()
    field = second.locator(".c-editor textarea")
    expect(field).to_have_value(re.compile(r"^> \*\*Ready\*\*"))
    field.press_sequentially("Signed")
    field.press("Control+Enter")
    expect(first.locator(".c-comment blockquote strong")).to_have_text("Ready")
    expect(typed).to_have_value("Half a thought")
    first.reload()
    expect(typed).to_have_value("Half a thought")


def test_a_too_large_picture_is_refused_and_a_small_one_is_shown(
    pages: tuple[Page, Page], tmp_path: Path
) -> None:
    first, second = pages
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(30 * MEBIBYTE)
    choose = first.locator(".c-editor input[type=file]")
    choose.set_input_files(large)
    expect(first.locator(".c-progress .o-error")).to_contain_text("large.png: larger than")
    expect(first.locator(".c-editor textarea")).to_have_value("Half a thought")
    small = tmp_path / "small.png"
    first.locator(".c-discussion .c-editor").screenshot(path=small)
    choose.set_input_files(small)
    expect(first.locator(".c-waiting")).to_contain_text("small.png")
    first.locator(".c-editor textarea").press("Control+Enter")
    expect(second.get_by_role("img", name="small.png")).to_be_visible()
    expect(first.locator(".c-waiting")).not_to_contain_text("small.png")


GIVE_FILE = """([field, name, type, how, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const made = how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  field.dispatchEvent(made);
}"""


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped(pages: tuple[Page, Page], tmp_path: Path, how: str) -> None:
    first, second = pages
    taken = tmp_path / "taken.png"
    first.locator(".c-discussion .c-editor").screenshot(path=taken)
    field = first.locator(".c-discussion .c-editor textarea")
    field.fill(f"Look, by {how}")
    given = [field.element_handle(), f"{how}.png", "image/png", how, list(taken.read_bytes())]
    first.evaluate(GIVE_FILE, given)
    expect(first.locator(".c-waiting")).to_contain_text(f"{how}.png")
    expect(field).to_have_value(re.compile(rf"^Look, by {how}\n!\[{how}\.png\]\(file:\d+\)\n$"))
    field.press("Control+Enter")
    expect(second.get_by_role("img", name=f"{how}.png")).to_be_visible()


def test_a_dropped_picture_of_30_mb_is_refused_and_nothing_is_lost(
    pages: tuple[Page, Page],
) -> None:
    first, _second = pages
    field = first.locator(".c-discussion .c-editor textarea")
    field.fill("Typed before")
    first.evaluate(
        GIVE_FILE.replace("new Uint8Array(bytes)", f"new Uint8Array({30 * MEBIBYTE})"),
        [field.element_handle(), "photo.png", "image/png", "drop", []],
    )
    expect(first.locator(".c-progress .o-error")).to_contain_text("photo.png: larger than")
    expect(field).to_have_value("Typed before")
    field.fill("")


def test_a_comment_is_edited_with_its_files_and_deleted_for_both(
    pages: tuple[Page, Page], tmp_path: Path
) -> None:
    first, second = pages
    plan = tmp_path / "plan.png"
    first.locator(".c-discussion .c-editor").screenshot(path=plan)
    mine = first.locator(".c-comment").filter(has_text="Half a thought")
    mine.get_by_role("link", name="Edit").click()
    panel = first.locator("#o-panel")
    panel.locator("[name=text]").fill("A whole thought")
    panel.locator("[name=text]").select_text()
    panel.get_by_role("button", name="Bold").click()
    panel.get_by_role("button", name="Preview").click()
    expect(panel.locator(".c-preview strong")).to_have_text("A whole thought")
    panel.get_by_role("button", name="Preview").click()
    panel.locator("input[type=file]").set_input_files(plan)
    expect(panel.locator(".c-waiting")).to_contain_text("plan.png")
    panel.get_by_role("checkbox", name="small.png").uncheck()
    panel.get_by_role("button", name="Save").click()
    theirs = second.locator(".c-comment").filter(has_text="A whole thought")
    expect(theirs).to_contain_text("modifié")
    expect(theirs.locator("strong")).to_have_text("A whole thought")
    expect(theirs.get_by_role("img", name="plan.png")).to_be_visible()
    expect(theirs.get_by_role("img", name="small.png")).to_have_count(0)
    first.locator(".c-comment").filter(has_text="A whole thought").get_by_role(
        "button", name="Delete"
    ).click()
    expect(second.get_by_text("Commentaire supprimé")).to_be_visible()
    expect(second.get_by_text("A whole thought")).to_have_count(0)


def test_the_mail_about_a_comment_that_was_deleted_since_says_so(
    pages: tuple[Page, Page], visitors: Visitors
) -> None:
    first, second = pages
    field = first.locator(".c-editor textarea")
    field.fill("")
    field.press_sequentially("Not for long, @adm")
    expect(first.locator(".c-people [role=option][aria-selected=true]")).to_be_visible()
    field.press("Enter")
    field.press("Control+Enter")
    mine = first.locator(".c-comment").filter(has_text="Not for long")
    expect(mine).to_be_visible()
    opale = visitors.opale
    mailed = opale.ask(MAIL_DUE % opale.personas["administrator"]["login"])
    link = re.search(r"Not for long.*?(/inbox/\d+/open/)", mailed)
    assert link, mailed
    mine.get_by_role("button", name="Delete").click()
    expect(mine).to_have_count(0)
    project = second.url
    second.goto(link[1])
    expect(second.get_by_text("Cette notification n’existe plus.")).to_be_visible()
    expect(second.get_by_text("Not for long")).to_have_count(0)
    second.goto(project)


def test_a_watcher_who_loses_the_right_hears_no_more(
    pages: tuple[Page, Page], visitors: Visitors
) -> None:
    first, _second = pages
    watcher = visitors.context("provisioner").new_page()
    watcher.goto(first.url)
    watcher.get_by_role("button", name="Watch", exact=True).click()
    expect(watcher.get_by_role("button", name="Stop watching")).to_be_visible()
    watcher.goto("/inbox/")
    field = first.locator(".c-editor textarea")
    field.fill("Heard while one may")
    field.press("Control+Enter")
    told = watcher.get_by_role("link", name=re.compile("commented on P-"))
    expect(told).to_have_count(1)
    visitors.opale.ask(END_MEMBERSHIPS % visitors.opale.personas["provisioner"]["login"])
    field.fill("Heard by nobody else")
    field.press("Control+Enter")
    expect(first.locator(".c-comment").last).to_contain_text("Heard by nobody else")
    watcher.reload()
    expect(watcher.locator("main table")).to_be_visible()
    expect(told).to_have_count(0)
    answer = watcher.goto(first.url)
    assert answer
    assert answer.status in {403, 404}


def test_the_discussion_fits_a_phone(
    pages: tuple[Page, Page],
) -> None:
    first, _second = pages
    first.set_viewport_size(PHONE)
    first.reload()
    first.locator(".c-editor").scroll_into_view_if_needed()
    expect(first.locator(".c-editor textarea")).to_be_visible()
    wide = first.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page is wider than the phone"

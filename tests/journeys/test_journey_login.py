"""Logins in real browsers: a passkey opens Opale, and a session is ended from another one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.journeys.browsing import NEEDS_BROWSER
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("plain"),
    NEEDS_BROWSER,
]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_password(page: Page, password: str) -> None:
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as launched,
    ):
        yield launched


def logged_in(context: BrowserContext, login: str, password: str) -> Page:
    page = context.new_page()
    page.goto("/account/login/")
    page.fill("input[name=login]", login)
    give_password(page, password)
    return page


def test_a_passkey_opens_opale_without_a_password(plain: Opale, browser: Browser) -> None:
    # Somebody whom no other journey needs: from now on a password alone lets nobody in.
    known = plain.personas["solution_architect"]
    context = browser.new_context(base_url=plain.base_url)
    page = logged_in(context, known["login"], known["password"])
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto("/account/2fa/webauthn/add/")
    give_password(page, known["password"])
    page.check("input[name=passwordless]")
    page.click("main button.btn-primary")
    page.wait_for_url("**/recovery-codes/")

    # A page that hears that its session is over leads to the login, and from there back to itself.
    page.goto("about:blank")
    context.clear_cookies()
    page.goto("/people/")
    expect(page.locator("input[name=password]")).to_be_visible()
    page.get_by_text("passkey").first.click()
    page.wait_for_url(f"{plain.base_url}/people/")


def test_a_session_is_ended_from_another_browser(plain: Opale, browser: Browser) -> None:
    known = plain.personas["service_manager"]
    lost = browser.new_context(
        base_url=plain.base_url,
        user_agent="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
    )
    left_open = logged_in(lost, known["login"], known["password"])
    left_open.wait_for_url(f"{plain.base_url}/")
    here = logged_in(
        browser.new_context(base_url=plain.base_url), known["login"], known["password"]
    )
    here.wait_for_url(f"{plain.base_url}/")
    here.goto("/account/sessions/")
    line = here.locator("tr", has_text=re.compile("Firefox (on|sur) Windows"))
    line.get_by_role("button").click()
    expect(here.get_by_text(re.compile("Session ended|Session terminée"))).to_be_visible()
    expect(line).to_have_count(0)
    expect(here.get_by_text(re.compile("^(this browser|ce navigateur)$"))).to_be_visible()
    left_open.goto("/people/")
    expect(left_open.locator("input[name=password]")).to_be_visible()

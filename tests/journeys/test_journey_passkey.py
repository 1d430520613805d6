"""A passkey is made in a real browser, and opens Opale without a password."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.journeys.browsing import NEEDS_BROWSER
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, running_opale

pytestmark = [pytest.mark.journey, pytest.mark.slow, NEEDS_BROWSER]

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


@pytest.mark.timeout(300)
def test_a_passkey_opens_opale_without_a_password(tmp_path: Path) -> None:
    with (
        running_opale(tmp_path / "data") as opale,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        agent = opale.personas["desk_agent"]
        context = browser.new_context(base_url=opale.base_url)
        page = context.new_page()
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

        page.goto("/account/login/")
        page.fill("input[name=login]", agent["login"])
        give_password(page, agent["password"])
        page.goto("/account/2fa/webauthn/add/")
        give_password(page, agent["password"])
        page.check("input[name=passwordless]")
        page.click("main button.btn-primary")
        page.wait_for_url("**/recovery-codes/")

        context.clear_cookies()
        page.goto("/people/")
        expect(page.locator("input[name=password]")).to_be_visible()
        page.get_by_text("passkey").first.click()
        page.wait_for_url(f"{opale.base_url}/people/")

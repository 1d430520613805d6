"""A page that goes unanswered through three steps, and is caught by the link of a mail; and one
that is pushed to a browser, whose service worker shows it."""

import base64
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from tests.journeys.browsing import Visitors
from tests.journeys.running import (
    CHROMIUM_OPTIONS,
    WHOLE_CHROMIUM,
    Opale,
    Sink,
    mail_sink,
    post,
    running_opale,
    wait_until,
)
from tests.serving import push_clock

from opale.run.paging.tests.test_paging_contacts import receiving

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not WHOLE_CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"
    ),
]
TITLE = "Core router unreachable"
STEPS = ("desk_agent", "run_engineer", "core_engineer")
POLICY = """
from opale.kernel.actor import system
from opale.organisation.models import Person, Team
from opale.run.paging.actions.policies import create_policy, edit_policy
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent, Step, Target
from opale.run.paging.models import EscalationPolicy

def person(email):
    return Person.objects.get(user__email=email).pk

steps = tuple(Step((Target("person", person(email)),), 5) for email in %s)
for other in EscalationPolicy.objects.all():
    edit_policy(other, is_on=False, by=system("journey"))
team = Team.objects.get(kind=Team.Kind.SERVICE_DESK)
content = PolicyContent(steps, conditions=Conditions(triggers=("alert",)))
print(create_policy(name="Night", team=team, content=content, by=system("journey")).pk)
"""


@dataclass
class Night:
    opale: Opale
    sink: Sink
    clock: Path
    playwright: Playwright

    def launched(self) -> Browser:
        return self.playwright.chromium.launch(
            executable_path=WHOLE_CHROMIUM, args=CHROMIUM_OPTIONS
        )

    def push(self, minutes: float) -> None:
        push_clock(self.clock, minutes * 60)

    def paged(self) -> list[str]:
        """To whom the mails about the alert went, in the order in which they came."""
        return [mail["To"] for mail in self.sink.mails if TITLE in (mail["Subject"] or "")]

    def email(self, persona: str) -> str:
        return self.opale.personas[persona]["login"]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    clock = folder / "ahead"
    with (
        mail_sink() as sink,
        running_opale(
            folder / "data",
            company,
            email_url=f"smtp://127.0.0.1:{sink.port}",
            OPALE_PUSHED_CLOCK=str(clock),
        ) as opale,
        sync_playwright() as playwright,
    ):
        yield Night(opale, sink, clock, playwright)


def test_three_steps_pass_and_the_third_is_caught(night: Night) -> None:
    addresses = [night.email(persona) for persona in STEPS]
    night.opale.ask(POLICY % repr(addresses))
    alert = {
        "status": "firing",
        "labels": {"alertname": TITLE, "instance": "core-1", "severity": "critical"},
        "annotations": {"summary": TITLE},
        "startsAt": "2026-01-01T00:00:00Z",
    }
    body = {"version": "4", "status": "firing", "alerts": [alert]}
    assert post(night.opale.integrations["alertmanager"]["url"], body) in (200, 202)
    for step in range(3):
        night.push(5 * step + (0.5 if step else 0))
        wait_until(lambda reached=step + 1: len(night.paged()) == reached, None, 60)
    assert [to.split("<")[-1].strip("> ") for to in night.paged()] == addresses

    last = [mail for mail in night.sink.mails if TITLE in (mail["Subject"] or "")][-1]
    part = last.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    with night.launched() as browser:
        page = browser.new_page()
        page.goto(re.findall(r"https?://\S+/paging/answer/\S+/", text)[0])
        page.get_by_role("button").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            re.compile("Acknowledged|Alerte acquittée")
        )
    answered = night.opale.api("/paging/mobilisations?state=acknowledged")["items"]
    assert [one["title"] for one in answered] == [TITLE]

    # Whoever answered sees to the alert, and nothing waits to call anybody else.
    alert_id = answered[0]["about"].partition(":")[2]
    wait_until(lambda: night.opale.api(f"/alerts/{alert_id}")["state"] == "acknowledged", None, 60)
    whole = night.opale.api(f"/paging/mobilisations/{answered[0]['id']}")
    assert whole["next_at"] is None
    assert {one["state"] for one in whole["pages"]} <= {"leaving", "sent"}
    assert len(night.paged()) == 3


SERVICE = """
PushManager.prototype.subscribe = async function (options) {
  const key = new Uint8Array(options.applicationServerKey);
  const worker = (await navigator.serviceWorker.getRegistration())?.active;
  if (!worker || key.length !== 65 || !options.userVisibleOnly) throw new Error("not subscribed");
  return { toJSON: () => (%s) };
};
"""
"""The service that carries pushes, in place of that of the browser's maker: asked for a worker that
runs, by the key of who sends."""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const found = await registration.getNotifications();
  return found.map((one) => [one.title, one.body, one.data.url]);
}"""


def plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_page_is_pushed_to_a_browser_and_its_worker_shows_it(
    night: Night, tmp_path: Path
) -> None:
    browser, secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    point = browser.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    # A browser of its own, ended as a whole: its contexts may not close while it shows pages.
    with receiving() as (url, heard), night.launched() as pushed_to:
        context = Visitors(pushed_to, night.opale, tmp_path).context("service_manager")
        keys = {"p256dh": plain(point), "auth": plain(secret)}
        told = json.dumps({"endpoint": f"{url}push/1", "keys": keys})
        context.grant_permissions(["notifications"], origin=night.opale.base_url)
        context.add_init_script(SERVICE % told)
        page = context.new_page()
        page.goto("/paging/contacts/")
        page.get_by_label("Device name").fill("Night table")
        page.get_by_role("button", name="Enable notifications in this browser").click()
        line = page.locator("tr", has_text="Night table")
        expect(line).to_contain_text("Verified")
        with page.expect_navigation():
            line.get_by_role("button", name="Send a test").click()
        wait_until(lambda: heard, None, 60)
        ((_path, _headers, body), *_more) = heard
        read = http_ece.decrypt(body, private_key=browser, auth_secret=secret, version="aes128gcm")

        worker = context.new_cdp_session(page)
        known: list[Any] = []
        worker.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: known.extend(event["registrations"]),
        )
        worker.send("ServiceWorker.enable")
        wait_until(lambda: page.evaluate("1") and known, None, 30)
        said = json.loads(read)

        def shown() -> bool:
            """A worker that has just been installed may not hear the first one."""
            push = {"origin": night.opale.base_url, "data": read.decode()}
            push["registrationId"] = known[-1]["registrationId"]
            worker.send("ServiceWorker.deliverPushMessage", push)
            return bool(page.evaluate(SHOWN) == [[said["title"], said["body"], said["url"]]])

        wait_until(shown, None, 30)
        assert "test" in said["body"].lower()

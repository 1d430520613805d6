"""Two of the desk swap a duty each: offered by the one, accepted by the other."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.journeys.browsing import SETTLED, Visitors
from tests.journeys.running import CHROMIUM, CHROMIUM_OPTIONS, Opale

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("manned"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="not installed: chromium"),
]
DUTIES = """
import json
from datetime import timedelta
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.actor import system
from opale.organisation.models import Person, Team
from opale.run.shifts.models import Duty, PlannedDuty

people = [Person.objects.get(user__email=email) for email in %s]
desk = Team.objects.get(kind=Team.Kind.SERVICE_DESK)
# A week that is theirs alone: what they worked so far this week breaks no rule of that one.
soonest = (clock.now() + timedelta(days=7)).replace(hour=8, minute=0, second=0, microsecond=0)
begins = soonest + timedelta(days=(7 - soonest.weekday()) %% 7)
around = (begins - timedelta(days=7), begins + timedelta(days=14))
made = []
with attributed(system("journey")):
    for rows in (Duty.objects, PlannedDuty.objects):
        rows.filter(person__in=people, period__overlap=around).delete()
    for number, person in enumerate(people):
        starts = begins + timedelta(days=2 * number)
        made.append(Duty.objects.create(
            person=person, team=desk, kind="staffed", role="agent",
            period=DateTimeTZRange(starts, starts + timedelta(hours=8)),
        ).pk)
print(json.dumps([made, [one.pk for one in people]]))
"""


def test_two_swap_a_duty_each(manned: tuple[Opale, Path], tmp_path: Path) -> None:
    opale, _clock = manned
    names = ("desk_agent", "desk_agent_2")
    emails = [opale.personas[name]["login"] for name in names]
    (own, asked), (holder, other) = json.loads(opale.ask(DUTIES % repr(emails)))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS) as browser,
    ):
        visitors = Visitors(browser, opale, tmp_path)
        first, second = (visitors.context(name).new_page() for name in names)
        first.goto("/shifts/mine/")
        first.locator(f"a[href='/shifts/{own}/offer/']").click()
        first.wait_for_url("**/offer/")
        first.locator("select[name=to]").select_option(str(other))
        first.locator("select[name=in_return]").select_option(str(asked))
        first.locator("input[name=note]").fill("Dentist")
        first.get_by_role("button", name="Offer").click()
        first.wait_for_url("**/shifts/mine/")
        expect(first.get_by_role("button", name="Withdraw")).to_be_visible()

        second.goto("/shifts/mine/")
        second.wait_for_function(SETTLED)
        expect(second.locator("main")).to_contain_text("Dentist")
        second.get_by_role("button", name="Accept").click()
        expect(second.locator("[data-toast]").last).to_contain_text("The shift is now yours.")
        expect(second.get_by_role("button", name="Accept")).to_have_count(0)

    held = {number: opale.api(f"/duties/{number}")["person_id"] for number in (own, asked)}
    assert held == {own: other, asked: holder}

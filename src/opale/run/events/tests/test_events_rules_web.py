"""The pages of rules: the list, the editor with its trial, and what can be taken back."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.run.events.actions import integrations, retention, rule_trials, rules
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import EventRule, Integration, RuleTrial
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.queries.rules import newest_version
from opale.run.events.states import RuleEffect, Severity
from opale.run.events.tests.builders import MAKER, alert_of, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    ACTIVE_RULES_CACHE.forget()
    NAME_CACHE.forget()
    retention.create_partition(now().date())
    return make_personas()


@pytest.fixture
def tools(house: Personas) -> Client:
    return house.client("tools_engineer")


def make_rule(name: str = "Labs", *, on: bool = False) -> EventRule:
    terms = RuleTerms(name=name, condition='labels.env == "lab"', effect=RuleEffect.SUPPRESS)
    rule = rules.create_event_rule(terms, by=MAKER, at=now())
    if on:
        rules.switch_event_rule(rule, on=True, by=MAKER, at=now())
        ACTIVE_RULES_CACHE.forget()
    return rule


def heard() -> tuple[Integration, Sender]:
    integration, sender = make_integration()
    hand_in(sender, fires(0, env="lab"), received_at=now() - timedelta(seconds=1))
    return integration, sender


def typed(**changes: str) -> dict[str, str]:
    return {"name": "Labs", "condition": 'labels.env == "lab"', "effect": "suppress"} | changes


def test_a_rule_is_made_off_and_switched_on_in_the_list(tools: Client) -> None:
    assert tools.post("/alerts/rules/new/", typed()).status_code == 302
    rule = EventRule.objects.get()
    assert (rule.active, rule.condition) == (False, 'labels.env == "lab"')
    page = tools.get("/alerts/rules/").content.decode()
    assert "Labs" in page
    assert "Enable" in page
    tools.post(f"/alerts/rules/{rule.pk}/activity/")
    rule.refresh_from_db()
    assert rule.active


def test_what_cannot_be_read_says_where_while_one_types(tools: Client) -> None:
    drawn = tools.post("/alerts/rules/trial/", typed(condition="severity = 5")).content.decode()
    assert "Column 10: Use == to compare." in drawn
    french = tools.post(
        "/alerts/rules/trial/", typed(condition="severity = 5"), headers={"accept-language": "fr"}
    )
    assert french.status_code == 200
    refused = tools.post("/alerts/rules/new/", typed(condition="severity = 5"))
    assert refused.status_code == 422
    assert not EventRule.objects.exists()


def test_the_trial_says_how_many_calls_less_with_links(tools: Client) -> None:
    integration, _sender = heard()
    drawn = tools.post("/alerts/rules/trial/", typed()).content.decode()
    assert "1 page fewer." in drawn
    assert f"/alerts/{alert_of(integration).pk}/" in drawn
    assert "would have paged nobody" in drawn
    held = tools.post("/alerts/rules/trial/", typed(effect="hold", hold_for="5m")).content.decode()
    assert "1 page later." in held
    made = tools.post("/alerts/rules/trial/", typed(effect="qualify")).content.decode()
    assert "1 incident opened." in made
    nothing = tools.post("/alerts/rules/trial/", typed(condition="false")).content.decode()
    assert "No event of the last 7 days matches." in nothing


def test_a_long_trial_is_asked_for_and_shows_how_far_it_is(
    tools: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_trials, "AT_ONCE", 0)
    heard()
    assert "Run test" in tools.post("/alerts/rules/trial/", typed()).content.decode()
    begun = tools.post("/alerts/rules/trial/", typed(go="1")).content.decode()
    assert "Testing the rule" in begun
    waiting = RuleTrial.objects.get()
    rule_trials.finish_trial(waiting.pk, by=MAKER, at=now())
    done = tools.get(f"/alerts/rules/trials/{waiting.pk}/").content.decode()
    assert "1 page fewer." in done


def test_nobody_else_reads_somebodys_trial(house: Personas, tools: Client) -> None:
    waiting = RuleTrial.objects.create(terms={}, asked_by="user:0", total=1)
    assert tools.get(f"/alerts/rules/trials/{waiting.pk}/").status_code == 404


def test_a_change_and_a_removal_offer_an_undo(tools: Client) -> None:
    rule = make_rule()
    tools.post(f"/alerts/rules/{rule.pk}/", typed(name="Labs and tests"))
    after = tools.get("/alerts/rules/").content.decode()
    undo = f"/alerts/rules/{rule.pk}/change/{newest_version(rule)}/withdrawal/"
    assert undo in after
    tools.post(undo)
    rule.refresh_from_db()
    assert rule.name == "Labs"
    gone = tools.post(f"/alerts/rules/{rule.pk}/removal/", headers={"HX-Request": "true"})
    assert "/removal/withdrawal/" in gone.headers["HX-Trigger"]
    assert "Labs" not in gone.content.decode().replace("Labs and tests", "")
    tools.post(f"/alerts/rules/{rule.pk}/removal/withdrawal/")
    assert "Labs" in tools.get("/alerts/rules/").content.decode()


def test_rules_are_moved_and_say_who_changed_them(house: Personas, tools: Client) -> None:
    make_rule("First")
    second = make_rule("Second")
    drawn = tools.post(f"/alerts/rules/{second.pk}/place/up/", headers={"HX-Request": "true"})
    page = drawn.content.decode()
    assert page.index("Second") < page.index("First")
    assert house.actor("tools_engineer").name in page
    assert tools.post(f"/alerts/rules/{second.pk}/place/sideways/").status_code == 404


def test_the_page_of_an_alert_says_which_rule_did_what(tools: Client) -> None:
    make_rule(on=True)
    integration, _sender = heard()
    page = tools.get(f"/alerts/{alert_of(integration).pk}/").content.decode()
    assert "Suppressed by rule" in page
    assert f'href="/alerts/rules/{EventRule.objects.get().pk}/"' in page
    assert "Rule “Labs” suppressed the alert." in page
    assert "Labs" not in tools.get("/alerts/").content.decode()
    assert "Link down" in tools.get("/alerts/?view=muted").content.decode()


def test_who_reads_alerts_sees_rules_and_changes_none(house: Personas) -> None:
    make_rule()
    agent = house.client("desk_agent")
    page = agent.get("/alerts/rules/").content.decode()
    assert "Labs" in page
    assert "Delete" not in page
    assert agent.get("/alerts/rules/new/").status_code == 403


def test_a_proposal_fills_the_form(tools: Client) -> None:
    page = tools.get("/alerts/rules/new/?name=Noise&condition=true&effect=hold&hold_for=10m")
    drawn = page.content.decode()
    assert 'value="Noise"' in drawn
    assert 'value="10m"' in drawn


def test_rules_of_integrations_stand_in_the_list_with_their_origin(
    house: Personas, tools: Client
) -> None:
    assert "No rules yet" in tools.get("/alerts/rules/").content.decode()
    integration, _sender = make_integration()
    integrations.add_rule(
        integration,
        name="At once",
        minimum_severity=Severity.CRITICAL,
        open_for=timedelta(minutes=1),
        by=MAKER,
    )
    page = tools.get("/alerts/rules/").content.decode()
    assert "No rules yet" not in page
    assert "At once" in page
    assert "this severity or worse, open for 60 seconds" in page
    assert page.count(f'href="/events/integrations/{integration.pk}/"') == 2
    [copy] = re.findall(r'href="(/alerts/rules/new/[^"]+)"', page)
    drawn = tools.get(html.unescape(copy)).content.decode()
    assert "waits until an alert has been open for 1 min" in drawn
    assert '<option value="critical" selected>' in drawn
    assert f'<option value="{integration.pk}" selected>' in drawn
    integrations.edit_integration(integration, active=False, by=MAKER)
    assert "Disabled" in tools.get("/alerts/rules/").content.decode()


def test_an_integration_that_never_received_anything_says_so(tools: Client) -> None:
    integration, sender = make_integration()
    page = f"/events/integrations/{integration.pk}/"
    for url in (page, "/events/integrations/"):
        assert "Nothing received yet" in tools.get(url).content.decode()
    hand_in(sender, fires(0, env="lab"), received_at=now())
    integration.keys.update(last_used_at=now())
    for url in (page, "/events/integrations/"):
        assert "Nothing received yet" not in tools.get(url).content.decode()


def test_the_address_and_the_configuration_of_a_new_key_are_copied_by_a_button(
    tools: Client,
) -> None:
    integration, _sender = make_integration()
    page = tools.post(f"/events/integrations/{integration.pk}/keys/").content.decode()
    assert page.count("data-copy=") == 2
    assert "opale/copy.js" in tools.get(f"/events/integrations/{integration.pk}/").content.decode()

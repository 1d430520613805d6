"""What makes noise: who speaks most, what nobody acts on, what comes and goes."""

from datetime import timedelta
from html import unescape

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas, make_personas

from opale.discussions.actions import add_comment
from opale.discussions.queries import get_record
from opale.kernel.errors import NotAllowed
from opale.run.events.actions import alerts, assignments, noise, retention
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import ConditionEvaluator, Situation
from opale.run.events.domain.rule_proposals import Kind, proposed_rule
from opale.run.events.models import Alert, NoiseReport
from opale.run.events.tests.builders import (
    MAKER,
    at,
    clears,
    fires,
    hand_in,
    hand_in_each,
    make_integration,
)

pytestmark = pytest.mark.django_db
DAY = 86_400.0


@pytest.fixture
def house() -> Personas:
    retention.create_partitions(at(-20 * DAY).date(), 30)
    return make_personas()


def report() -> NoiseReport:
    return noise.create_noise_report(at=at(2 * DAY))


def names(rows: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(row["name"], row["number"]) for row in rows]


def test_who_speaks_most_comes_first(house: Personas) -> None:
    _integration, sender = make_integration()
    hand_in(sender, *[fires(0, "loud", title="Loud")] * 30, *[fires(0, "soft", title="Soft")] * 6)
    hand_in(sender, fires(0, "once", title="Once"))
    assert names(report().talkers) == [("Loud", 30), ("Soft", 6)]


def test_what_spoke_long_ago_does_not_count(house: Personas) -> None:
    _integration, sender = make_integration()
    old = at(-10 * DAY)
    hand_in(sender, *[fires(-10 * DAY, "loud")] * 30, received_at=old)
    assert report().talkers == []


def test_alerts_of_one_name_that_nobody_acted_on(house: Personas) -> None:
    _integration, sender = make_integration()
    for number in range(6):
        hand_in(sender, fires(number, f"disk-{number}", alertname="DiskSlow"))
        hand_in(sender, fires(number, f"link-{number}", alertname="LinkDown"))
    hand_in(sender, fires(0, "fan", alertname="Fan"))
    agent = house.actor("desk_agent")
    seen = Alert.objects.filter(identity="link-3")
    alerts.acknowledge_alerts(seen, by=agent, at=at(DAY))
    assert names(report().ignored) == [("DiskSlow", 6)]


def test_a_note_is_an_act(house: Personas) -> None:
    _integration, sender = make_integration()
    for number in range(6):
        hand_in(sender, fires(number, f"disk-{number}", alertname="DiskSlow"))
    noted = Alert.objects.filter(identity="disk-1").get()
    assignments.add_alert_note(noted, "Known.", by=house.actor("desk_agent"), at=at(DAY))
    assert report().ignored == []


def test_a_comment_is_an_act(house: Personas) -> None:
    _integration, sender = make_integration()
    for number in range(6):
        hand_in(sender, fires(number, f"disk-{number}", alertname="DiskSlow"))
    assert names(report().ignored) == [("DiskSlow", 6)]
    agent, alert = house.actor("desk_agent"), Alert.objects.get(identity="disk-1")
    add_comment(get_record("alert", alert.pk, seen_by=agent), "Known.", by=agent)
    assert report().ignored == []


def test_what_comes_and_goes(house: Personas) -> None:
    _integration, sender = make_integration()
    for turn in range(7):
        hand_in_each(sender, [fires(turn * 20, alertname="Door"), clears(turn * 20 + 10)])
    assert names(report().flapping) == [("Door", 6)]


def test_the_newest_report_alone_is_kept(house: Personas) -> None:
    report()
    newest = noise.create_noise_report(at=at(3 * DAY))
    assert list(NoiseReport.objects.all()) == [newest]
    assert newest.since == at(3 * DAY) - timedelta(days=7)


def test_the_page_shows_it_and_has_it_counted_again(house: Personas) -> None:
    agent = house.client("desk_agent")
    assert "No report yet" in agent.get("/alerts/noise/").content.decode()
    _integration, sender = make_integration()
    hand_in(sender, *[fires(0, "loud", title="Loud one")] * 30)
    report()
    assert "Loud one" in agent.get("/alerts/noise/").content.decode()
    for _press in range(2):
        assert agent.post("/alerts/noise/count/").status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="events.count_noise").count() == 1


def test_who_may_not_work_has_nothing_counted(house: Personas) -> None:
    with pytest.raises(NotAllowed):
        noise.request_noise_report(by=house.actor("employee"))
    noise.request_noise_report(by=MAKER)


@pytest.mark.parametrize(
    ("kind", "named", "effect", "condition"),
    [
        ("talkers", False, "suppress", 'name == "Say \\"it\\" \\\\ é" && severity < critical'),
        ("ignored", True, "suppress", 'labels.alertname == "Say \\"it\\" \\\\ é"'),
        ("flapping", False, "hold", 'name == "Say \\"it\\" \\\\ é"'),
    ],
)
def test_a_line_proposes_a_rule_that_fits_it(
    kind: Kind, named: bool, effect: str, condition: str
) -> None:
    title = 'Say "it" \\ é'
    rule = proposed_rule(kind, title, 3, named=named)
    assert (rule.effect, rule.condition, rule.integration_id) == (effect, condition, 3)
    said, trier = parse_condition(rule.condition), ConditionEvaluator()
    trier.look_at(Situation(severity=4, name=title, labels={"alertname": title}), said.inputs)
    assert trier.fits(said)


def test_one_press_opens_the_editor_with_the_rule_filled_in(house: Personas) -> None:
    _integration, sender = make_integration()
    for number in range(6):
        hand_in(sender, fires(number, f"disk-{number}", alertname="DiskSlow"))
    report()
    assert "Create rule" not in house.client("desk_agent").get("/alerts/noise/").content.decode()
    tools = house.client("tools_engineer")
    page = tools.get("/alerts/noise/").content.decode()
    address = next(
        part.split('"')[0]
        for part in page.split('href="')
        if part.startswith("/alerts/rules/new/?")
    )
    editor = tools.get(unescape(address)).content.decode()
    assert "labels.alertname == &quot;DiskSlow&quot;" in editor
    assert '<option value="suppress" selected>' in editor

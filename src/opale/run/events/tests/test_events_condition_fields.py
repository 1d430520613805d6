"""Conditions of alert rules in the builder: written in the rules' own language, and read back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.personas import make_personas

from opale.conditions.declarations import Op
from opale.conditions.reading import read_condition
from opale.conditions.trees import Group, Join, Row, normalised
from opale.conditions.words import condition_in_words
from opale.conditions.writing import write_condition
from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.run.events.actions import rules
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import ConditionEvaluator, Situation
from opale.run.events.models import EventRule
from opale.run.events.queries.condition_fields import ALERT_FIELDS
from opale.run.events.states import RuleEffect
from opale.run.events.tests.builders import MAKER
from opale.run.events.web.rule_lines import EXAMPLES, rule_history

NAMES = st.sampled_from(["", "Link down", "link up", "Disk full"])
SITUATIONS = st.builds(
    Situation,
    severity=st.integers(1, 5),
    name=NAMES.filter(bool),
    labels=st.dictionaries(st.sampled_from(["host", "k8s.io/app"]), NAMES),
    customer=st.sampled_from(["", "ACME"]),
    item=NAMES,
    hour=st.integers(0, 23),
    age=st.sampled_from([timedelta(), timedelta(minutes=5), timedelta(hours=3)]),
)
"""Each kind of row, and what it means of a situation."""
MEANINGS: dict[Row, Any] = {
    Row("severity", Op.AT_LEAST, ("major",)): lambda one: one.severity >= 4,
    Row("severity", Op.ONE_OF, ("info", "critical")): lambda one: one.severity in (1, 5),
    Row("name", Op.CONTAINS_ANY_CASE, ("link",)): lambda one: "link" in one.name.lower(),
    Row("name", Op.STARTS, ("Link",)): lambda one: one.name.startswith("Link"),
    Row("item", Op.EMPTY): lambda one: not one.item,
    Row("item", Op.MATCHES_NOT, ("^L",)): lambda one: not one.item.startswith("L"),
    Row("customer", Op.IS, ("ACME",)): lambda one: one.customer == "ACME",
    Row("customer", Op.NOT_EMPTY): lambda one: bool(one.customer),
    Row("hour", Op.LESS, ("8",)): lambda one: one.hour < 8,
    Row("age", Op.MORE, ("300",)): lambda one: one.age > timedelta(minutes=5),
    Row("labels", Op.IS_NOT, ("Disk full",), "host"): (
        lambda one: one.labels.get("host", "") != "Disk full"
    ),
    Row("labels", Op.CONTAINS, ("down",), "k8s.io/app"): (
        lambda one: "down" in one.labels.get("k8s.io/app", "")
    ),
    Row("labels", Op.ABSENT, (), "host"): lambda one: "host" not in one.labels,
}


def _groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Group]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.builds(Group, st.sampled_from(Join), several)


TREES = _groups(st.recursive(st.sampled_from(list(MEANINGS)), _groups, max_leaves=5))


def means(node: Row | Group, situation: Situation) -> bool:
    if isinstance(node, Row):
        return bool(MEANINGS[node](situation))
    found = [means(part, situation) for part in node.parts]
    return all(found) if node.join == Join.ALL else any(found) is (node.join == Join.ANY)


@given(TREES, SITUATIONS)
def test_what_is_built_means_the_same_to_alerts(tree: Group, situation: Situation) -> None:
    source = write_condition(tree, ALERT_FIELDS)
    if len(source) > 1_000:
        return
    assert read_condition(source, ALERT_FIELDS) == normalised(tree)
    condition = parse_condition(source)
    trier = ConditionEvaluator()
    trier.look_at(situation, condition.inputs)
    assert trier.fits(condition) is means(tree, situation)


@pytest.mark.parametrize("source", [source for source, _words in EXAMPLES])
def test_examples_open_in_the_builder_or_stay_as_they_are(source: str) -> None:
    tree = read_condition(source, ALERT_FIELDS)
    if ".exists(" in source:
        assert tree is None
        return
    assert tree is not None
    assert write_condition(tree, ALERT_FIELDS) == source


@pytest.mark.django_db
def test_a_condition_in_words_names_what_codes_stand_for() -> None:
    personas = make_personas()
    customer = Customer.objects.order_by("pk").first()
    assert customer is not None
    source = f'severity in [critical, major] && customer == "{customer.code}"'
    expected = f"Severity is Critical or Major, and customer is {customer.name}"
    assert condition_in_words(source, ALERT_FIELDS) == expected
    tools = personas.client("tools_engineer")
    rule = rules.create_event_rule(
        RuleTerms(name="Big", condition=source, effect=RuleEffect.SUPPRESS), by=MAKER, at=now()
    )
    assert expected in tools.get("/alerts/rules/").content.decode()
    page = tools.get(f"/alerts/rules/{rule.pk}/").content.decode()
    assert f'value="{customer.name}" role="combobox"' in page
    assert f'name="condition.0.1.value" value="{customer.pk}"' in page


@pytest.mark.django_db
class TestBuiltInTheBrowser:
    rows = {
        "name": "Nights",
        "effect": "suppress",
        "condition-mode": "rows",
        "condition.0.join": "all",
        "condition.0.0.field": "labels",
        "condition.0.0.key": "env",
        "condition.0.0.op": "is",
        "condition.0.0.value": "test",
        "condition.0.1.join": "any",
        "condition.0.1.0.field": "hour",
        "condition.0.1.0.op": "at_least",
        "condition.0.1.0.value": "20",
        "condition.0.1.1.field": "weekday",
        "condition.0.1.1.op": "one_of",
        "condition.0.1.1.value": ["6", "7"],
    }

    @pytest.fixture
    def tools(self) -> Client:
        return make_personas().client("tools_engineer")

    def test_rows_become_a_rule_and_a_button_saves_nothing(self, tools: Client) -> None:
        drawn = tools.post("/alerts/rules/new/", self.rows | {"condition-do": "add 0.1"})
        assert drawn.status_code == 200
        assert 'name="condition.0.1.2.field"' in drawn.content.decode()
        assert not EventRule.objects.exists()
        assert tools.post("/alerts/rules/new/", self.rows).status_code == 302
        rule = EventRule.objects.get()
        assert rule.condition == 'labels.env == "test" && (hour >= 20 || weekday in [6, 7])'

    def test_the_trial_follows_rows(self, tools: Client) -> None:
        drawn = tools.post("/alerts/rules/trial/", self.rows).content.decode()
        assert "No event of the last 7 days matches." in drawn
        begun = {"condition-mode": "rows", "condition.0.join": "all"}
        empty = tools.post("/alerts/rules/trial/", {"effect": "suppress", **begun})
        assert "Live test" in empty.content.decode()

    def test_the_history_of_a_rule_tells_conditions_in_words(self, tools: Client) -> None:
        tools.post("/alerts/rules/new/", self.rows)
        rule = EventRule.objects.get()
        changed = {name: value for name, value in self.rows.items() if ".0.1." not in name}
        tools.post(f"/alerts/rules/{rule.pk}/", changed)
        [change, _made] = rule_history(rule)
        [difference] = change.differences
        assert difference.label == "Condition"
        assert difference.after == "Label env is “test”"
        assert str(difference.before).startswith(
            "Label env is “test”, and (hour is at least 20, or"
        )
        page = tools.get(f"/alerts/rules/{rule.pk}/").content.decode()
        assert "Label env is “test”, and (hour is at least 20" in page

"""The language of rules: what it says, what it refuses, and that it always ends."""

import time
from datetime import UTC, timedelta
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.conditions.tokens import InvalidCondition
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import (
    TIMEOUT_SECONDS,
    ConditionEvaluator,
    ConditionTimeout,
    RequiredText,
    Situation,
)
from opale.run.events.domain.rules import (
    CACHE_SIZE,
    ActiveRule,
    ActiveRules,
    Decision,
    RuleEvaluator,
)
from opale.run.events.states import RuleEffect


def situation(**said: Any) -> Situation:
    known: dict[str, Any] = {
        "severity": 4,
        "name": "Link down",
        "labels": {"host": "web01", "env": "prod", "load": "97.5"},
        "integration": "Prometheus",
        "source": "alertmanager",
        "customer": "ACME",
        "hour": 3,
        "weekday": 7,
        "age": timedelta(minutes=10),
        "times": 3,
    }
    return Situation(**(known | said))


def fits(source: str, **said: Any) -> bool:
    condition = parse_condition(source)
    trier = ConditionEvaluator()
    trier.look_at(situation(**said), condition.inputs)
    return trier.fits(condition)


@pytest.mark.parametrize(
    "source",
    [
        "severity >= major",
        'labels.host == "web01" && severity < critical',
        'labels.host.matches("^web[0-9]+$")',
        'labels["host"].startsWith("web")',
        'name.lower().contains("link")',
        "weekday in [6, 7] || hour < 7",
        'age > duration("5m") && times > 2',
        'has(labels.env) && !has(labels.rack) && "host" in labels',
        "double(labels.load) > 95.0",
        'labels.exists(k, labels[k] == "prod")',
        'labels.all(k, labels[k] != "")',
        'customer in ["ACME", "BETA"] ? true : false',
        'item == "" && service == ""',
        'severity >= major // what hurts\n&& source == "alertmanager"',
        'name.lower() == "link down" && name . lower () == "link down" && name == "Link down"',
        'lower(name) == "link down" && "name.lower()" != "link down"',
        'labels.exists(name, name.lower() == "env" && labels[name] == "prod")',
        'labels.exists(name_lowered, name_lowered == "env") && name.lower() != "env"',
        "!labels.exists(name_lowered, name.lower() == name_lowered)",
    ],
)
def test_it_fits(source: str) -> None:
    assert fits(source)


@pytest.mark.parametrize(
    "source",
    [
        'labels.host == "db01"',
        'labels.rack == "12"',
        "double(labels.host) > 95.0",
        'labels.exists(k, labels[k] == "nowhere")',
    ],
)
def test_it_does_not_fit(source: str) -> None:
    assert not fits(source)


def test_a_label_that_is_absent_is_the_empty_text_as_for_silences() -> None:
    assert fits('labels.rack != "12"')
    assert fits('labels.rack == ""')
    assert not fits("has(labels.rack)")


@pytest.mark.parametrize(
    ("source", "code", "column"),
    [
        ("", "empty", 1),
        ("severity ==", "end", 12),
        ("severity = 5", "equals", 10),
        ("(severity == 5", "bracket", 1),
        ("severity >= 5)", "syntax", 14),
        ("severity >= major and true", "word", 19),
        ("severity == loud", "variable", 13),
        ('host == "web01"', "variable", 1),
        ('name.reverse() == "x"', "function", 6),
        ("name.first == 1", "field", 6),
        ('name + text == "x"', "sums", 6),
        ("labels.map(k, true) == []", "function", 8),
        ("name.matches(severity)", "pattern_written", 6),
        ("labels.exists(k, labels.exists(j, j == k))", "nested", 25),
        ("name.matches(text)", "pattern_written", 6),
        ('name.matches("(")', "pattern", 14),
        ('name.matches("((a{1,100}){1,100}){1,100}")', "pattern", 14),
        ('age > duration("5 minutes")', "duration", 16),
        ("called.host == 1", "variable", 1),
        ('name_lowered == "a"', "variable", 1),
        ('name.lower() == "a" && severity > ', "end", 35),
        ('severity > "a"', "kinds", 1),
        ("severity", "yes_or_no", 1),
        ("severity == 5 #", "unknown", 15),
        ('name == "a', "unknown", 9),
        ('name == "\x00"', "unknown", 10),
        ("(" * 90 + "true" + ")" * 90, "deep", 21),
        ("severity in [1, 2", "bracket", 13),
        ("true || " * 200 + "true", "long", 1001),
    ],
)
def test_what_cannot_be_read_says_why_and_where(source: str, code: str, column: int) -> None:
    with pytest.raises(InvalidCondition) as refused:
        parse_condition(source)
    assert (refused.value.code, refused.value.column) == (code, column)


def test_a_text_is_no_name_and_a_comment_says_nothing() -> None:
    assert not fits('name == "labels.rack + and matches(" // = # and')


def test_what_is_huge_is_looked_at_in_part() -> None:
    many = {f"k{n:05}": "v" * 65_536 for n in range(300)} | {"k00299": "x"}
    assert not fits('labels.exists(k, labels[k] == "x")', labels=many)
    assert fits('labels.k00299 == "x"', labels=many)


def test_a_rule_that_never_ends_is_stopped_and_set_aside() -> None:
    """The longest that can be said, on the largest alert: it ends, and it is not tried again."""
    hard = " || ".join([f'labels[k].matches("a[^c]{{200}}a.{{200}}c{n}")' for n in range(20)])
    condition = parse_condition(f"labels.exists(k, {hard})")
    noise = Random(1)
    text = "".join(noise.choice("ab") for _ in range(65_536))
    huge = situation(labels={f"k{n}": text for n in range(10_000)}, text=text)
    judge = RuleEvaluator(
        ActiveRules([ActiveRule(1, "endless", RuleEffect.SUPPRESS, condition)], zone=UTC),
    )
    began = time.thread_time()
    decision = judge.decide(huge, 1)
    again = judge.decide(huge, 1)
    assert time.thread_time() - began < 20 * TIMEOUT_SECONDS
    assert (decision.suppress, again.suppress) == (None, None)
    assert set(judge.slow) == {1}


def test_a_rule_is_not_slow_because_the_machine_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock finds that a minute has passed in which this process did nothing."""
    clock = count(step=60)
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(clock)))
    rule = ActiveRule(1, "links", RuleEffect.SUPPRESS, parse_condition('name.matches("^Link")'))
    judge = RuleEvaluator(ActiveRules([rule], zone=UTC))
    assert judge.decide(situation(name="Link down"), 1).suppress == rule
    assert not judge.slow


SOURCES = (
    'labels.env == "prod" && severity >= major',
    'name.contains("in") && severity >= minor && labels["host"].lower().startsWith("w")',
    'name.contains("nowhere") || customer == "ACME"',
    'severity > major ? name == "LINK" : text.contains("hurts")',
    'name.lower().endsWith("down") && !(labels.env.contains("prod"))',
    'labels.host.matches("^web")',
    'name.lower().contains("link")',
    'customer == "ACME" || (service == "NONE" && hour < 7)',
    'labels.exists(k, labels[k] == "prod")',
    'has(labels.host) && age > duration("5m")',
    'labels.host == "web1" && severity >= major',
    "times > 1",
)
TEXTS = st.sampled_from(["", "prod", "web1", "Link down", "LINK", "ACME", "x" * 400])
ALERTS = st.builds(
    situation,
    severity=st.integers(1, 5),
    name=TEXTS,
    customer=TEXTS,
    hour=st.integers(5, 8),
    times=st.integers(1, 2),
    age=st.integers(0, 10).map(lambda minutes: timedelta(minutes=minutes)),
    labels=st.dictionaries(st.sampled_from(["env", "host", "k"]), TEXTS),
)
RULES = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.sampled_from(RuleEffect), st.sampled_from([None, 1, 2])),
    max_size=8,
).map(
    lambda rules: [
        ActiveRule(n, "", effect, parse_condition(source), integration_id=integration_id)
        for n, (source, effect, integration_id) in enumerate(rules)
    ]
)


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ('name == "a"', [RequiredText("a", "name")]),
        ('name.lower().contains("a") && times > 1', [RequiredText("a", "name", lowered=True)]),
        (
            'times > 1 && labels.k.startsWith("a") && labels["l m"].lower() == "b\\"c"',
            [RequiredText("a", "labels", "k"), RequiredText('b"c', "labels", "l m", lowered=True)],
        ),
        ('text.endsWith("a") && (name == "b" || name == "c")', [RequiredText("a", "text")]),
        ('name == "a" || name == "b"', []),
        ('times > 1 ? name == "a" : name == "b"', []),
        ('!(name == "a") && name != "b" && name.matches("c")', []),
        ('(name == "a")', []),
        ('name == ""', []),
        ('labels.exists(name, name == "a") && item == "b"', []),
        ('"a" in ["a"] && "a".contains("a") && name == text', []),
        ("has(labels.k) && labels.k == labels.l", []),
    ],
)
def test_what_a_condition_cannot_do_without(source: str, needed: list[RequiredText]) -> None:
    assert list(parse_condition(source).needed) == needed


@given(RULES, st.lists(st.tuples(ALERTS, st.sampled_from([1, 2])), max_size=8))
def test_what_is_remembered_decides_as_a_look_at_each_rule_in_turn(
    rules: list[ActiveRule], alerts: list[tuple[Situation, int]]
) -> None:
    rulings = ActiveRules(rules, zone=UTC)
    for alert, integration_id in alerts * 2:
        expected = Decision()
        for rule in rules:
            free = getattr(expected, rule.effect) is None
            if free and rule.integration_id in (None, integration_id):
                trier = ConditionEvaluator()
                trier.look_at(alert, rule.condition.inputs)
                if trier.fits(rule.condition):
                    expected.take(rule)
        assert RuleEvaluator(rulings).decide(alert, integration_id) == expected


def test_an_alert_that_looks_like_one_before_is_not_tried_again() -> None:
    rulings = ActiveRules(
        [ActiveRule(1, "", RuleEffect.HOLD, parse_condition('labels.env == "a"'))], UTC
    )
    for number in "12":
        assert RuleEvaluator(rulings).decide(situation(labels={"env": "a", "id": number}), 1).hold
    with patch.object(ConditionEvaluator, "fits", side_effect=AssertionError):
        assert RuleEvaluator(rulings).decide(situation(labels={"env": "a", "id": "3"}), 1).hold


def test_what_lacks_a_needed_text_is_not_tried() -> None:
    rulings = ActiveRules(
        [ActiveRule(1, "", RuleEffect.HOLD, parse_condition('name.contains("a")'))], UTC
    )
    with patch.object(ConditionEvaluator, "fits", side_effect=AssertionError):
        assert not RuleEvaluator(rulings).decide(situation(name="b"), 1).hold
    assert RuleEvaluator(rulings).decide(situation(name="bab"), 1).hold


def test_what_is_remembered_of_all_rules_together_is_bounded() -> None:
    rules = [
        ActiveRule(n, "", RuleEffect.HOLD, parse_condition(f'labels.k{n} == "a"')) for n in range(7)
    ]
    rulings, most = ActiveRules(rules, UTC), 0
    for n in range(2 * CACHE_SIZE):
        for _time in range(2):
            inputs = rules[n % 7].condition.inputs
            rulings.memory.remember(inputs, (n % 7, (None, frozenset(), str(n))), frozenset())
        most = max(most, len(rulings.memory))
    assert most == CACHE_SIZE


def test_what_is_asked_for_again_and_again_is_not_forgotten_for_what_passes() -> None:
    rules = [
        ActiveRule(n, "", RuleEffect.HOLD, parse_condition(f'labels.k{n} == "a"')) for n in range(2)
    ]
    rulings = ActiveRules(rules, UTC)
    inputs, (often, *passing) = rules[0].condition.inputs, range(3 * CACHE_SIZE)
    for n in (often, often, *passing):
        for _time in range(2):
            rulings.memory.remember(inputs, (0, (None, frozenset(), n)), frozenset([n]))
        assert rulings.memory.get((0, (None, frozenset(), often))) == frozenset([often])


def test_what_took_too_long_says_so() -> None:
    condition = parse_condition(
        'text.matches("a") || labels.exists(k, labels[k].matches("(a|b)*c.*x$"))'
    )
    trier = ConditionEvaluator()
    labels = {f"k{n}": "ab" * 2_000 for n in range(100)}
    trier.look_at(situation(text="b" * 4_000, labels=labels), condition.inputs)
    trier.seconds = 0.0
    with pytest.raises(ConditionTimeout):
        trier.fits(condition)

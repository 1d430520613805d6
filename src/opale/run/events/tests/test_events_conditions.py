"""The language of rules: what it says, what it refuses, and that it always ends."""

import time
from datetime import UTC, timedelta
from random import Random
from typing import Any

import pytest

from opale.run.events.conditions import SECONDS, Situation, TookTooLong, Trier
from opale.run.events.reading_conditions import UnreadableCondition, condition_in
from opale.run.events.ruling import Judge, Ruling, Rulings
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
    condition = condition_in(source)
    trier = Trier([condition])
    trier.look_at(situation(**said))
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
    with pytest.raises(UnreadableCondition) as refused:
        condition_in(source)
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
    condition = condition_in(f"labels.exists(k, {hard})")
    noise = Random(1)
    text = "".join(noise.choice("ab") for _ in range(65_536))
    huge = situation(labels={f"k{n}": text for n in range(10_000)}, text=text)
    judge = Judge(
        Rulings([Ruling(1, "endless", RuleEffect.SUPPRESS, condition)], zone=UTC),
    )
    began = time.thread_time()
    decision = judge.decide(huge, 1)
    again = judge.decide(huge, 1)
    assert time.thread_time() - began < 20 * SECONDS
    assert (decision.suppress, again.suppress) == (None, None)
    assert set(judge.slow) == {1}


def test_what_took_too_long_says_so() -> None:
    condition = condition_in(
        'text.matches("a") || labels.exists(k, labels[k].matches("(a|b)*c.*x$"))'
    )
    trier = Trier([condition])
    trier.look_at(situation(text="b" * 4_000, labels={f"k{n}": "ab" * 2_000 for n in range(100)}))
    trier.seconds = 0.0
    with pytest.raises(TookTooLong):
        trier.fits(condition)

"""Rules of a request type that choose between request, RUN change and BUILD order.

Rules are tried in order. A condition names a field of the form, or a fact of the service
(`service.family`, `service.offering`, `service.state`); a rule holds when all of its conditions do,
and one without conditions always does. Pure: the same rules and facts always give the same answer.
Source: docs/rules/request-catalogue.md, "Request, change or order".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

ROUTES = ("request", "change", "order")
SERVICE_FACTS = ("service.family", "service.offering", "service.state")
NO_RULE = (
    "No routing rule: handled by the service desk.",
    "Aucune règle : traitée par le centre de services.",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one fact, such as `bandwidth_mbps above 1000`."""

    subject: str
    test: str
    wanted: Any

    def holds(self, facts: Mapping[str, Any]) -> bool:
        return TESTS[self.test](facts.get(self.subject), self.wanted)


@dataclass(frozen=True, slots=True)
class Rule:
    conditions: tuple[Condition, ...]
    route: str
    because_en: str
    because_fr: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Rule":
        conditions = tuple(
            Condition(subject, test, wanted)
            for subject, tests in record.get("when", {}).items()
            for test, wanted in tests.items()
        )
        return cls(
            conditions,
            record["route"],
            record.get("because_en", ""),
            record.get("because_fr", ""),
        )

    def record(self) -> dict[str, Any]:
        when: dict[str, dict[str, Any]] = {}
        for one in self.conditions:
            when.setdefault(one.subject, {})[one.test] = one.wanted
        return {
            "when": when,
            "route": self.route,
            "because_en": self.because_en,
            "because_fr": self.because_fr,
        }


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule tried on the facts: each condition with the value found and whether it holds."""

    rule: Rule
    conditions: tuple[tuple[Condition, Any, bool], ...]

    @property
    def holds(self) -> bool:
        return all(holds for _condition, _found, holds in self.conditions)


@dataclass(frozen=True, slots=True)
class RouteDecision:
    """The chosen route, its reason, and the rules tried: the last one holds."""

    route: str
    because_en: str
    because_fr: str
    tried: tuple[TriedRule, ...] = ()


def decide_route(rules: Iterable[Rule], facts: Mapping[str, Any]) -> RouteDecision:
    """Return the route of the first rule that holds; without one, it is a request."""
    tried: list[TriedRule] = []
    for rule in rules:
        tried.append(
            TriedRule(
                rule, tuple((c, facts.get(c.subject), c.holds(facts)) for c in rule.conditions)
            )
        )
        if tried[-1].holds:
            return RouteDecision(rule.route, rule.because_en, rule.because_fr, tuple(tried))
    return RouteDecision("request", *NO_RULE, tuple(tried))


def parse_rules(records: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(Rule.of(record) for record in records)


def rule_faults(rules: Sequence[Rule], fields: Iterable[str]) -> list[str]:
    """Return the errors in the rules of a type with these fields."""
    known = {*fields, *SERVICE_FACTS}
    found = []
    for number, rule in enumerate(rules, 1):
        said: dict[str, Any] = {"number": number}
        if rule.route not in ROUTES:
            found.append(_("Rule %(number)s has no route.") % said)
        if not rule.because_en.strip() or not rule.because_fr.strip():
            found.append(_("Rule %(number)s needs a reason in both languages.") % said)
        for one in rule.conditions:
            said["subject"] = one.subject
            if one.subject not in known:
                found.append(_("Rule %(number)s uses %(subject)s, which is not a field.") % said)
            if one.test not in TESTS:
                found.append(_("Rule %(number)s uses an unknown test on %(subject)s.") % said)
            elif one.test in NUMERIC and _as_number(one.wanted) is None:
                found.append(
                    _("Rule %(number)s needs a number to compare with %(subject)s.") % said
                )
    return found


def _as_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _above(found: object, wanted: object) -> bool:
    number, limit = _as_number(found), _as_number(wanted)
    return number is not None and limit is not None and number > limit


def _below(found: object, wanted: object) -> bool:
    number, limit = _as_number(found), _as_number(wanted)
    return number is not None and limit is not None and number < limit


def _is(found: object, wanted: object) -> bool:
    if isinstance(found, bool) and isinstance(wanted, str):
        return found is (wanted.strip().lower() in {"true", "yes", "1"})
    return found is not None and (found == wanted or str(found) == str(wanted))


def _in(found: object, wanted: object) -> bool:
    several = wanted if isinstance(wanted, list) else str(wanted).split(",")
    return found is not None and str(found) in {str(one).strip() for one in several}


def _given(found: object, wanted: object) -> bool:
    there = found not in (None, "", [])
    return there is (str(wanted).strip().lower() not in {"false", "no", "0"})


NUMERIC = frozenset({"above", "below"})
TESTS: dict[str, Callable[[object, object], bool]] = {
    "is": _is,
    "in": _in,
    "above": _above,
    "below": _below,
    "given": _given,
}

"""Parser of the language of event rules: a small part of CEL (`conditions.tokens`), with labels.

Source: docs/rules/rules.md, "The language".
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from opale.conditions.tokens import (
    InvalidCondition,
    Token,
    check_tokens,
    compile_source,
    is_at,
    plain_words,
    read_tokens,
    text_of,
)
from opale.run.events.domain.conditions import (
    FITS,
    LOWERED,
    SAID,
    SEVERITY_NUMBERS,
    TEXT_VARIABLES,
    VARIABLES,
    Condition,
    ConditionEvaluator,
    RequiredText,
    Situation,
)

KNOWN: Final = VARIABLES | SEVERITY_NUMBERS.keys()


@lru_cache(maxsize=2_000)
def parse_condition(source: str) -> Condition:
    """Return the parsed condition. Errors: InvalidCondition."""
    tokens = read_tokens(source)
    bound = check_tokens(tokens, KNOWN, mappings=("labels",))
    labels, said = _said(tokens)
    program = compile_source(_rewritten(source, tokens, said, bound))
    words = {tokens[n].text for n in plain_words(tokens) if n not in said}
    needed = tuple(_needed(tokens, bound))
    found = Condition(source, program, frozenset(words & VARIABLES), frozenset(labels), needed)
    _check_result(found)
    return found


def _said(tokens: Sequence[Token]) -> tuple[set[str], set[int]]:
    """Return the labels read by their names, and the places where `labels` stands for that.

    `has(labels.host)` and `"host" in labels` ask whether there is one: they see labels as they are.
    """
    names: set[str] = set()
    places: set[int] = set()
    for n, token in enumerate(tokens):
        if token.text != "labels" or token.kind != "word" or is_at(tokens, n - 1, "."):
            continue
        if is_at(tokens, n - 1, "(") and is_at(tokens, n - 2, "has"):
            continue
        if is_at(tokens, n + 1, ".") and n + 2 < len(tokens) and not is_at(tokens, n + 3, "("):
            names.add(tokens[n + 2].text)
            places.add(n)
        elif (
            is_at(tokens, n + 1, "[") and is_at(tokens, n + 3, "]") and tokens[n + 2].kind == "text"
        ):
            names.add(text_of(tokens[n + 2]))
            places.add(n)
    return names, places


def _needed(tokens: Sequence[Token], bound: frozenset[str]) -> Iterator[RequiredText]:
    """Yield what each part of a conjunction requires a text to be, hold, or begin or end with."""
    if bound:
        return
    for part in _parts(tokens):
        at = 1
        if part[0].text in TEXT_VARIABLES:
            variable, label = part[0].text, ""
        elif part[0].text == "labels" and (found := _label_of(part)):
            variable, (label, at) = "labels", found
        else:
            continue
        rest = [token.text for token in part[at:]]
        if lowered := rest[:4] == [".", "lower", "(", ")"]:
            at, rest = at + 4, rest[4:]
        if len(rest) == 2 and rest[0] == "==":
            said = part[at + 1]
        elif len(rest) == 5 and (rest[0], rest[2], rest[4]) == (".", "(", ")"):
            if rest[1] not in ("contains", "startsWith", "endsWith"):
                continue
            said = part[at + 3]
        else:
            continue
        if said.kind == "text" and (text := text_of(said)):
            yield RequiredText(text, variable, label, lowered)


def _label_of(part: Sequence[Token]) -> tuple[str, int] | None:
    """Return the name of the label that is read first, and how many tokens that takes."""
    if is_at(part, 1, ".") and len(part) > 3 and not is_at(part, 3, "("):
        return part[2].text, 3
    if is_at(part, 1, "[") and is_at(part, 3, "]") and part[2].kind == "text":
        return text_of(part[2]), 4
    return None


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the operands of `&&` outside of all brackets; none where `||` or `?` binds looser."""
    depth, ends = 0, [-1]
    for n, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and token.text in ("||", "?"):
            return
        if depth == 0 and token.text == "&&":
            ends.append(n)
    for before, after in pairwise([*ends, len(tokens)]):
        if after > before + 1:
            yield tokens[before + 1 : after]


def _rewritten(
    source: str, tokens: Sequence[Token], said: Collection[int], bound: frozenset[str]
) -> str:
    """Return the source that the library compiles; each sign stays in its column."""
    parts, at = [], 0
    for n, token in enumerate(tokens):
        if token.at < at:  # inside of a call that was replaced by a variable
            continue
        new, end = token.text, token.at + len(token.text)
        if n in said:
            new = SAID
        elif token.text == "matches" and is_at(tokens, n + 1, "("):
            new = FITS
        elif token.text in TEXT_VARIABLES and _is_lowered(source, tokens, n):
            lowered = token.text + LOWERED
            if bound.isdisjoint((token.text, lowered)):
                new, end = lowered, token.at + len(lowered)
        parts += [source[at : token.at], new]
        at = end
    return "".join([*parts, source[at:]])


def _is_lowered(source: str, tokens: Sequence[Token], n: int) -> bool:
    """Return whether a variable is followed by `.lower()`, without spaces."""
    end = tokens[n].at + len(tokens[n].text)
    return source[end : end + len(LOWERED)] == ".lower()" and not is_at(tokens, n - 1, ".")


EXAMPLES: Final = (
    Situation(
        severity=5,
        name="Link down",
        text="Rennes - Lille",
        labels={"host": "web01"},
        integration="Prometheus",
        source="alertmanager",
        item="web01",
        service="SVC-000042",
        customer="ACME",
        site="REN",
        plan="corporate",
        stream="corporate",
        hour=3,
        weekday=7,
        age=timedelta(minutes=5),
        times=3,
    ),
    Situation(severity=2, name="Disk"),
)


def _check_result(condition: Condition) -> None:
    """Check on two examples that the condition yields a boolean and compares like with like."""
    trier = ConditionEvaluator()
    results = []
    for example in EXAMPLES:
        trier.look_at(example, condition.inputs)
        results.append(trier.outcome(condition))
    kinds = [result for result in results if result is not None]
    if any(isinstance(result, Exception) for result in kinds):
        raise InvalidCondition("kinds", 1)
    if any(not isinstance(result, bool) for result in kinds):
        raise InvalidCondition("yes_or_no", 1)


def _is_indexed(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a text in square brackets begins here."""
    return is_at(tokens, n, "[") and is_at(tokens, n + 2, "]") and tokens[n + 1].kind == "text"

"""A condition in words: "Severity is Critical or Major, and Site is Lyon"."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from opale.conditions.declarations import SINCE, WITHOUT_VALUE, Field, Kind, Op, Vocabulary
from opale.conditions.reading import read_condition
from opale.conditions.spans import span_in_words
from opale.conditions.trees import Group, Join, Row

SENTENCES: Final[Mapping[Op, str | Promise]] = {
    Op.IS: gettext_lazy("%(field)s is %(value)s"),
    Op.IS_NOT: gettext_lazy("%(field)s is not %(value)s"),
    Op.ONE_OF: gettext_lazy("%(field)s is %(value)s"),
    Op.NONE_OF: gettext_lazy("%(field)s is not %(value)s"),
    Op.CONTAINS: gettext_lazy("%(field)s contains %(value)s"),
    Op.CONTAINS_NOT: gettext_lazy("%(field)s does not contain %(value)s"),
    Op.CONTAINS_ANY_CASE: gettext_lazy("%(field)s contains %(value)s (ignoring case)"),
    Op.STARTS: gettext_lazy("%(field)s starts with %(value)s"),
    Op.ENDS: gettext_lazy("%(field)s ends with %(value)s"),
    Op.MATCHES: gettext_lazy("%(field)s matches %(value)s"),
    Op.MATCHES_NOT: gettext_lazy("%(field)s does not match %(value)s"),
    Op.MORE: gettext_lazy("%(field)s is more than %(value)s"),
    Op.AT_LEAST: gettext_lazy("%(field)s is at least %(value)s"),
    Op.LESS: gettext_lazy("%(field)s is less than %(value)s"),
    Op.AT_MOST: gettext_lazy("%(field)s is at most %(value)s"),
    Op.YES: gettext_lazy("%(field)s: yes"),
    Op.NO: gettext_lazy("%(field)s: no"),
    Op.WITHIN_LAST: gettext_lazy("%(field)s is within the last %(value)s"),
    Op.BEFORE_LAST: gettext_lazy("%(field)s is longer ago than %(value)s"),
    Op.WITHIN_NEXT: gettext_lazy("%(field)s is within the next %(value)s"),
    Op.BEFORE: gettext_lazy("%(field)s is before %(value)s"),
    Op.AFTER: gettext_lazy("%(field)s is after %(value)s"),
    Op.HAS: gettext_lazy("%(field)s include %(value)s"),
    Op.HAS_NOT: gettext_lazy("%(field)s do not include %(value)s"),
    Op.HAS_ANY: gettext_lazy("%(field)s include %(value)s"),
    Op.HAS_NONE: gettext_lazy("%(field)s do not include %(value)s"),
    Op.PRESENT: gettext_lazy("%(field)s exists"),
    Op.ABSENT: gettext_lazy("%(field)s does not exist"),
    Op.EMPTY: gettext_lazy("%(field)s is empty"),
    Op.NOT_EMPTY: gettext_lazy("%(field)s is not empty"),
}
ORDERED_CHOICES: Final[Mapping[Op, str | Promise]] = {
    Op.AT_LEAST: gettext_lazy("%(field)s is %(value)s or above"),
    Op.MORE: gettext_lazy("%(field)s is above %(value)s"),
    Op.AT_MOST: gettext_lazy("%(field)s is %(value)s or below"),
    Op.LESS: gettext_lazy("%(field)s is below %(value)s"),
}


def condition_in_words(source: str, vocabulary: Vocabulary) -> str:
    """Return a condition in CEL as a sentence, "" where only its code says it."""
    tree = read_condition(source, vocabulary) if source.strip() else None
    return tree_in_words(tree, vocabulary) if tree is not None else ""


def tree_in_words(tree: Group, vocabulary: Vocabulary) -> str:
    return capfirst(_group(tree, vocabulary))


def _group(group: Group, vocabulary: Vocabulary) -> str:
    parts = []
    for part in group.parts:
        if isinstance(part, Row):
            parts.append(row_in_words(part, vocabulary.by_name[part.field]))
        else:
            parts.append(f"({_group(part, vocabulary)})")
    if group.join == Join.NONE:
        if len(parts) == 1:
            return pgettext("condition", "not: %(part)s") % {"part": parts[0]}
        return pgettext("condition", "none of these: %(parts)s") % {"parts": "; ".join(parts)}
    if group.join == Join.ALL:
        return _joined(parts, pgettext("condition", "%(first)s, and %(second)s"))
    return _joined(parts, pgettext("condition", "%(first)s, or %(second)s"))


def _joined(parts: Sequence[str], pair: str) -> str:
    found = parts[0]
    for part in parts[1:]:
        found = pair % {"first": found, "second": part}
    return found


def row_in_words(row: Row, field: Field) -> str:
    ordered = ORDERED_CHOICES if field.kind == Kind.CHOICE else {}
    sentence = ordered.get(row.op) or SENTENCES[row.op]
    name = _small(str(field.label))
    if field.kind == Kind.NAMED:
        name = f"{name} {row.key}"
    values = [] if row.op in WITHOUT_VALUE else [value_in_words(v, row, field) for v in row.values]
    return str(sentence) % {"field": name, "value": _choices(values)}


def _choices(values: Sequence[str]) -> str:
    if len(values) < 2:
        return "".join(values)
    return pgettext("values", "%(first)s or %(last)s") % {
        "first": ", ".join(values[:-1]),
        "last": values[-1],
    }


def value_in_words(value: str, row: Row, field: Field) -> str:
    """Return one value as people read it."""
    if field.kind == Kind.DURATION or row.op in SINCE:
        return span_in_words(int(value))
    if field.kind == Kind.MOMENT:
        there = timezone.localtime(datetime.fromisoformat(value))
        return date_format(there, "SHORT_DATETIME_FORMAT")
    if field.kind in (Kind.CHOICE, Kind.RECORD):
        return field.value_label(value)
    if field.kind == Kind.NUMBER or row.op in (Op.MORE, Op.LESS):
        return value
    return _("“%(text)s”") % {"text": value}


def _small(label: str) -> str:
    """Return a label within a sentence: an acronym stays large."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label

"""Fields that conditions are made of: an app declares each once, with its type and its CEL."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Label = str | Promise


class Kind(StrEnum):
    """The types of fields. A missing text is "", a missing list []; a missing other value null."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    MOMENT = "moment"
    DURATION = "duration"
    RECORD = "record"
    """A row found by a picker, compared by the value that the picker posts."""
    TEXTS = "texts"
    """A list of texts, such as tags."""
    NAMED = "named"
    """A mapping of texts, such as the labels of an alert; the row says which name."""


class Op(StrEnum):
    """The operators of rows."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    CONTAINS_ANY_CASE = "contains_any_case"
    STARTS = "starts"
    ENDS = "ends"
    MATCHES = "matches"
    MATCHES_NOT = "matches_not"
    MORE = "more"
    AT_LEAST = "at_least"
    LESS = "less"
    AT_MOST = "at_most"
    YES = "yes"
    NO = "no"
    WITHIN_LAST = "within_last"
    BEFORE_LAST = "before_last"
    WITHIN_NEXT = "within_next"
    BEFORE = "before"
    AFTER = "after"
    HAS = "has"
    HAS_NOT = "has_not"
    HAS_ANY = "has_any"
    HAS_NONE = "has_none"
    PRESENT = "present"
    ABSENT = "absent"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"


EQUAL: Final = (Op.IS, Op.IS_NOT)
AMONG: Final = (Op.ONE_OF, Op.NONE_OF)
ORDERED: Final = (Op.AT_LEAST, Op.MORE, Op.AT_MOST, Op.LESS)
KNOWN: Final = (Op.NOT_EMPTY, Op.EMPTY)
SEARCHED: Final = (Op.CONTAINS, Op.CONTAINS_NOT)
PARTS: Final = (Op.STARTS, Op.ENDS, Op.MATCHES, Op.MATCHES_NOT)
OPERATORS: Final[Mapping[Kind, tuple[Op, ...]]] = {
    Kind.TEXT: (*EQUAL, *SEARCHED, *PARTS, *AMONG, *KNOWN),
    Kind.NUMBER: (*EQUAL, *ORDERED, *AMONG),
    Kind.CHOICE: (*EQUAL, *AMONG),
    Kind.YES_NO: (Op.YES, Op.NO),
    Kind.MOMENT: (Op.BEFORE, Op.AFTER),
    Kind.DURATION: ORDERED,
    Kind.RECORD: (*EQUAL, *AMONG),
    Kind.TEXTS: (Op.HAS, Op.HAS_NOT, Op.HAS_ANY, Op.HAS_NONE, *KNOWN),
    Kind.NAMED: (
        *EQUAL,
        *SEARCHED,
        *PARTS,
        *AMONG,
        Op.MORE,
        Op.LESS,
        Op.PRESENT,
        Op.ABSENT,
        *KNOWN,
    ),
}
SINCE: Final = (Op.WITHIN_LAST, Op.BEFORE_LAST, Op.WITHIN_NEXT)
WITHOUT_VALUE: Final = frozenset({*KNOWN, Op.YES, Op.NO, Op.PRESENT, Op.ABSENT})
WITH_SEVERAL: Final = frozenset({*AMONG, Op.HAS_ANY, Op.HAS_NONE})
GUARDED: Final = frozenset({*ORDERED, *SINCE, Op.BEFORE, Op.AFTER})
"""Operators that a missing value would make an error: they are asked after `!= null`."""

OPERATOR_LABELS: Final[Mapping[Op, Label]] = {
    Op.IS: pgettext_lazy("operator", "is"),
    Op.IS_NOT: pgettext_lazy("operator", "is not"),
    Op.ONE_OF: pgettext_lazy("operator", "is one of"),
    Op.NONE_OF: pgettext_lazy("operator", "is none of"),
    Op.CONTAINS: pgettext_lazy("operator", "contains"),
    Op.CONTAINS_NOT: pgettext_lazy("operator", "does not contain"),
    Op.CONTAINS_ANY_CASE: pgettext_lazy("operator", "contains (ignoring case)"),
    Op.STARTS: pgettext_lazy("operator", "starts with"),
    Op.ENDS: pgettext_lazy("operator", "ends with"),
    Op.MATCHES: pgettext_lazy("operator", "matches the pattern"),
    Op.MATCHES_NOT: pgettext_lazy("operator", "does not match the pattern"),
    Op.MORE: pgettext_lazy("operator", "is more than"),
    Op.AT_LEAST: pgettext_lazy("operator", "is at least"),
    Op.LESS: pgettext_lazy("operator", "is less than"),
    Op.AT_MOST: pgettext_lazy("operator", "is at most"),
    Op.YES: pgettext_lazy("operator", "is yes"),
    Op.NO: pgettext_lazy("operator", "is no"),
    Op.WITHIN_LAST: pgettext_lazy("operator", "is within the last"),
    Op.BEFORE_LAST: pgettext_lazy("operator", "is longer ago than"),
    Op.WITHIN_NEXT: pgettext_lazy("operator", "is within the next"),
    Op.BEFORE: pgettext_lazy("operator", "is before"),
    Op.AFTER: pgettext_lazy("operator", "is after"),
    Op.HAS: pgettext_lazy("operator", "include"),
    Op.HAS_NOT: pgettext_lazy("operator", "do not include"),
    Op.HAS_ANY: pgettext_lazy("operator", "include one of"),
    Op.HAS_NONE: pgettext_lazy("operator", "include none of"),
    Op.PRESENT: pgettext_lazy("operator", "exists"),
    Op.ABSENT: pgettext_lazy("operator", "does not exist"),
    Op.EMPTY: pgettext_lazy("operator", "is empty"),
    Op.NOT_EMPTY: pgettext_lazy("operator", "is not empty"),
}
ORDER_LABELS: Final[Mapping[Op, Label]] = {
    Op.AT_LEAST: pgettext_lazy("operator", "is or is above"),
    Op.MORE: pgettext_lazy("operator", "is above"),
    Op.AT_MOST: pgettext_lazy("operator", "is or is below"),
    Op.LESS: pgettext_lazy("operator", "is below"),
}
"""How the order of a choice is named, whose first is the highest or the lowest."""


class Literal(StrEnum):
    """How CEL writes the values of a choice or a record."""

    TEXT = "text"
    NUMBER = "number"
    NAME = "name"
    """The value is a constant of the language, such as `critical`."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a choice, as CEL has it, and its label."""

    value: str
    label: Label


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of conditions. `name` is what forms post; `cel` what conditions read, `name` if "".

    `choices` of a CHOICE or of TEXTS are options, or a function that returns them. A RECORD has the
    URL name of its `picker`, and `label_of` a stored value. `ordered` lets a choice be compared,
    where CEL orders its values. `optional` says that a missing value is null, `blank` that it is
    the empty text. `since` of a MOMENT reads how long ago it was, and `any_case` says of a TEXT
    that `.lower()` is known.
    Where a picker posts another value than CEL compares, `value_of` and `picked_of` translate.
    """

    name: str
    label: Label
    kind: Kind
    cel: str = ""
    group: Label = ""
    choices: Iterable[Option] | Callable[[], Iterable[Option]] = ()
    literal: Literal = Literal.TEXT
    ordered: bool = False
    picker: str = ""
    label_of: Callable[[str], str] = str
    value_of: Callable[[str], str] = str
    picked_of: Callable[[str], str] = str
    optional: bool = False
    blank: bool = False
    since: str = ""
    any_case: bool = False
    help_text: Label = ""

    @property
    def expression(self) -> str:
        return self.cel or self.name

    @property
    def operators(self) -> tuple[Op, ...]:
        found = list(OPERATORS[self.kind])
        if self.any_case:
            found.insert(found.index(Op.CONTAINS) + 1, Op.CONTAINS_ANY_CASE)
        if self.ordered:
            found += ORDERED
        if self.since:
            found = [*SINCE, *found]
        if self.optional or self.blank:
            found += KNOWN
        return tuple(found)

    def operator_label(self, op: Op) -> Label:
        labels = ORDER_LABELS if self.kind == Kind.CHOICE and op in ORDER_LABELS else {}
        return labels.get(op) or OPERATOR_LABELS[op]

    @property
    def options(self) -> list[Option]:
        return list(self.choices() if callable(self.choices) else self.choices)

    def value_label(self, value: str) -> str:
        """Return the label of a stored value, the value itself where none is known."""
        if self.kind == Kind.RECORD:
            return self.label_of(value) or value
        for option in self.options:
            if option.value == value:
                return str(option.label)
        return value


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The fields of one kind of condition, and the constants of its language with their values."""

    name: str
    fields: tuple[Field, ...]
    constants: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.fields}

    @property
    def mappings(self) -> frozenset[str]:
        """Return the names that take another after a dot."""
        return frozenset(one.expression for one in self.fields if one.kind == Kind.NAMED)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return every variable that conditions may read."""
        read = [one.expression for one in self.fields]
        return frozenset((*read, *(one.since for one in self.fields if one.since)))

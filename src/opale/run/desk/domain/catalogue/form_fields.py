"""Fields of a form as stored with a request type, and the checks of a form.

Source: docs/rules/request-catalogue.md, "The form".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

FIELD_KINDS = (
    "text",
    "long_text",
    "number",
    "date",
    "datetime",
    "choice",
    "yes_no",
    "people",
    "service",
    "site",
    "datacentre",
    "item",
)
PICKED_KINDS = frozenset({"service", "site", "datacentre", "item"})
"""Kinds of fields whose value is a row of the customer."""
DATED_KINDS = frozenset({"date", "datetime"})
READY_BEFORE: Final = "before"
"""The request is to be ready before the date begins."""
WISHED_FOR: Final = "by"
"""The request is wished for the date, but never sooner than its type promises."""
DUE_MODES = frozenset({READY_BEFORE, WISHED_FOR})
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset(
    {"detail", "self", "body", "contact", "customer", "employee", "source", "csrfmiddlewaretoken"}
)
MOST_FIELDS = 40


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice."""

    value: str
    label_en: str
    label_fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form.

    `least` and `most` bound a number, the length of a text, or the number of people named. A date
    may have to be in the `future`, `after` that of another field and `within_days` of it. One date
    of a form may set when the request is `due` (`READY_BEFORE` or `WISHED_FOR`). The
    answers to fields `in_subject` appear in the subject of the ticket. People are named with their
    company, and with the number of an `identity` document where the site asks for it.
    """

    name: str
    kind: str
    label_en: str
    label_fr: str
    help_en: str = ""
    help_fr: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    future: bool = False
    after: str = ""
    within_days: int | None = None
    due: str = ""
    in_subject: bool = False
    identity: bool = False

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Field":
        known = {name: record[name] for name in cls.__slots__ if name in record}
        options = tuple(Option(**option) for option in record.get("options", ()))
        return cls(**(known | {"options": options}))

    def record(self) -> dict[str, Any]:
        """Return the stored form of the field: only its differences from a plain field."""
        blank = Field(name="", kind="", label_en="", label_fr="")
        told = {
            name: getattr(self, name)
            for name in self.__slots__
            if name != "options" and getattr(self, name) != getattr(blank, name)
        }
        if self.options:
            told["options"] = [
                {"value": o.value, "label_en": o.label_en, "label_fr": o.label_fr}
                for o in self.options
            ]
        return told

    def label(self, language: str = "") -> str:
        return in_language(self.label_en, self.label_fr, language)

    def help(self, language: str = "") -> str:
        return in_language(self.help_en, self.help_fr, language)


def in_language(english: str, french: str, language: str = "") -> str:
    """Return the text in `language`, by default that of the reader."""
    spoken = language or get_language() or "en"
    return french if spoken.startswith("fr") else english


def parse_form(records: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    return tuple(Field.of(record) for record in records)


def form_faults(form: Sequence[Field], *, for_employees: bool) -> list[str]:
    """Return the errors to fix before the form can be shown; empty when there are none."""
    found: list[str] = []
    seen: dict[str, Field] = {}
    for field in form:
        found += [f"{field.label() or field.name}: {fault}" for fault in _faults(field, seen)]
        if for_employees and field.kind in PICKED_KINDS:
            found.append(
                _("%(field)s: employees have no services, sites or items to choose from.")
                % {"field": field.label()}
            )
        seen[field.name] = field
    if sum(1 for field in form if field.due) > 1:
        found.append(_("Only one date can set when the request is due."))
    if len(form) > MOST_FIELDS:
        found.append(_("A form has at most %(most)s fields.") % {"most": MOST_FIELDS})
    return found


def _faults(field: Field, before: Mapping[str, Field]) -> Iterable[str]:
    if not NAME.fullmatch(field.name) or field.name in RESERVED:
        yield _(
            "the name must use lower-case letters, digits and _, and must not be a reserved word."
        )
    if field.name in before:
        yield _("another field already has this name.")
    if field.kind not in FIELD_KINDS:
        yield _("unknown field type.")
    if not field.label_en.strip() or not field.label_fr.strip():
        yield _("a label is required in both languages.")
    if field.kind == "choice" and len(field.options) < 2:
        yield _("a choice needs at least two options.")
    if len({option.value for option in field.options}) < len(field.options):
        yield _("two options have the same value.")
    if field.least is not None and field.most is not None and field.least > field.most:
        yield _("the minimum is greater than the maximum.")
    if field.after and (
        field.kind not in DATED_KINDS or before.get(field.after, field).kind not in DATED_KINDS
    ):
        yield _("it can only follow a date.")
    if field.due and (field.kind not in DATED_KINDS or field.due not in DUE_MODES):
        yield _("only a date can set when the request is due.")
    if field.after and field.after not in before:
        yield _("the date it follows must come before it in the form.")

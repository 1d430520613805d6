"""Answers of a request form as readable text: ticket sheet, subject line, mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.run.desk.domain.catalogue.form_fields import PICKED_KINDS, Field

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the answer sheet; `people` for a list of people, `text` for anything else."""

    name: str
    label: str
    kind: str
    text: str
    people: tuple[Mapping[str, str], ...] = ()

    @property
    def long(self) -> bool:
        return self.kind == "long_text"


def readable_answers(form: Sequence[Field], values: Mapping[str, Any]) -> list[Answer]:
    """Return the given answers in the order of the form and the language of the reader."""
    return [
        Answer(
            field.name,
            field.label(),
            field.kind,
            format_answer(field, values[field.name]),
            tuple(values[field.name]) if field.kind == "people" else (),
        )
        for field in form
        if values.get(field.name) not in (None, "", [])
    ]


def subject_line(
    name: str, form: Sequence[Field], values: Mapping[str, Any], *, language: str
) -> str:
    """Return the subject of the ticket: the request type and the answers that identify it."""
    with translation.override(language):
        told = [
            format_answer(field, values[field.name])
            for field in form
            if field.in_subject and values.get(field.name) not in (None, "", [])
        ]
    return " · ".join([name, *told])[:LONGEST_SUBJECT]


def answers_as_text(form: Sequence[Field], values: Mapping[str, Any]) -> str:
    """Return the answers as lines of text, for a mail."""
    lines: list[str] = []
    for answer in readable_answers(form, values):
        if answer.people:
            lines.append(f"{answer.label}:")
            for person in answer.people:
                said = [person.get(key, "") for key in ("name", "company", "identity")]
                lines.append("- " + ", ".join(word for word in said if word))
        elif answer.long:
            lines += [f"{answer.label}:", answer.text]
        else:
            lines.append(f"{answer.label}: {answer.text}")
    return "\n".join(lines)


def format_answer(field: Field, value: Any) -> str:
    """Return one stored value in the language of the reader."""
    if field.kind == "people":
        return ngettext("%(n)s person", "%(n)s people", len(value)) % {"n": len(value)}
    if field.kind == "yes_no":
        return _("yes") if value else _("no")
    if field.kind == "choice":
        known = {option.value: option for option in field.options}
        chosen = known.get(value)
        if chosen is None:
            return str(value)
        french = (translation.get_language() or "").startswith("fr")
        return chosen.label_fr if french else chosen.label_en
    if field.kind == "date":
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    if field.kind == "datetime":
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    if field.kind == "number":
        return number_format(value)
    return str(value["label"]) if field.kind in PICKED_KINDS else str(value)

"""Validation of the answers to a form: one sentence for each field that is refused.

Source: docs/rules/request-catalogue.md, "What is filled in".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.run.desk.domain.catalogue.form_fields import PICKED_KINDS, Field

LONGEST = {"text": 200, "long_text": 5000}
MOST_PEOPLE = 50
PERSON = ("name", "company", "identity")
YES = {True, "true", "yes", "on", "1"}
NO = {False, "false", "no", "off", "0"}


@dataclass(frozen=True, slots=True)
class PickedRow:
    """A chosen row: its key, and its name on that day."""

    id: int
    label: str

    def record(self) -> dict[str, Any]:
        return {"id": self.id, "label": self.label}


RowPicker = Callable[[Field, object], PickedRow]
"""Returns the chosen row. Errors: ValueError with the sentence of the refusal."""


@dataclass(slots=True)
class CheckedAnswers:
    """The values to store, and the refusals by name of field."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def check_answers(
    form: Sequence[Field], said: Mapping[str, Any], *, now: datetime, pick: RowPicker
) -> CheckedAnswers:
    """Check every answer; an answer outside the form is refused, not silently dropped.

    Units: `now` is aware; a date is "today" in the current time zone.
    """
    done = CheckedAnswers()
    known = {asked.name for asked in form}
    for name in said.keys() - known:
        done.errors[name] = _("This field is not part of the form.")
    for asked in form:
        value = said.get(asked.name)
        try:
            found = None if _is_empty(value) else _read(asked, value, now, pick)
            if asked.required and (found is None or found == []):
                raise ValueError(_("Required"))
            if found is not None:
                _in_order(asked, found, done.values)
                done.values[asked.name] = found
        except ValueError as refusal:
            done.errors[asked.name] = str(refusal)
    return done


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read(asked: Field, value: object, now: datetime, pick: RowPicker) -> Any:
    if asked.kind in PICKED_KINDS:
        return pick(asked, value).record()
    return READERS[asked.kind](asked, value, now)


def _text(asked: Field, value: object, _now: datetime) -> str:
    if not isinstance(value, str | int | float):
        raise ValueError(_("Enter text."))  # noqa: TRY004  # one kind of refusal
    text = str(value).strip()
    if asked.kind == "text":
        text = " ".join(text.split())
    most = asked.most or LONGEST[asked.kind]
    if len(text) > most:
        raise ValueError(_("Too long: at most %(most)s characters.") % {"most": most})
    if asked.least and len(text) < asked.least:
        raise ValueError(_("Too short: at least %(least)s characters.")
                         % {"least": asked.least})  # fmt: skip
    return text


def _number(asked: Field, value: object, _now: datetime) -> int | float:
    try:
        if isinstance(value, bool):
            raise TypeError
        number = float(str(value).replace(",", ".").replace("\u202f", "").replace(" ", ""))
        if number != number or abs(number) > 1e15:  # NaN is not itself
            raise ValueError(value)
    except (TypeError, ValueError):
        raise ValueError(_("Enter a number.")) from None
    if asked.least is not None and number < asked.least:
        raise ValueError(_("At least %(least)s.") % {"least": asked.least})
    if asked.most is not None and number > asked.most:
        raise ValueError(_("At most %(most)s.") % {"most": asked.most})
    return int(number) if number.is_integer() else number


def _date(asked: Field, value: object, now: datetime) -> str:
    try:
        if isinstance(value, datetime):
            found = timezone.localtime(value).date()
        else:
            found = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(_("Enter a date, such as 2026-11-25.")) from None
    if asked.future and found < timezone.localtime(now).date():
        raise ValueError(_("This date is in the past."))
    return found.isoformat()


def _datetime(asked: Field, value: object, now: datetime) -> str:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(_("Enter a date and time, such as 2026-11-25T14:00+01:00.")) from None
    if found.tzinfo is None:
        raise ValueError(_("Add the time zone, such as 2026-11-25T14:00+01:00."))
    if asked.future and found < now:
        raise ValueError(_("This time is in the past."))
    return found.astimezone(UTC).isoformat()


def _choice(asked: Field, value: object, _now: datetime) -> str:
    if value not in {option.value for option in asked.options}:
        raise ValueError(_("Choose one of the options."))
    return str(value)


def _yes_no(asked: Field, value: object, _now: datetime) -> bool:
    said = value.strip().lower() if isinstance(value, str) else value
    try:
        if said in YES:
            return True
        if said in NO:
            return False
    except TypeError:
        pass
    raise ValueError(_("Answer yes or no."))


def _people(asked: Field, value: object, _now: datetime) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise ValueError(_("Enter a list of people."))
    people = [
        {key: " ".join(str(one.get(key) or "").split())[:120] for key in PERSON} for one in value
    ]
    named = [person for person in people if any(person.values())]
    refused = [r for number, p in enumerate(named, 1) for r in _faults_of(asked, number, p)]
    if refused:
        raise ValueError(" ".join(refused))
    least, most = asked.least or 0, asked.most or MOST_PEOPLE
    if named and len(named) < least:
        raise ValueError(
            ngettext("Enter at least %(n)s person.", "Enter at least %(n)s people.", least)
            % {"n": least}
        )
    if len(named) > most:
        raise ValueError(
            ngettext("Enter at most %(n)s person.", "Enter at most %(n)s people.", most)
            % {"n": most}
        )
    return named


def _faults_of(asked: Field, number: int, person: Mapping[str, str]) -> list[str]:
    said = {"number": number, "name": person["name"]}
    if not person["name"]:
        return [_("Person %(number)s: enter the name.") % said]
    found = []
    if not person["company"]:
        found.append(_("%(name)s: enter the company.") % said)
    if asked.identity and not person["identity"]:
        found.append(_("%(name)s: enter the identity document.") % said)
    return found


def _in_order(asked: Field, found: Any, before: Mapping[str, Any]) -> None:
    """Check that a date comes after another one, and not too long after it."""
    first = before.get(asked.after)
    if not first:
        return
    starts, ends = _day_or_moment(first), _day_or_moment(found)
    if ends < starts:
        raise ValueError(_("This is before the start."))
    if asked.within_days is not None and ends - starts > timedelta(days=asked.within_days):
        raise ValueError(
            ngettext(
                "Too long: at most %(n)s day.",
                "Too long: at most %(n)s days.",
                asked.within_days,
            )
            % {"n": asked.within_days}
        )


def _day_or_moment(kept: str) -> datetime:
    found = datetime.fromisoformat(kept)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


READERS: dict[str, Callable[[Field, object, datetime], Any]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "yes_no": _yes_no,
    "people": _people,
}

"""Filters of a list: words, choices, a flag, a row of another table, a span of days.

A filter reads its value from the address of the page and from the parameters of the endpoint, and
hands it to the queryset: as the keyword `argument` of the listing's `rows`, or by a `lookup`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeGuard, cast

from django.db.models import Choices, Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from pydantic import Field

from opale.endpoints.paging import SearchText
from opale.kernel.actor import Actor

Label = str | Promise
Offer = Callable[[Actor], Iterable[tuple[Any, Label]]]
LONGEST_TEXT = 200
LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Filter:
    """Base of all filters. `name` is the parameter of the page.

    `drawn`: whether the page shows it among its filters; the figures over the list may do so
    instead.
    `api_type` is its type in the endpoint, where it is not the filter's own.
    `right`: who may narrow by it, where that takes more than the list itself, since narrowing
    reveals the value. `api` is the name of the parameter of the endpoint, "" for none.
    """

    name: str
    label: Label
    _: KW_ONLY
    argument: str = ""
    lookup: str = ""
    right: str = ""
    api: str | None = None
    drawn: bool = True
    api_type: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters of the page."""
        return (self.name,)

    @property
    def api_name(self) -> str:
        return self.name if self.api is None else self.api

    @property
    def negatable(self) -> bool:
        """Whether a list can be narrowed to the rows that do not have the value."""
        return self.drawn

    def read(self, query: QueryDict, actor: Actor) -> Any:
        """Return the value that the address gives; None where it does not narrow."""
        raise NotImplementedError

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        """Return the keyword arguments for the listing's `rows`."""
        return {self.argument: value} if self.argument else {}

    def narrowed(self, rows: QuerySet[Any], value: Any, actor: Actor) -> QuerySet[Any]:
        return rows.filter(**{self.lookup: value}) if self.lookup else rows

    def written(self, value: Any) -> dict[str, str]:
        """Return the parameters of this value in an address; nothing for None."""
        return {} if value is None else {self.name: str(value)}

    def said(self, value: Any, actor: Actor) -> Label:
        """Return the value as people read it, on the chip that removes it."""
        return str(value)

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        """Return the parameters of the endpoint: the type and the default of each."""
        return {}

    def asked(self, values: Mapping[str, Any]) -> Any:
        """Return the value in a program's request; None where it does not narrow.

        The number 0 narrows: it is the key of no row.
        """
        value = values.get(self.api_name)
        return None if value is False or value in (None, "", []) else value


@dataclass(frozen=True, slots=True)
class Words(Filter):
    """Filter by words, typed into the search field. There is one in a list, named `q`."""

    name: str = "q"
    label: Label = ""
    argument: str = "text"

    @property
    def negatable(self) -> bool:
        return False

    def read(self, query: QueryDict, actor: Actor) -> str | None:
        return self.cleaned(query.get(self.name, "")) or None

    @staticmethod
    def cleaned(text: str) -> str:
        """Return typed words as the database can search for them."""
        return text[:LONGEST_TEXT].replace("\x00", "").strip()

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        return {self.api_name: (SearchText, "")} if self.api_name else {}


@dataclass(frozen=True, slots=True)
class Parameter(Filter):
    """Filter for programs alone: a parameter of the endpoint, of the type `api_type`."""

    label: Label = ""

    @property
    def negatable(self) -> bool:
        return False

    def read(self, query: QueryDict, actor: Actor) -> None:
        return None

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        return {self.api_name: (self.api_type, None)}


def _is_enumeration(choices: object) -> TypeGuard[type[Choices]]:
    return isinstance(choices, type) and issubclass(choices, Choices)


@dataclass(frozen=True, slots=True)
class Choice(Filter):
    """Filter by one of a few values.

    `choices`: pairs of value and label, an enumeration of Django, or a function of the actor that
    gives pairs. `more` are values that an address may name too, without a chip of their own.
    `default` is what the page shows where its address says nothing, `every` the value that lifts
    it. `turn` converts the text to the queryset's value. `menu`: one button for all its choices,
    where there are too many for chips. `tabs`: they are the parts of the list, as tabs over it;
    `counts` are the numbers on them, by value. `several`: any number of them at once, with commas
    between them or named again, on the page alone.
    """

    choices: type[Choices] | Sequence[tuple[Any, Label]] | Offer = ()
    _: KW_ONLY
    more: Sequence[tuple[Any, Label]] = ()
    default: str = ""
    every: str = ""
    turn: Callable[[str], Any] = str
    menu: bool = False
    tabs: bool = False
    counts: Callable[[Actor], Mapping[str, int]] | None = None
    several: bool = False

    @property
    def negatable(self) -> bool:
        return self.drawn and not self.tabs and not self.default

    def offered(self, actor: Actor) -> list[tuple[str, Label]]:
        found: Iterable[tuple[Any, Label]]
        if _is_enumeration(self.choices):
            found = [(one.value, one.label) for one in self.choices]
        elif isinstance(self.choices, Sequence):
            found = self.choices
        else:
            found = cast("Offer", self.choices)(actor)
        return [(str(value), label) for value, label in found]

    def known(self, actor: Actor) -> dict[str, Label]:
        return dict(self.offered(actor)) | {str(value): label for value, label in self.more}

    def read(self, query: QueryDict, actor: Actor) -> str | None:
        if self.several:
            named = list(filter(None, ",".join(query.getlist(self.name)).split(",")))
            known = self.known(actor) if named else {}
            return ",".join(dict.fromkeys(one for one in named if one in known)) or None
        asked = query.get(self.name, self.default)
        if not asked or asked == self.every:
            return None
        known = self.known(actor)
        return next((one for one in (asked, self.default) if one and one in known), None)

    def toggled(self, value: str | None, choice: str) -> str:
        """Return the value after a press on a choice: with it, or without it where it was in."""
        if not self.several:
            return choice
        now = self.parts(value)
        return ",".join([one for one in now if one != choice] + [choice] * (choice not in now))

    def parts(self, value: str | None) -> list[str]:
        """Return the choices that a value names."""
        if value is None:
            return []
        return value.split(",") if self.several else [value]

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        return {self.argument: self.turn(value)} if self.argument else {}

    def narrowed(self, rows: QuerySet[Any], value: Any, actor: Actor) -> QuerySet[Any]:
        return rows.filter(**{self.lookup: self.turn(value)}) if self.lookup else rows

    def said(self, value: Any, actor: Actor) -> Label:
        known = self.known(actor)
        return ", ".join(str(known.get(one, one)) for one in self.parts(str(value)))

    def written(self, value: Any) -> dict[str, str]:
        said = (self.every if self.default else "") if value is None else str(value)
        return {self.name: said} if said and said != self.default else {}

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        if not self.api_name or self.several:
            return {}
        if self.api_type is not None:
            return {self.api_name: (self.api_type, None)}
        if _is_enumeration(self.choices):
            return {self.api_name: (self.choices | None, None)}
        if callable(self.choices):
            return {self.api_name: (Annotated[str, Field(max_length=100)], "")}
        values = [str(value) for value, _label in (*self.choices, *self.more)]
        kept = tuple(dict.fromkeys(value for value in values if value != self.every))
        return {self.api_name: (Literal[("", *kept)], "")}

    def asked(self, values: Mapping[str, Any]) -> Any:
        value = values.get(self.api_name)
        return None if value is None or value == "" else str(value)


@dataclass(frozen=True, slots=True)
class Flag(Filter):
    """Filter by yes, or off.

    `value` is passed to the queryset, `offered` whether the actor has this filter at all.
    `default`: on the page it is in force until its address takes it back. `on` is what the address
    says where it is in force. `negates`: its rows may be left out instead, as it narrows the list
    and does not add to it.
    """

    _: KW_ONLY
    value: Callable[[Actor], Any] = lambda _actor: True
    offered: Callable[[Actor], bool] = lambda _actor: True
    default: bool = False
    on: str = "1"
    negates: bool = False

    @property
    def negatable(self) -> bool:
        return self.drawn and self.negates and not self.default

    def read(self, query: QueryDict, actor: Actor) -> bool | None:
        asked = query.get(self.name, self.on if self.default else "")
        return True if asked == self.on and self.offered(actor) else None

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        return {self.argument: self.value(actor)} if self.argument else {}

    def narrowed(self, rows: QuerySet[Any], value: Any, actor: Actor) -> QuerySet[Any]:
        return rows.filter(**{self.lookup: self.value(actor)}) if self.lookup else rows

    def written(self, value: Any) -> dict[str, str]:
        if bool(value) == self.default:
            return {}
        return {self.name: self.on if value else "0"}

    def said(self, value: Any, actor: Actor) -> Label:
        return self.label

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        return {self.api_name: (bool, False)} if self.api_name else {}


def mine(argument: str, label: Label, name: str = "mine", *, on: str = "1") -> Flag:
    """Return the filter by the reader's own rows.

    Its address names nobody, so a shared view shows each reader their own. Programs narrow by the
    person instead.
    """
    return Flag(
        name, label, argument=argument, api="", on=on, negates=True,
        value=lambda actor: actor.person_id,
        offered=lambda actor: actor.person_id is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pick(Filter):
    """Filter by a row of another table, found by a picker.

    `rows(actor)` are those that may be chosen: it starts with `visible_to`, so that a label is read
    of no row that is hidden. `picker` is the URL name of the picker's source; without one it is in
    force where an address says so, and is not offered. With `found` the queryset is given what that
    returns for the key, not the key. Errors: NotFound.
    """

    rows: Callable[[Actor], QuerySet[Any]] = lambda _actor: QuerySet().none()
    picker: str = ""
    found: Callable[[int, Actor], Any] | None = None

    def arguments(self, value: Any, actor: Actor) -> dict[str, Any]:
        given = self.found(value, actor) if self.found else value
        return {self.argument: given} if self.argument else {}

    def read(self, query: QueryDict, actor: Actor) -> int | None:
        text = query.get(self.name, "")
        decimal = text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
        return int(text) or None if decimal else None

    def said(self, value: Any, actor: Actor) -> Label:
        found: Model | None = self.rows(actor).filter(pk=value).first()
        return str(found) if found else ""

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        return {self.api_name: (int | None, None)} if self.api_name else {}


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a span; None where it is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Span(Filter):
    """Filter by a span of days, both included, of the column that `lookup` names.

    `<name>_from` and `<name>_until` are its parameters. `moment`: the column holds a moment, of
    which the day in the reader's time zone counts.
    """

    _: KW_ONLY
    moment: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_until")

    def read(self, query: QueryDict, actor: Actor) -> Days | None:
        found = Days(*(_day(query.get(name, "")) for name in self.names))
        return found if found != Days() else None

    def narrowed(self, rows: QuerySet[Any], value: Days, actor: Actor) -> QuerySet[Any]:
        first, last = value.first, value.last
        if not self.moment:
            rows = rows.filter(**{f"{self.lookup}__gte": first}) if first else rows
            return rows.filter(**{f"{self.lookup}__lte": last}) if last else rows
        # By moments, not by the day of each row: an index of the column finds them.
        if first:
            rows = rows.filter(**{f"{self.lookup}__gte": _midnight(first)})
        if last and last < date.max:
            rows = rows.filter(**{f"{self.lookup}__lt": _midnight(last + timedelta(days=1))})
        return rows

    def written(self, value: Days | None) -> dict[str, str]:
        if value is None:
            return {}
        pairs = zip(self.names, (value.first, value.last), strict=True)
        return {name: day.isoformat() for name, day in pairs if day}

    def said(self, value: Days, actor: Actor) -> Label:
        return " – ".join(
            date_format(day, "SHORT_DATE_FORMAT") if day else "…"
            for day in (value.first, value.last)
        )

    def parameters(self) -> Mapping[str, tuple[Any, Any]]:
        if not self.api_name:
            return {}
        return {f"{self.api_name}_{end}": (date | None, None) for end in ("from", "until")}

    def asked(self, values: Mapping[str, Any]) -> Days | None:
        ends = (values.get(f"{self.api_name}_{end}") for end in ("from", "until"))
        found = Days(*ends)
        return found if found != Days() else None


def _midnight(day: date) -> datetime:
    """Return when a day begins, in the time zone of the reader."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def allowed(filters: Iterable[Filter], actor: Actor, within: str) -> Iterator[Filter]:
    """Return the filters by which the actor may narrow a list that is read with the right `within`.

    A right that is held on fewer rows than the list has would reveal values of the others.
    """
    for one in filters:
        if not one.right or covers(actor, one.right, within):
            yield one


def covers(actor: Actor, right: str, within: str) -> bool:
    """Return whether the actor holds a right on all rows on which the other one is held."""
    return actor.everywhere(right) or (
        actor.can(right) and actor.scope(right) == actor.scope(within)
    )

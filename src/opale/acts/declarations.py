"""Declarations of acts: subjects, and what can be done to them."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, Protocol, TypedDict, TypeVar, Unpack

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.states import Move
from opale.ui.toasts import Tone

if TYPE_CHECKING:
    FormClass = type[forms.Form] | type[forms.ModelForm[Any]]
else:
    FormClass = type

M = TypeVar("M", bound=Model)
Label = str | Promise
Region = Callable[[Any], str] | Literal["home"]
"""Address of a part of a page, by the row; HOME is where the page goes on."""
Place = tuple[str, Label]
"""An address and its label."""
Things = Mapping[str, Any]
"""The rows that an address names, by the names of their subjects; the innermost is acted on."""
Verb = Literal["POST", "PUT", "PATCH", "DELETE"]

HOME: Final = "home"
SAVE: Final = _("Save")
SAME: Final = "as the endpoint's"
"""The page's address ends as the endpoint's does."""
PARAMETER: Final = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
SECTIONS: Final = re.compile(r"\s*\b(?:Errors|Source|Units):.*", re.DOTALL)


Said = Label | Callable[[Any, Any], Label | tuple[Label, Tone]]
"""Sentence of a toast, or a function (row, made) that returns it, with its tone where it is not
"done"; "" says nothing. The row is as it was before the act, of a PATCH as it is after it: what
became of it is read of `made`, the action's result.
"""


class Answer(Protocol):
    """Function that returns an answer in place of the act's words and redirect, or None to keep
    these.
    """

    def __call__(self, request: ActorRequest, row: Any, made: Any, /) -> HttpResponse | None: ...


def place(url_name: str, label: Label = "") -> Callable[[Any], Place]:
    """Return the function that leads from any row to a page which names none."""
    return lambda _row: (reverse(url_name), label)


def _none(*_key: Any, **_named: Any) -> Any:
    """Refuse to find a row of a collection. Errors: NotFound."""
    raise NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Generic[M]):
    """Kind of row on which acts are done, or a collection to which they add (without `get`).

    `get(key, seen_by=...)` finds the row that the last parameter of `page` names; `column` is what
    that key is in the row. Where programs name it by another key, `get_by_id` finds it by that of
    `endpoint`, its primary key. Below another subject (`within`), `page` goes on after that one's
    address, and the row above is handed to `get` under its name where the address names it;
    `above` is the path of attributes that leads to it. `rows(seen_by=...)` are those that a PATCH
    locks one of. `home` is where a page goes on. Outside of `states` nothing is offered. `region`
    is the address of the part of a page around its buttons, which htmx is given after each of its
    acts in place of the redirect, unless the act says another or leads to what it made. `facts`
    (row) are what people watch of the row, in words by their labels: the form of an act on it, or
    on a row below it, shows which of them it will change.
    """

    name: str
    page: str
    home: Callable[[Any], Place]
    shape: type[Schema] = Schema
    endpoint: str = ""
    model: type[M] | None = None
    get: Callable[..., M] | None = None
    get_by_id: Callable[..., M] | None = None
    rows: Callable[..., QuerySet[M]] | None = None
    column: str = "pk"
    within: "Subject[Any] | None" = None
    above: str = ""
    states: Collection[str] = ()
    region: Region | None = None
    facts: Callable[[M], Mapping[str, str]] | None = None

    @property
    def key(self) -> str:
        """Parameter of page addresses that names the row."""
        return PARAMETER.findall(self.page)[-1] if self.get is not None else ""

    @property
    def endpoint_key(self) -> str:
        """Parameter of endpoint addresses that names the row."""
        return PARAMETER.findall(self.endpoint)[-1] if self.get_by_id is not None else self.key

    @property
    def address(self) -> str:
        return (self.within.address if self.within else "") + self.page

    def find(self, named: dict[str, Any], *, seen_by: Actor) -> Things:
        """Return the rows that an address names. Errors: NotFound."""
        above = self.found_above(named, seen_by=seen_by)
        if self.get is None:
            return above
        return self.with_above(self.again(named, above, seen_by=seen_by), above)

    def found_above(self, named: dict[str, Any], *, seen_by: Actor) -> Things:
        within = self.within
        asked = within is not None and {within.key, within.endpoint_key} & named.keys()
        return within.find(named, seen_by=seen_by) if within is not None and asked else {}

    def again(self, named: dict[str, Any], above: Things, *, seen_by: Actor) -> M:
        """Return the row as it is now. Errors: NotFound."""
        by_id = self.get_by_id is not None and self.endpoint_key in named
        get = (self.get_by_id if by_id else self.get) or _none
        key = named[self.endpoint_key if by_id else self.key]
        row: M = get(key, seen_by=seen_by, **self.directly(above))
        return row

    def reread(self, row: M, *, seen_by: Actor) -> M:
        """Return the row that was made, as it is read. Errors: NotFound."""
        get = self.get_by_id or self.get or _none
        key = row.pk if self.get_by_id is not None else attrgetter(self.column)(row)
        found: M = get(key, seen_by=seen_by)
        return found

    def locked_among(self, named: dict[str, Any], above: Things, *, seen_by: Actor) -> QuerySet[M]:
        """Return the queryset of the one row, for a change that locks it."""
        rows = self.rows or _none
        found: QuerySet[M] = rows(seen_by=seen_by, **self.directly(above))
        column = "pk" if self.get_by_id is not None else self.column
        return found.filter(**{column: named[self.endpoint_key]})

    def directly(self, above: Things) -> dict[str, Any]:
        """Return the row directly above, by its name, where the address names one."""
        name = self.within.name if self.within else ""
        return {name: above[name]} if name in above else {}

    def with_above(self, row: M, above: Things | None = None) -> Things:
        """Return the row with those above it, by their names."""
        found = above or {}
        if self.within is not None and self.within.name not in found:
            found = self.within.with_above(attrgetter(self.above or self.within.name)(row))
        return {**found, self.name: row}

    def named(self, things: Things) -> dict[str, Any]:
        """Return the parameters of a row's addresses."""
        found = self.within.named(things) if self.within else {}
        if self.get is not None:
            found[self.key] = attrgetter(self.column)(things[self.name])
        return found

    def watched(self, things: Things, *, seen_by: Actor) -> Callable[[], Mapping[str, str]] | None:
        """Return the function that reads anew what people watch of the row, or of one above it."""
        facts = self.facts
        if facts is not None and self.name in things:
            return lambda: facts(self.reread(things[self.name], seen_by=seen_by))
        return self.within.watched(things, seen_by=seen_by) if self.within else None

    def is_open(self, things: Things) -> bool:
        """Return whether the row, and each above it, is in a state that allows acts."""
        if self.within is not None and not self.within.is_open(things):
            return False
        return not self.states or self.name not in things or things[self.name].state in self.states


Made = type[Schema] | Subject[Any]
"""Answer with what was made: in a shape as it is, or read again by the subject."""


class Further(TypedDict, total=False):
    """Options common to all acts."""

    url: str
    body: FormClass
    initial: Callable[[Any, Actor], Mapping[str, Any]]
    answer: Answer
    home: Callable[[Any], Place]
    region: Region
    stays: bool
    opens: bool
    success_url: Callable[[Any, Any], str]
    gives: type[Schema]
    status: int
    secret: bool
    states: Collection[str]
    optional: Collection[str]
    names: Mapping[str, str]
    assumed: Mapping[str, Any]
    previews: bool
    preview_note: Label
    icon: str
    key: str
    tone: str
    text: str
    undo: str | Callable[[Any, Any], str]
    beside: tuple[str, ...]
    others: tuple[str, ...]


class Sent(Further, total=False):
    """Options of an act whose endpoint may be a PUT."""

    verb: Verb


def _nothing(_row: Any, _by: Actor) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Act on rows: `run(row, by=..., **fields)` is the action; on a collection it gets no row.

    `name` is the operation of the API, and with the app's prefix the name of the page (`url` says
    another). `noun` ends the address of the endpoint and `page` that of the page, the same by
    default; None where there is no such endpoint or page.

    The answer of the endpoint is the subject as it is then. With `made` it is what the action made
    (201), read again where that is a subject; with `gives`, the action's result, in this shape.
    Its `status` is another than 200 where the action only begins something (202), or answers
    nothing (204); a `secret` answer is never stored.
    Programs send the fields of the form, or of another one (`body`).
    `optional` ones may be left out by programs: the action has defaults for them; in a PATCH,
    null leaves them as they are. `names` are those of fields in the body, where they are not the
    form's. `assumed` are values of fields that the preview fills in where they are empty: it shows
    what changes before the action asks for them. With `previews` false there is no preview: the act
    changes none of the facts that its subject declares. `preview_note` is said below what changes:
    who is notified, where no fact shows it.

    `move` is what the action performs: offered in its sources, under its right. With `among`, the
    last part of the address chooses one. `undo` names the page that takes it back, or is a function
    (row, made) of its address. A browser goes on to `home` (row), or to `success_url` (row, made);
    htmx is given the `region` (row) instead, and of an act that `stays` nothing but the toast. On a
    line of a list, all of them stay on the list, but what `opens` the page of its row.
    `beside` are other acts on the row, whose buttons stand on its page too. `others` are further
    rights, each of which opens its page and its endpoint as well.
    """

    subject: Subject[Any]
    run: Callable[..., Any]
    name: str
    right: str
    noun: str | None
    page: str | None
    said: Said = ""
    url: str = ""
    verb: Verb = "POST"
    form: FormClass | None = None
    body: FormClass | None = None
    direct: bool = False
    title: Label = ""
    submit: Label = ""
    label: Label | Callable[[Any], Label] = ""
    initial: Callable[[Any, Actor], Mapping[str, Any]] = _nothing
    answer: Answer | None = None
    home: Callable[[Any], Place] | None = None
    region: Region | None = None
    stays: bool = False
    opens: bool = False
    success_url: Callable[[Any, Any], str] | None = None
    made: Made | None = None
    gives: type[Schema] | None = None
    status: int = 200
    secret: bool = False
    move: Move | None = None
    among: Mapping[str, Move] = field(default_factory=dict)
    choice: str = ""
    states: Collection[str] = ()
    optional: Collection[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    assumed: Mapping[str, Any] = field(default_factory=dict)
    previews: bool = True
    preview_note: Label = ""
    icon: str = ""
    key: str = ""
    tone: str = ""
    text: str = ""
    undo: str | Callable[[Any, Any], str] = ""
    beside: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.right:
            raise ValueError(f"{self.name} asks for no right")
        if self.page is not None and self.form and not self.direct and not self.title:
            raise ValueError(f"{self.name} has a page without a title")
        if self.move is not None and self.move.right != self.right:
            raise ValueError(f"{self.name} asks for another right than its move")

    @property
    def fields(self) -> Mapping[str, forms.Field]:
        """Fields that programs send, as they are declared."""
        form = self.body or self.form
        return {} if form is None else form.base_fields

    @property
    def url_name(self) -> str:
        return self.url or self.name

    @property
    def page_address(self) -> str:
        return f"{self.subject.address}{self.page}/" if self.page else self.subject.address

    @property
    def endpoint_address(self) -> str:
        return f"{self.subject.endpoint}/{self.noun}" if self.noun else self.subject.endpoint

    @property
    def description(self) -> str:
        """Description for programs: its `text`, else the action's docstring."""
        said = self.text or getattr(self.run, "func", self.run).__doc__ or ""
        return SECTIONS.sub("", said).strip()

    def chosen(self, named: dict[str, Any]) -> Move | None:
        """Return the move, taken out of the address' parameters. Errors: NotFound."""
        if not self.among:
            return self.move
        found = self.among.get(named.pop(self.choice))
        if found is None:
            raise NotFound
        return found

    def opens_to(self, by: Actor) -> bool:
        """Return whether the actor holds its right, or one of the others."""
        return any(by.can(right) for right in (self.right, *self.others))

    def offered(self, things: Things, by: Actor, move: Move | None = None) -> bool:
        """Return whether the actor is offered the act: the right is held, and the row's state
        allows it.
        """
        move = move or self.move
        if not self.opens_to(by) or (move is not None and not by.can(move.right)):
            return False
        states = move.sources if move is not None else self.states
        row = things.get(self.subject.name)
        if states and row is not None and row.state not in states:
            return False
        return self.subject.is_open(things)


def button(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, *, noun: str | None,
    page: str | None = SAME, label: Label | Callable[[Any], Label] = "", said: Said = "",
    of: FormClass | None = None, made: Made | None = None, move: Move | None = None,
    **further: Unpack[Sent],
) -> Act:  # fmt: skip
    """Declare a button without a form to fill in; any fields are posted by the button (`of`).

    `label` may be a function of the row, where it says the other thing in another state.
    """
    return Act(
        subject=subject, run=run, name=name, right=right, noun=noun,
        page=noun if page == SAME else page, label=label or (move.label if move else ""),
        said=said, form=of, direct=True, made=made, move=move, **further,
    )  # fmt: skip


def moves(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, *, choice: str,
    among: Mapping[str, Move], noun: str | None = "moves", page: str | None = SAME,
    said: Said = "", of: FormClass | None = None, **further: Unpack[Further],
) -> Act:  # fmt: skip
    """Declare a button for each of several moves, which the last part of the address names."""
    where = noun if page == SAME else page
    return Act(
        subject=subject, run=run, name=name, right=right,
        noun=None if noun is None else f"{noun}/{{{choice}}}",
        page=None if where is None else f"{where}/<slug:{choice}>", said=said, form=of, direct=True,
        among=among, choice=choice, **further,
    )  # fmt: skip


def form(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, of: FormClass, *,
    noun: str | None, page: str | None = SAME, title: Label = "", submit: Label = "",
    label: Label = "", said: Said = "", made: Made | None = None, move: Move | None = None,
    **further: Unpack[Sent],
) -> Act:  # fmt: skip
    """Declare a form on its own page, or in the side pane; programs send the same form."""
    return Act(
        subject=subject, run=run, name=name, right=right, noun=noun,
        page=noun if page == SAME else page, said=said, form=of, title=title, submit=submit,
        label=label or submit, made=made, move=move, **further,
    )  # fmt: skip


def create(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, of: FormClass, *,
    made: Made, noun: str | None, page: str | None = SAME, title: Label = "",
    submit: Label = "", label: Label = "", said: Said = "", **further: Unpack[Further],
) -> Act:  # fmt: skip
    """Declare a form that adds to a collection, or below a row; it leads to what was made."""
    new = f"{noun}/new" if noun else "new"
    return Act(
        subject=subject, run=run, name=name, right=right, noun=noun,
        page=new if page == SAME else page, said=said, form=of, title=title, submit=submit,
        label=label or title, made=made, **further,
    )  # fmt: skip


def change(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, of: FormClass, *,
    noun: str | None = "", page: str | None = "edit", title: Label = "",
    submit: Label = SAVE, label: Label = "", said: Said = "", **further: Unpack[Further],
) -> Act:  # fmt: skip
    """Declare a form filled with the row's values, and a PATCH of any of them with If-Match."""
    if noun is not None and subject.rows is None:
        raise ValueError(f"{name}: its subject does not say which rows are changed")
    return Act(
        subject=subject, run=run, name=name, right=right, noun=noun, page=page, said=said, form=of,
        verb="PATCH", title=title, submit=submit, label=label or title, **further,
    )  # fmt: skip


def remove(
    subject: Subject[Any], run: Callable[..., Any], name: str, right: str, *,
    noun: str | None = "", page: str | None, label: Label, said: Said = "",
    **further: Unpack[Further],
) -> Act:  # fmt: skip
    """Declare a button, and a DELETE that returns nothing (204)."""
    return Act(
        subject=subject, run=run, name=name, right=right, noun=noun, page=page, said=said,
        verb="DELETE", direct=True, label=label, **further,
    )  # fmt: skip

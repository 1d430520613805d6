"""A condition while it is built: what a form posted, complete or not."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from opale.conditions.declarations import (
    SINCE,
    WITH_SEVERAL,
    WITHOUT_VALUE,
    Field,
    Kind,
    Literal,
    Op,
    Vocabulary,
)
from opale.conditions.patterns import InvalidPattern, compile_pattern
from opale.conditions.reading import iso
from opale.conditions.spans import MOST, UNITS, amount_and_unit
from opale.conditions.trees import MAX_LEVELS, MAX_ROWS, Group, Join, Node, Row
from opale.ui.typed_dates import WhenField, WhenInput

LONGEST_VALUE: Final = 200
MOST_VALUES: Final = 50


@dataclass(slots=True)
class DraftRow:
    """A row as it was posted. `values` are those of its inputs, not yet read."""

    path: str
    field: Field | None = None
    op: Op | None = None
    key: str = ""
    values: list[Any] = dataclasses.field(default_factory=list)
    unit: str = "m"
    error: str = ""

    @property
    def is_span(self) -> bool:
        kind = self.field.kind if self.field else None
        return kind == Kind.DURATION or self.op in SINCE

    def row(self) -> Row:
        """Return the row. Errors: ValidationError."""
        if self.field is None or self.op is None:
            raise ValidationError(_("Choose a field."))
        key = self.key.strip()
        if self.field.kind == Kind.NAMED and not 0 < len(key) <= LONGEST_VALUE:
            raise ValidationError(_("Enter a name."))
        if self.op in WITHOUT_VALUE:
            return Row(self.field.name, self.op, (), key)
        values = tuple(dict.fromkeys(self._read(value) for value in self._given()))
        if not values:
            raise ValidationError(_("Enter a value."))
        if len(values) > MOST_VALUES:
            raise ValidationError(_("At most %(most)s values.") % {"most": MOST_VALUES})
        return Row(self.field.name, self.op, values, key)

    def _given(self) -> list[Any]:
        values = self.values
        if (
            self.op in WITH_SEVERAL
            and self.field
            and self.field.kind not in (Kind.CHOICE, Kind.RECORD)
        ):
            values = [line for value in values for line in str(value).splitlines()]
            values = [line.strip() for line in values]
        return [value for value in values if value not in ("", None)]

    def _read(self, value: Any) -> str:
        field = self.field
        if self.is_span:
            return self._seconds(value)
        if field is not None and field.kind == Kind.MOMENT:
            moment = WhenField().clean(value)
            return iso(moment.replace(microsecond=0)) if moment else ""
        text = str(value)
        if len(text) > LONGEST_VALUE or "\x00" in text:
            raise ValidationError(
                _("A value has at most %(most)s characters.") % {"most": LONGEST_VALUE}
            )
        if field is not None and field.kind == Kind.CHOICE:
            return _chosen(text, field)
        if field is not None and field.kind == Kind.RECORD:
            return _found(text, field)
        if self._is_number:
            return _number(text)
        if self.op in (Op.MATCHES, Op.MATCHES_NOT):
            _check_pattern(text)
        return text.lower() if self.op == Op.CONTAINS_ANY_CASE else text

    @property
    def _is_number(self) -> bool:
        kind = self.field.kind if self.field else None
        return kind == Kind.NUMBER or (kind == Kind.NAMED and self.op in (Op.MORE, Op.LESS))

    def _seconds(self, value: Any) -> str:
        try:
            seconds = Decimal(str(value).strip().replace(",", ".")) * UNITS[self.unit]
        except (InvalidOperation, KeyError):
            raise ValidationError(_("Enter a number.")) from None
        if not seconds.is_finite() or not 0 <= seconds <= MOST or seconds != int(seconds):
            raise ValidationError(_("Enter a whole duration of at most ten years."))
        return str(int(seconds))


def _chosen(text: str, field: Field) -> str:
    if field.literal == Literal.TEXT or text in {option.value for option in field.options}:
        return text
    raise ValidationError(_("Choose one of the values."))


def _found(text: str, field: Field) -> str:
    value = field.value_of(text)
    if not value or not field.label_of(value):
        raise ValidationError(_("Choose one of the results."))
    return value


def _number(text: str) -> str:
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValidationError(_("Enter a number.")) from None
    if not found.is_finite() or abs(found) > 2**53:
        raise ValidationError(_("Enter a number."))
    return str(int(found)) if found == int(found) else format(found.normalize(), "f")


def _check_pattern(text: str) -> None:
    try:
        compile_pattern(text)
    except InvalidPattern:
        raise ValidationError(_("Not a valid regular expression.")) from None


@dataclass(slots=True)
class DraftGroup:
    path: str
    join: Join = Join.ALL
    parts: list["DraftRow | DraftGroup"] = dataclasses.field(default_factory=list)

    @property
    def may_nest(self) -> bool:
        return self.path.count(".") + 1 < MAX_LEVELS


@dataclass(slots=True)
class Draft:
    """A whole condition while it is built, in rows or as code.

    `edited` says that a row was added, removed or drawn anew: nothing is saved then. `focus` is the
    path of the part to type in next, `said` what was done, `fault` why it stays code.
    """

    tree: DraftGroup
    code: str = ""
    by_rows: bool = True
    edited: bool = False
    focus: str = ""
    said: str = ""
    fault: str = ""

    def rows(self) -> Iterator[DraftRow]:
        yield from _rows(self.tree)

    def group(self) -> Group | None:
        """Return the tree, None of an empty one; errors stand in its rows.

        Errors: ValidationError (a row is not complete). Rows without a field are passed over.
        """
        if len(list(self.rows())) > MAX_ROWS:
            raise ValidationError(_("At most %(most)s rows.") % {"most": MAX_ROWS})
        faults: list[str] = []
        found = _complete(self.tree, faults)
        if faults:
            raise ValidationError(_("Complete the marked rows."), code="incomplete")
        return found


def _rows(group: DraftGroup) -> Iterator[DraftRow]:
    for part in group.parts:
        if isinstance(part, DraftRow):
            yield part
        else:
            yield from _rows(part)


def _complete(group: DraftGroup, faults: list[str]) -> Group | None:
    parts: list[Node] = []
    for part in group.parts:
        if isinstance(part, DraftGroup):
            if (inner := _complete(part, faults)) is not None:
                parts.append(inner)
        elif part.field is not None:
            try:
                parts.append(part.row())
            except ValidationError as error:
                part.error = " ".join(error.messages)
                faults.append(part.path)
    return Group(group.join, tuple(parts)) if parts else None


def draft_of_tree(tree: Group, vocabulary: Vocabulary, path: str = "0") -> DraftGroup:
    """Return the draft that a stored condition is changed in."""
    found = DraftGroup(path, tree.join)
    for place, part in enumerate(tree.parts):
        at = f"{path}.{place}"
        found.parts.append(
            draft_of_tree(part, vocabulary, at)
            if isinstance(part, Group)
            else _draft_of_row(part, vocabulary.by_name[part.field], at)
        )
    return found


def _draft_of_row(row: Row, field: Field, path: str) -> DraftRow:
    found = DraftRow(path, field, row.op, row.key, list(row.values))
    if found.is_span and row.values:
        amount, found.unit = amount_and_unit(int(row.values[0]))
        found.values = [str(amount)]
    elif field.kind == Kind.MOMENT and row.op not in WITHOUT_VALUE:
        found.values = [datetime.fromisoformat(row.values[0])]
    elif field.kind == Kind.RECORD:
        found.values = [field.picked_of(value) or value for value in row.values]
    return found


def empty_draft() -> Draft:
    return Draft(DraftGroup("0", Join.ALL, [DraftRow("0.0")]))


def posted_group(
    data: Mapping[str, Any], prefix: str, vocabulary: Vocabulary, path: str = "0"
) -> DraftGroup:
    """Return the group that a form posted, with all its parts in their order."""
    join = data.get(f"{prefix}.{path}.join", Join.ALL)
    found = DraftGroup(path, Join(join) if join in Join else Join.ALL)
    if path.count(".") >= MAX_LEVELS:
        return found
    begin = f"{prefix}.{path}."
    places = {name.removeprefix(begin).split(".")[0] for name in data if name.startswith(begin)}
    for place in sorted(int(p) for p in places if p.isdecimal() and len(p) < 4):
        at = f"{path}.{place}"
        if f"{prefix}.{at}.join" in data:
            found.parts.append(posted_group(data, prefix, vocabulary, at))
        else:
            found.parts.append(_posted_row(data, f"{prefix}.{at}", at, vocabulary))
    return found


def _posted_row(data: Any, name: str, path: str, vocabulary: Vocabulary) -> DraftRow:
    chosen = vocabulary.by_name.get(data.get(f"{name}.field", ""))
    if chosen is None:
        return DraftRow(path)
    posted = data.get(f"{name}.op", "")
    op = next((op for op in chosen.operators if op == posted), chosen.operators[0])
    found = DraftRow(
        path, chosen, op, data.get(f"{name}.key", ""), unit=data.get(f"{name}.unit", "m")
    )
    before = vocabulary.by_name.get(data.get(f"{name}.was", ""))
    # Of another field, what was chosen or typed means nothing.
    if before is None or before.name == chosen.name:
        if chosen.kind == Kind.MOMENT and not found.is_span:
            typed = WhenInput().value_from_datadict(data, {}, f"{name}.value")
            found.values = [typed] if typed else []
        else:
            found.values = data.getlist(f"{name}.value")
    return found


def edit(draft: Draft, asked: str) -> None:
    """Do what a button of the builder asks: add a row or a group, or remove a part."""
    draft.edited = True
    verb, _space, path = asked.partition(" ")
    if verb == "remove":
        draft.focus, draft.said = _remove(draft.tree, path), _("Removed.")
    elif verb in ("add", "group") and (group := _find(draft.tree, path)) is not None:
        place = 1 + max((int(part.path.rsplit(".", 1)[1]) for part in group.parts), default=-1)
        at = f"{path}.{place}"
        if verb == "add":
            group.parts.append(DraftRow(at))
            draft.focus, draft.said = at, _("Row added.")
        elif group.may_nest:
            inner = Join.ALL if group.join == Join.ANY else Join.ANY
            group.parts.append(DraftGroup(at, inner, [DraftRow(f"{at}.0")]))
            draft.focus, draft.said = f"{at}.0", _("Group added.")


def _find(group: DraftGroup, path: str) -> DraftGroup | None:
    if group.path == path:
        return group
    inner = (part for part in group.parts if isinstance(part, DraftGroup))
    return next((found for part in inner if (found := _find(part, path))), None)


def _remove(group: DraftGroup, path: str) -> str:
    """Remove a part; return where one goes on: the part before it, or its group."""
    for place, part in enumerate(group.parts):
        if part.path == path:
            group.parts.pop(place)
            beside = group.parts[max(0, place - 1)] if group.parts else group
            return beside.path
        if isinstance(part, DraftGroup) and path.startswith(f"{part.path}."):
            return _remove(part, path)
    return group.path

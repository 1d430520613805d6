"""Form field of a condition: built of rows, or written in CEL by who prefers that.

Buttons of the builder submit the form: nothing is saved, and it is drawn anew with one row more or
less. With scripts only the builder is drawn anew (ui/static/opale/conditions.js).
"""

from collections.abc import Callable
from typing import Annotated, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import Field as Limits

from opale.conditions.compiled import compile_condition
from opale.conditions.declarations import (
    WITH_SEVERAL,
    WITHOUT_VALUE,
    Field,
    Kind,
    Label,
    Op,
    Option,
    Vocabulary,
)
from opale.conditions.drafts import (
    Draft,
    DraftGroup,
    DraftRow,
    draft_of_tree,
    edit,
    empty_draft,
    posted_group,
)
from opale.conditions.errors import condition_error
from opale.conditions.reading import read_condition
from opale.conditions.spans import UNIT_LABELS
from opale.conditions.tokens import MAX_LENGTH, InvalidCondition
from opale.conditions.trees import Group, Join, normalised
from opale.conditions.words import tree_in_words
from opale.conditions.writing import write_condition
from opale.ui.forms import DRAWN_ANEW
from opale.ui.markup import join_html
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenInput

TEMPLATE: Final = "conditions/condition.html"


def joins() -> list[tuple[Join, str]]:
    return [
        (Join.ALL, _("All of these apply")),
        (Join.ANY, _("At least one of these applies")),
        (Join.NONE, _("None of these applies")),
    ]


class ConditionInput(forms.Widget):
    """The builder. Its value is CEL, or a draft that a form posted."""

    is_group = True

    def __init__(self, vocabulary: Vocabulary, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.vocabulary = vocabulary

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        mode = data.get(f"{name}-mode")
        if mode is None or not isinstance(data, QueryDict):
            return data.get(name)
        asked = data.get(f"{name}-do", "")
        draft = Draft(posted_group(data, name, self.vocabulary), data.get(name, ""), mode != "code")
        if asked == "code" and draft.by_rows:
            self._to_code(draft)
        elif asked == "rows" and not draft.by_rows:
            self._to_rows(draft)
        elif asked:
            edit(draft, asked)
        return draft

    def _to_code(self, draft: Draft) -> None:
        draft.edited = True
        try:
            tree = draft.group()
        except ValidationError:
            draft.fault = _("Complete the rows before you edit them as code.")
            return
        draft.code = write_condition(tree, self.vocabulary) if tree else ""
        draft.by_rows, draft.focus, draft.said = False, "code", _("Editing as code.")

    def _to_rows(self, draft: Draft) -> None:
        draft.edited = True
        code = draft.code.strip()
        tree = read_condition(code, self.vocabulary) if code else None
        if tree is None and code:
            draft.focus = "code"
            draft.fault = _("The builder cannot show this code. It stays as it is.")
            return
        draft.tree = draft_of_tree(tree, self.vocabulary) if tree else empty_draft().tree
        draft.by_rows, draft.focus, draft.said = True, "0.0", _("Editing as rows.")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-mode" not in data

    def id_for_label(self, id_: str) -> str:
        return id_

    def draft_of(self, value: Any) -> Draft:
        """Return what is drawn for a value."""
        if isinstance(value, Draft):
            return value
        code = str(value or "").strip()
        if not code:
            return empty_draft()
        tree = read_condition(code, self.vocabulary)
        if tree is None:
            return Draft(empty_draft().tree, str(value), by_rows=False)
        return Draft(draft_of_tree(tree, self.vocabulary), code)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        draft = self.draft_of(value)
        built = self.build_attrs(self.attrs, attrs)
        tree = self._tree(draft)
        code = write_condition(tree, self.vocabulary) if tree else ""
        context = {
            "name": name,
            "id": built.get("id", f"id_{name}"),
            "described": built.get("aria-describedby", ""),
            "autofocus": built.get("autofocus"),
            "draft": draft,
            "group": _GroupLines(draft, draft.tree, name, self.vocabulary),
            "words": tree_in_words(normalised(tree), self.vocabulary) if tree else "",
            "code": code if draft.by_rows else draft.code,
        }
        return SafeString(render_to_string(TEMPLATE, context))

    def _tree(self, draft: Draft) -> Group | None:
        """Return what is complete of a draft in rows, as words and code show it.

        While rows are added, those that are not complete are not marked as wrong.
        """
        try:
            found = draft.group() if draft.by_rows else None
        except ValidationError:
            found = None
        if draft.edited:
            for row in draft.rows():
                row.error = ""
        return found


class _GroupLines:
    """A group as the template draws it."""

    def __init__(
        self, draft: Draft, group: DraftGroup, name: str, vocabulary: Vocabulary, number: str = ""
    ) -> None:
        self.path, self.join, self.number = group.path, group.join, number
        self.name = f"{name}.{group.path}"
        self.joins = joins()
        self.may_nest, self.is_outer = group.may_nest, not number
        self.has_focus = draft.focus == group.path
        self.parts = [
            _GroupLines(draft, part, name, vocabulary, f"{number}{place}.")
            if isinstance(part, DraftGroup)
            else _RowLines(draft, part, name, vocabulary, f"{number}{place}")
            for place, part in enumerate(group.parts, start=1)
        ]

    @property
    def shown_number(self) -> str:
        return self.number.rstrip(".")


class _RowLines:
    """A row as the template draws it, with the inputs of its value."""

    is_row = True

    def __init__(
        self, draft: Draft, row: DraftRow, name: str, vocabulary: Vocabulary, number: str
    ) -> None:
        self.row, self.path, self.number = row, row.path, number
        self.name = f"{name}.{row.path}"
        self.id = f"id_{name}-{row.path.replace('.', '-')}"
        self.field, self.error = row.field, row.error
        self.has_focus = draft.focus == row.path
        self.groups = _grouped(vocabulary)

    @property
    def operators(self) -> list[tuple[Op, Label]]:
        if self.field is None:
            return []
        return [(op, self.field.operator_label(op)) for op in self.field.operators]

    @property
    def has_key(self) -> bool:
        return self.field is not None and self.field.kind == Kind.NAMED

    @property
    def units(self) -> list[tuple[str, Label]]:
        return list(UNIT_LABELS.items()) if self.row.is_span else []

    @property
    def value_html(self) -> SafeString:
        """Return the inputs of the value, each named."""
        field, op = self.field, self.row.op
        if field is None or op is None or op in WITHOUT_VALUE:
            return SafeString("")
        widget, value = self._input(field, op)
        attrs = {"id": f"{self.id}-value", "aria-label": _("Value")}
        if self.error:
            attrs |= {"aria-invalid": "true", "aria-describedby": f"{self.id}-error"}
        return widget.render(f"{self.name}.value", value, attrs)

    def _input(self, field: Field, op: Op) -> tuple[forms.Widget, Any]:
        values = self.row.values
        first = values[0] if values else ""
        if self.row.is_span:
            return forms.TextInput(attrs={"inputmode": "decimal", "size": 4}), first
        if field.kind == Kind.MOMENT:
            return WhenInput(), first
        if field.kind == Kind.RECORD:
            return _Pickers(field, several=op in WITH_SEVERAL), values
        options = field.options
        if field.kind == Kind.CHOICE or (options and field.kind == Kind.TEXTS):
            choices = _choices(options, values)
            if op in WITH_SEVERAL:
                return _Boxes(choices), values
            return forms.Select(choices=[("", _("Choose a value")), *choices]), first
        if op in WITH_SEVERAL:
            rows = min(6, max(2, len(values)))
            return _Lines(attrs={"rows": rows, "placeholder": _("One per line")}), values
        number = field.kind == Kind.NUMBER
        return forms.TextInput(
            attrs={"inputmode": "decimal"} if number else {"spellcheck": "false"}
        ), first


class _Lines(forms.Textarea):
    """Several values, one a line."""

    def format_value(self, value: Any) -> str:
        return "\n".join(str(one) for one in value)


class _Boxes(forms.CheckboxSelectMultiple):
    """Several values to tick."""

    def __init__(self, choices: Any) -> None:
        super().__init__(attrs={"class": "o-condition-boxes"}, choices=choices)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return SafeString(
            render_to_string(
                "conditions/_boxes.html",
                {"name": name, "chosen": value, "choices": self.choices, "attrs": attrs or {}},
            )
        )


class _Pickers(forms.Widget):
    """Pickers of rows: one, or one for each value and one more."""

    def __init__(self, field: Field, *, several: bool) -> None:
        super().__init__()
        self.field, self.several = field, several

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = [one for one in value if one]
        shown = [*given, ""] if self.several else (given or [""])[:1]
        attrs = attrs or {}
        picker = Picker(
            self.field.picker,
            label_of=lambda picked: self.field.label_of(self.field.value_of(picked)),
        )
        drawn = [
            picker.render(name, one, {**attrs, "id": f"{attrs.get('id', name)}-{place}"})
            for place, one in enumerate(shown)
        ]
        return format_html(
            "<div{}>{}</div>",
            SafeString(" data-several") if self.several else "",
            join_html(drawn),
        )


def _choices(options: list[Option], values: list[Any]) -> list[tuple[str, Label]]:
    """Return the choices, and what was chosen of those that are no longer there."""
    known = [(option.value, option.label) for option in options]
    gone = [value for value in values if value and value not in {one for one, _label in known}]
    return [*known, *((value, str(value)) for value in gone)]


def _grouped(vocabulary: Vocabulary) -> list[tuple[Label, list[Field]]]:
    """Return the fields under their headings, in the order of their first fields."""
    found: dict[str, tuple[Label, list[Field]]] = {}
    for one in vocabulary.fields:
        found.setdefault(str(one.group), (one.group, []))[1].append(one)
    return list(found.values())


class ConditionField(forms.CharField):
    """Field whose value is CEL. `compile_with` checks it: `compile_condition` where none is given.

    Errors of `compile_with`: InvalidCondition.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        compile_with: Callable[[str], object] | None = None,
        required: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(
            required=required, strip=False, widget=ConditionInput(vocabulary), **options
        )
        self.vocabulary = vocabulary
        self.compile_with = compile_with
        self.body_type: Any = (
            Annotated[str, Limits(min_length=1, max_length=MAX_LENGTH)] if required else str
        )

    def to_python(self, value: Any) -> str:
        if isinstance(value, Draft):
            if value.edited:
                raise ValidationError(
                    _("Not saved yet: complete the condition, then save."), code=DRAWN_ANEW
                )
            if value.by_rows:
                tree = value.group()
                return write_condition(tree, self.vocabulary) if tree else ""
            value = value.code
        return "" if value is None or not str(value).strip() else str(value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if not value:
            return
        try:
            if self.compile_with is not None:
                self.compile_with(value)
            else:
                compile_condition(value, self.vocabulary)
        except InvalidCondition as error:
            raise ValidationError(condition_error(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or "") != self.to_python(data))
        except ValidationError:
            return True

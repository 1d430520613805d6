"""Body of an act's endpoint, derived from the form that people fill in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django import forms
from django.db.models import Model
from ninja import Schema
from pydantic import Field, create_model

from opale.acts.declarations import Act
from opale.endpoints.fields import Day, MailAddress, Moment
from opale.ui.typed_dates import WhenField

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
MOST_CHOSEN: Final = 500
LONGEST_CHOICE: Final = 200

PLAIN: Final[tuple[tuple[type[forms.Field], Any], ...]] = (
    (WhenField, Moment),
    (forms.DateTimeField, Moment),
    (forms.DateField, Day),
    (forms.TimeField, time),
    (forms.DurationField, timedelta),
    (forms.NullBooleanField, bool | None),
    (forms.BooleanField, bool),
    (forms.JSONField, Any),
    (forms.UUIDField, UUID),
    (forms.EmailField, MailAddress),
)


def body_of(act: Act) -> type[Schema] | None:
    """Return the body of an act's endpoint, None where its form has no fields."""
    if not act.fields:
        return None
    partial = act.verb == "PATCH"
    declared: dict[str, Any] = {
        public_name(act, name, one): (
            (type_of(one) | None, None)
            if partial and name in act.optional
            else _declared(one, partial or name in act.optional)
        )
        for name, one in act.fields.items()
    }
    title = "".join(part.title() for part in act.name.split("_"))
    body: type[Schema] = create_model(f"{title}In", __base__=Schema, **declared)
    return body


def public_name(act: Act, name: str, field: forms.Field) -> str:
    """Return the name of a field in the body: a reference to a row is named by its id."""
    one_row = isinstance(field, forms.ModelChoiceField) and not _many(field)
    return act.names.get(name, f"{name}_id" if one_row else name)


def _declared(field: forms.Field, partial: bool) -> tuple[Any, Any]:
    """Return the type and the default of a field."""
    kind, initial = type_of(field), field.initial
    if field.required and not partial and (initial is None or callable(initial)):
        return kind, ...
    if initial is not None and not callable(initial):
        return kind, cleaned_choice(field, initial)
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return kind, []
    if kind is bool:
        return kind, False
    if _is_text(field):
        return kind, ""
    return kind | None, None


def type_of(field: forms.Field) -> Any:
    """Return the type in a body for the values of a form's field. Errors: TypeError.

    A field of another kind declares it as `body_type`, and its `to_python` takes such a value.
    """
    if (own := getattr(field, "body_type", None)) is not None:
        return own
    for known, kind in PLAIN:
        if isinstance(field, known):
            return kind if field.required or kind is not MailAddress else MailAddress | Literal[""]
    if isinstance(field, forms.ModelMultipleChoiceField):
        return Annotated[list[RowId], Field(max_length=MOST_CHOSEN)]
    if isinstance(field, forms.ModelChoiceField):
        return RowId
    if isinstance(field, forms.MultipleChoiceField):
        return Annotated[list[_one_of(field)], Field(max_length=MOST_CHOSEN)]  # type: ignore[misc]  # found at run time
    if isinstance(field, forms.ChoiceField):
        return _one_of(field)
    if isinstance(field, forms.IntegerField):
        return _number(field)
    if type(field).to_python is forms.CharField.to_python or isinstance(
        field, forms.RegexField | forms.URLField | forms.SlugField
    ):
        return _text(field)
    raise TypeError(f"no type in a body for a {type(field).__name__}: give it a body_type")


def _text(field: Any) -> Any:
    shortest = field.min_length or (1 if field.required else None)
    return Annotated[str, Field(min_length=shortest, max_length=field.max_length)]


def _number(field: forms.IntegerField) -> Any:
    bounds: dict[str, Any] = {"ge": field.min_value, "le": field.max_value}
    if isinstance(field, forms.DecimalField):
        digits: dict[str, Any] = {
            "max_digits": field.max_digits,
            "decimal_places": field.decimal_places,
        }
        return Annotated[Decimal, Field(**bounds, **digits)]
    return Annotated[float if isinstance(field, forms.FloatField) else int, Field(**bounds)]


def _one_of(field: forms.ChoiceField) -> Any:
    """Return the type of a fixed choice; a text where the choices depend on the actor."""
    chosen = _chosen(field)
    if not chosen:
        return Annotated[str, Field(max_length=LONGEST_CHOICE)]
    if all(isinstance(value, bool) for value in chosen):
        return bool
    if all(isinstance(value, int) for value in chosen):
        first, last = min(chosen), max(chosen)
        in_a_row = chosen == list(range(first, last + 1))
        return Annotated[int, Field(ge=first, le=last)] if in_a_row else Literal[tuple(chosen)]
    nothing = [] if field.required or _many(field) else [""]
    return Literal[(*nothing, *chosen)]


def _chosen(field: forms.ChoiceField) -> list[Any]:
    """Return the values of a choice field as a body has them."""
    return [cleaned_choice(field, value) for value in _values(field) if value != ""]


def _many(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)


def _is_text(field: forms.Field) -> bool:
    if hasattr(field, "body_type"):
        return field.body_type is str
    if isinstance(field, forms.ModelChoiceField):
        return False
    if isinstance(field, forms.ChoiceField):
        return not any(isinstance(value, int) for value in _chosen(field))
    others = (forms.IntegerField, forms.UUIDField, forms.JSONField)
    return isinstance(field, forms.CharField) and not isinstance(field, others)


def _values(field: forms.ChoiceField) -> Iterator[Any]:
    """Return the values of a choice, those in groups too."""
    pairs: Any = field.choices
    for value, label in pairs:
        if isinstance(label, list | tuple):
            yield from (inner for inner, _label in label)
        else:
            yield value


def cleaned_choice(field: forms.Field, value: Any) -> Any:
    """Return the value in a body for one that a form posts."""
    if isinstance(field, forms.TypedChoiceField) and value not in field.empty_values:
        return field.coerce(value)
    return value


def posted(field: forms.Field, value: Any) -> Any:
    """Return the value that a form posts for one of a body, or of a row."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(field, forms.ModelMultipleChoiceField) and hasattr(value, "all"):
        return [row.pk for row in value.all()]
    if isinstance(field, forms.TypedChoiceField) and value not in field.empty_values:
        same = (raw for raw in _values(field) if cleaned_choice(field, raw) == value)
        return next(same, value)
    return value


def sent(act: Act, body: Schema, fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    """Return the values of a body by the form's names; those that were left out are missing."""
    partial = act.verb == "PATCH"
    found = {}
    for name, field in fields.items():
        public = public_name(act, name, field)
        value = getattr(body, public)
        given = public in body.model_fields_set
        may_lack = name in act.optional
        if (not given and (partial or may_lack)) or (value is None and may_lack):
            continue
        found[name] = posted(field, value)
    return found


def not_asked(act: Act, body: Schema, shown: Mapping[str, forms.Field]) -> dict[str, str]:
    """Return the members of a body whose fields the form lacks for this row, since nothing can be
    chosen.

    By their names in the body, each with its sentence.
    """
    names = {name: public_name(act, name, one) for name, one in act.fields.items()}
    given = {name for name, public in names.items() if getattr(body, public) not in (None, "", [])}
    return {
        names[name]: str(forms.ModelChoiceField.default_error_messages["invalid_choice"])
        for name in given - set(shown)
        if names[name] in body.model_fields_set
    }


def public_errors(
    act: Act, fields: Mapping[str, forms.Field], refused: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Return the errors of a form by the names of the body."""
    return {
        public_name(act, name, fields[name]) if name in fields else name: sentence
        for name, sentence in refused
    }

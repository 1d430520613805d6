"""Fields of several forms of the desk: tags, and whether a row is one's own."""

from typing import Any

from django import forms

from opale.kernel.actor import Actor
from opale.run.desk.rights import ADMINISTER, WORK


class TagsField(forms.Field):
    """Tags, typed with commas between them; programs send a list. None at all is an answer too."""

    def __init__(self, *, body_type: Any = list[str], **options: Any) -> None:
        super().__init__(**options)
        self.body_type = body_type

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or ())

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(value.split(",") if isinstance(value, str) else value or ())

    def validate(self, value: Any) -> None:
        pass


def fix_personal(form: forms.Form, row: Any, by: Actor, *, editable: bool) -> bool | None:
    """Remove the choice whether a row is one's own where the actor has none; return what it is.

    Only leads may edit shared ones, everybody their own.
    """
    fixed = None
    if (row is not None and row.person_id is None) or not by.can(WORK) or by.person_id is None:
        fixed = False
    elif not by.can(ADMINISTER):
        fixed = True
    if fixed is not None:
        del form.fields["personal"]
    for field in form.fields.values():
        field.disabled = not editable
    return fixed

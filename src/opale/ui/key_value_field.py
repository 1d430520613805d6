"""Form field of named values, typed one a line: `power_kw: 4`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class KeyValueField(forms.CharField):
    """Field of a mapping of texts; of a repeated name the last value counts."""

    def __init__(self, *, rows: int = 4, **said: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **said)

    def to_python(self, value: Any) -> Any:
        found: dict[str, str] = {}
        for line in str(value or "").splitlines():
            name, colon, said = (part.strip() for part in line.partition(":"))
            if not name and not said:
                continue
            if not name or not colon:
                raise ValidationError(_("One per line, such as power_kw: 4."))
            found[name] = said
        return found

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name}: {said}" for name, said in value.items())

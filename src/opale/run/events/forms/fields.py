"""Form fields for a span of time, a severity, and what has to be said yes or no."""

from datetime import timedelta
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext as _

from opale.run.events.domain.durations import format_duration, parse_duration
from opale.run.events.states import Severity

FIRING = [severity for severity in reversed(Severity) if severity is not Severity.CLEAR]


class TimeSpanField(forms.CharField):
    """A span of time, as `5m` or `1d`; programs say it in seconds, of the `body_type`."""

    def __init__(self, *, body_type: Any, **options: Any) -> None:
        super().__init__(**options)
        self.body_type = body_type

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | float):
            value = timedelta(seconds=value)
        return format_duration(value) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> timedelta | None:
        if isinstance(value, timedelta):
            return value
        if isinstance(value, int | float):
            return timedelta(seconds=value)
        text = super().clean(value)
        if not text and not self.required:
            return None
        found = parse_duration(text)
        if found is None:
            raise forms.ValidationError(_("Enter a number followed by s, m, h or d."))
        return found


class SeverityField(forms.ChoiceField):
    """A severity by its name, or by its number where a row or a link has that."""

    def __init__(self, *, body_type: Any = None, **options: Any) -> None:
        names = {severity.name.lower(): severity.label for severity in FIRING}
        super().__init__(choices=list(names.items()), **options)
        self.body_type = body_type or Literal[tuple(names)]

    def prepare_value(self, value: Any) -> Any:
        known = str(value) in map(str, Severity.values)
        return Severity(int(value)).name.lower() if known else value

    def valid_value(self, value: Any) -> bool:
        return value.upper() in Severity.__members__

    def clean(self, value: Any) -> Severity | None:
        name = super().clean(self.prepare_value(value))
        return Severity[name.upper()] if name else None


class SaidField(forms.BooleanField):
    """A yes or no that is never left out."""

    def validate(self, value: bool) -> None:
        """Take no as an answer."""

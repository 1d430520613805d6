"""The form field for a span of time."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opale.run.events.domain.durations import format_duration, parse_duration


class TimeSpanField(forms.CharField):
    """A span of time, as `5m` or `1d`."""

    def prepare_value(self, value: Any) -> Any:
        return format_duration(value) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> timedelta:
        text = super().clean(value)
        if not text and not self.required:
            return timedelta()
        found = parse_duration(text)
        if found is None:
            raise forms.ValidationError(_("A number with s, m, h or d behind it."))
        return found

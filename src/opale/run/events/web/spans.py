"""A field for a span of time."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from opale.run.events.ports.spans import span_of, spelled


class SpanField(forms.CharField):
    """A span of time, as `5m` or `1d`."""

    def prepare_value(self, value: Any) -> Any:
        return spelled(value) if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> timedelta:
        text = super().clean(value)
        if not text and not self.required:
            return timedelta()
        found = span_of(text)
        if found is None:
            raise forms.ValidationError(_("A number with s, m, h or d behind it."))
        return found

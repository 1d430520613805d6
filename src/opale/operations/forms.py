"""Forms of failed jobs."""

from django import forms


class DiscardJobForm(forms.Form):
    """The question before a failed job is deleted, which nothing brings back."""

"""Forms of saved views, as programs send them."""

from typing import Any

from django import forms
from django.http import QueryDict

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.run.desk.queries.filters import Filters
from opale.ui.forms import choose_among


class FirstViewForm(forms.Form):
    view = forms.CharField()
    query = forms.CharField(max_length=1000, required=False)

    def clean_query(self) -> str:
        """Refuse filters that a page would ignore."""
        query: str = self.cleaned_data["query"]
        asked = QueryDict(query)
        kept = Filters.read(asked)
        if unknown := sorted(name for name in asked if not getattr(kept, name, "")):
            raise forms.ValidationError(", ".join(unknown))
        return query


class SavedViewForm(FirstViewForm):
    """With a team, for all its members."""

    name = forms.CharField(strip=False)
    view = forms.CharField(initial="open")
    team = forms.ModelChoiceField(Team.objects.none(), required=False)

    def __init__(self, *args: Any, by: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_among(self, "team", teams(seen_by=by))

"""Forms of roster proposals: the search, and of programs the lines that they decide and the news
that were seen."""

from typing import Annotated, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.run.shifts.actions import proposals
from opale.ui.typed_dates import DayField


class SearchForm(forms.Form):
    """A search for a better roster from a day on."""

    first = DayField(
        label=_("From"),
    )
    weeks = forms.TypedChoiceField(
        label=_("Number of weeks"),
        coerce=int,
        choices=lambda: [
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in proposals.WEEKS
        ],
        initial=4,
    )
    gentle = forms.TypedChoiceField(
        label=_("Scope"),
        coerce=lambda said: said == "yes",
        choices=[
            ("yes", _("Fix only what is wrong")),
            ("no", _("Change anything, to grant wishes and share the load")),
        ],
        initial="yes",
    )
    seconds = forms.TypedChoiceField(
        label=_("Maximum search time"),
        coerce=int,
        choices=lambda: [(n, gettext("%(n)s seconds") % {"n": n}) for n in proposals.SECONDS],
        initial=proposals.SECONDS[0],
    )


class IdsField(forms.Field):
    body_type = Annotated[list[int], Field(max_length=1000)] | None


class LinesForm(forms.Form):
    """These lines, or all that are open."""

    line_ids = IdsField(required=False)

    def arguments(self) -> dict[str, Any]:
        return {"lines": self.cleaned_data["line_ids"]}


class SeenForm(forms.Form):
    """The greatest `id` that was shown."""

    until = forms.IntegerField()

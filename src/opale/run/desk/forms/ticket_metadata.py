"""Forms of a ticket's tags, watchers, external references and confidentiality."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from opale.customers.models import Contact
from opale.customers.queries.customers import contacts
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.desk.actions.ticket_metadata import URL_LENGTH
from opale.ui.forms import ActorForm
from opale.ui.list_field import ListField

YES_OR_NO = (("yes", ""), ("no", ""))


class TagsForm(forms.Form):
    tags = ListField(phrases=True)


class ConfidentialForm(forms.Form):
    confidential = forms.TypedChoiceField(choices=YES_OR_NO, coerce=lambda said: said == "yes")
    reason = forms.CharField(required=False)


class WatcherForm(ActorForm, forms.Form):
    person = forms.ModelChoiceField(Person.objects.none(), required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "person": people(seen_by=self.by, left=True),
            "contact": contacts(seen_by=self.by, left=True),
        }


class FollowForm(WatcherForm):
    """Whoever names nobody follows the ticket."""

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        if any(said.values()):
            return said
        return {"person": people(seen_by=self.by).filter(pk=self.by.person_id or 0).first()}


class ReferenceForm(forms.Form):
    party = forms.CharField(max_length=100)
    reference = forms.CharField(max_length=60)
    url = forms.CharField(max_length=URL_LENGTH, required=False)

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {"number": said.pop("reference"), **said}

"""Form of a rule that notifies a team or a person by a channel."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Stream
from opale.messaging.models import Channel
from opale.organisation.models import Team
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams
from opale.run.desk.models import ChannelRule
from opale.run.desk.queries.channel_rules import selectable_channels
from opale.run.desk.rights import ADMINISTER
from opale.ui.forms import ActorForm

PRIORITIES = tuple((number, f"P{number}") for number in range(1, 6))


class ChannelRuleForm(ActorForm, forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("Myself")
    )
    channel = forms.ModelChoiceField(Channel.objects.none(), label=_("Channel"))
    stream = forms.ChoiceField(
        label=_("Stream"), required=False, choices=(("", _("All streams")), *Stream.choices)
    )
    priority = forms.TypedChoiceField(
        label=_("Down to priority"), choices=PRIORITIES, coerce=int, initial=5
    )
    events = forms.MultipleChoiceField(
        label=_("When"), choices=ChannelRule.Event.choices, widget=forms.CheckboxSelectMultiple
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "channel": selectable_channels(seen_by=self.by),
            "team": teams(seen_by=self.by) if self.by.can(ADMINISTER) else Team.objects.none(),
        }

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        own = people(seen_by=self.by).filter(pk=self.by.person_id or 0).first()
        return {**said, "person": None if said["team"] else own}

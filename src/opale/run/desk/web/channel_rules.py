"""Pages of channel rules: the list, a new one, and removal."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.models import Stream
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.messaging.models import Channel
from opale.organisation.models import Team
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import teams
from opale.run.desk.actions import channel_rules
from opale.run.desk.models import ChannelRule
from opale.run.desk.queries import channel_rules as channel_rule_queries
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

PRIORITIES = tuple((number, f"P{number}") for number in range(1, 6))


class RuleForm(forms.Form):
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Myself"),
    )
    channel: "forms.ModelChoiceField[Channel]" = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=None
    )
    stream = forms.ChoiceField(
        label=gettext_lazy("Stream"),
        required=False,
        choices=(("", gettext_lazy("All streams")), *Stream.choices),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Up to priority"), choices=PRIORITIES, coerce=int, initial=1
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("When"),
        choices=ChannelRule.Event.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, by: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast("forms.ModelChoiceField[Any]", self.fields["channel"])
        field.queryset = channel_rule_queries.selectable_channels(seen_by=by)
        field = cast("forms.ModelChoiceField[Any]", self.fields["team"])
        offered = teams(seen_by=by)
        field.queryset = offered if by.can(ADMINISTER) else offered.none()


@require_GET
@needs(CONSOLE)
def listing(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    rows = [
        (rule, channel_rule_queries.may_edit_rule(rule, actor))
        for rule in channel_rule_queries.channel_rules(seen_by=actor)
    ]
    return render(request, "desk/channelrules/list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def new(request: ActorRequest) -> HttpResponse:
    form = RuleForm(request.POST or None, by=request.actor)

    def make() -> None:
        said = dict(form.cleaned_data)
        if said["team"] is None:
            own = request.actor.person_id or 0
            said["person"] = get_person(own, seen_by=request.actor)
        channel_rules.create_channel_rule(by=request.actor, **said)

    return form_page(
        request,
        form,
        make,
        title=_("New rule of a channel"),
        button=_("Create"),
        back=reverse("desk_channel_rules"),
        back_label=_("What is told by channels"),
        said=_("It counts from now on."),
    )


@require_POST
@needs(CONSOLE)
def end(request: ActorRequest, rule_id: int) -> HttpResponse:
    rule = channel_rule_queries.get_channel_rule(rule_id, seen_by=request.actor)
    channel_rules.delete_channel_rule(rule, by=request.actor)
    toast_next(request, _("The rule is gone."))
    return redirect("desk_channel_rules")

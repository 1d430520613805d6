"""Page of channel rules."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.queries import channel_rules as channel_rule_queries
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def listing(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    rows = [
        (rule, channel_rule_queries.may_edit_rule(rule, actor))
        for rule in channel_rule_queries.channel_rules(seen_by=actor)
    ]
    return render(request, "desk/channelrules/list.html", {"rows": rows})

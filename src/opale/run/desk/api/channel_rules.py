"""Endpoints of the rules that notify teams and people by a channel."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk.models import ChannelRule
from opale.run.desk.queries import channel_rules as channel_rule_queries
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.desk_settings import ChannelRuleOut

router = Router()


@router.get("/desk/channel-rules", response=list[ChannelRuleOut], auth=may(CONSOLE))
def list_channel_rules(request: ActorRequest) -> list[ChannelRule]:
    return list(channel_rule_queries.channel_rules(seen_by=request.actor))

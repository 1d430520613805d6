"""Acts on the rules that notify teams and people by a channel."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, create, place, remove
from opale.run.desk.actions import channel_rules
from opale.run.desk.forms.channel_rules import ChannelRuleForm
from opale.run.desk.models import ChannelRule
from opale.run.desk.queries.channel_rules import get_channel_rule
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.desk_settings import ChannelRuleOut

place_of_rules = place("desk_channel_rules", _("Chat notifications"))


RULES: Subject[ChannelRule] = Subject(
    name="channel_rules", page="desk/channel-rules/", endpoint="/desk/channel-rules",
    home=place_of_rules,
)  # fmt: skip
RULE = Subject(
    name="channel_rule", model=ChannelRule, get=get_channel_rule, home=place_of_rules,
    page="desk/channel-rules/<int:rule_id>/", endpoint="/desk/channel-rules/{int:rule_id}",
)  # fmt: skip

ACTS = (
    create(
        RULES, channel_rules.create_channel_rule, "make_channel_rule", CONSOLE, ChannelRuleForm,
        noun="", made=ChannelRuleOut, initial=lambda _none, _by: {"priority": 1},
        title=_("New notification rule"), submit=_("Create"), icon="plus", key="c", tone="primary",
        said=_("Rule created."), text="A rule of a team, or without one, of oneself.",
    ),
    remove(
        RULE, channel_rules.delete_channel_rule, "end_channel_rule", CONSOLE, page="end",
        label=_("Remove"), tone="ghost", said=_("Rule removed."),
    ),
)  # fmt: skip

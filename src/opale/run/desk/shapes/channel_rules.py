"""Shape of a rule that notifies a team or a person by a channel."""

from ninja import Schema


class ChannelRuleOut(Schema):
    """`priority` is the lowest that is told: 2 is P1 and P2."""

    id: int
    team_id: int | None
    person_id: int | None
    channel_id: int
    stream: str
    priority: int
    events: list[str]

"""Shapes of the desk's settings: streams, target times of levels, mailboxes, channel rules."""

from ninja import Schema

from opale.run.desk.models import InternalTarget, LevelTarget, StreamSettings


class StreamOut(Schema):
    stream: str
    engineer_answers: str
    triage_target_minutes: int

    @staticmethod
    def resolve_triage_target_minutes(row: StreamSettings) -> int:
        return int(row.triage_target.total_seconds() // 60)


class InternalTargetOut(Schema):
    priority: int
    acknowledge_minutes: int
    first_response_minutes: int
    restore_minutes: int
    calendar_id: int | None

    @staticmethod
    def resolve_acknowledge_minutes(row: InternalTarget) -> int:
        return int(row.acknowledge.total_seconds() // 60)

    @staticmethod
    def resolve_first_response_minutes(row: InternalTarget) -> int:
        return int(row.first_response.total_seconds() // 60)

    @staticmethod
    def resolve_restore_minutes(row: InternalTarget) -> int:
        return int(row.restore.total_seconds() // 60)


class LevelTargetOut(Schema):
    id: int
    level: str
    priority: int | None
    accept_minutes: int
    deliver_minutes: int
    calendar_id: int | None

    @staticmethod
    def resolve_accept_minutes(row: LevelTarget) -> int:
        return int(row.accept.total_seconds() // 60)

    @staticmethod
    def resolve_deliver_minutes(row: LevelTarget) -> int:
        return int(row.deliver.total_seconds() // 60)


class MailboxRulesOut(Schema):
    stream: str
    kind: str
    believes: bool


class ChannelRuleOut(Schema):
    """`priority` is the lowest that is told: 2 is P1 and P2."""

    id: int
    team_id: int | None
    person_id: int | None
    channel_id: int
    stream: str
    priority: int
    events: list[str]

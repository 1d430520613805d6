"""The tables of the desk, gathered from one module per subject."""

from opale.run.desk.models.assignments import Assignment, Level, LevelTarget
from opale.run.desk.models.base import BY_CUSTOMER, FOREVER, DeskQuerySet, Sight
from opale.run.desk.models.bulk_jobs import BulkItem, BulkJob
from opale.run.desk.models.catalogue import Authority, RequestType
from opale.run.desk.models.channel_rules import ChannelRule
from opale.run.desk.models.clocks import (
    Commitment,
    InternalTarget,
    Intervention,
    Pause,
    ServiceOutage,
    StreamSettings,
)
from opale.run.desk.models.conversation import (
    Attachment,
    Message,
    ProposedAnswer,
    recallable_messages,
)
from opale.run.desk.models.digests import Following
from opale.run.desk.models.drafts import WrittenDraft
from opale.run.desk.models.incoming_mail import (
    Breaker,
    MailboxRules,
    News,
    Participant,
    ProposedLink,
    ReceivedMail,
)
from opale.run.desk.models.links import (
    ExternalReference,
    Merge,
    MessageMove,
    TicketAlert,
    TicketLink,
    Watcher,
)
from opale.run.desk.models.macros import Macro, MacroRun, MacroUse
from opale.run.desk.models.mail_texts import MailText
from opale.run.desk.models.notices import Notice, NoticeChoice
from opale.run.desk.models.official_sentences import OfficialSentence
from opale.run.desk.models.ownership import Ownership
from opale.run.desk.models.presence import Presence
from opale.run.desk.models.requests import Approval, Override, Refusal, RequestDetails, Route
from opale.run.desk.models.saved_views import FirstView, SavedView
from opale.run.desk.models.text_modules import TextModule, TextModuleUse
from opale.run.desk.models.ticket import Classification, Grade, Kind, Source, Ticket
from opale.run.desk.models.ticket_fields import TicketField
from opale.run.desk.models.time_entries import TimeEntry
from opale.run.desk.models.wallboards import WallKey
from opale.run.desk.models.word_counts import WordCount

__all__ = [
    "BY_CUSTOMER",
    "FOREVER",
    "Approval",
    "Assignment",
    "Attachment",
    "Authority",
    "Breaker",
    "BulkItem",
    "BulkJob",
    "ChannelRule",
    "Classification",
    "Commitment",
    "DeskQuerySet",
    "ExternalReference",
    "FirstView",
    "Following",
    "Grade",
    "InternalTarget",
    "Intervention",
    "Kind",
    "Level",
    "LevelTarget",
    "Macro",
    "MacroRun",
    "MacroUse",
    "MailText",
    "MailboxRules",
    "Merge",
    "Message",
    "MessageMove",
    "News",
    "Notice",
    "NoticeChoice",
    "OfficialSentence",
    "Override",
    "Ownership",
    "Participant",
    "Pause",
    "Presence",
    "ProposedAnswer",
    "ProposedLink",
    "ReceivedMail",
    "Refusal",
    "RequestDetails",
    "RequestType",
    "Route",
    "SavedView",
    "ServiceOutage",
    "Sight",
    "Source",
    "StreamSettings",
    "TextModule",
    "TextModuleUse",
    "Ticket",
    "TicketAlert",
    "TicketField",
    "TicketLink",
    "TimeEntry",
    "WallKey",
    "Watcher",
    "WordCount",
    "WrittenDraft",
    "recallable_messages",
]

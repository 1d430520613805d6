from opale.run.paging.models.contacts import (
    ContactMethod,
    ContactMethodQuerySet,
    Gateway,
    GatewayQuerySet,
    PushKey,
    QuietHours,
    QuietHoursQuerySet,
)
from opale.run.paging.models.mobilisations import (
    Mobilisation,
    MobilisationQuerySet,
    Page,
    PageQuerySet,
)
from opale.run.paging.models.policies import EscalationPolicy, PolicyQuerySet, PolicyVersion
from opale.run.paging.models.slips import RuleFix, RuleFixQuerySet, Slip, SlipQuerySet

__all__ = [
    "ContactMethod",
    "ContactMethodQuerySet",
    "EscalationPolicy",
    "Gateway",
    "GatewayQuerySet",
    "Mobilisation",
    "MobilisationQuerySet",
    "Page",
    "PageQuerySet",
    "PolicyQuerySet",
    "PolicyVersion",
    "PushKey",
    "QuietHours",
    "QuietHoursQuerySet",
    "RuleFix",
    "RuleFixQuerySet",
    "Slip",
    "SlipQuerySet",
]

"""How resources are asked for, offered and reserved."""

from opale.build.resources.actions.answering import (
    LEAST_NAMES,
    counter_request,
    offer_names,
    refuse_request,
)
from opale.build.resources.actions.asking import (
    LIST,
    Asked,
    accept_offer,
    agree_to_date,
    ask_for,
    staff_request,
    withdraw_request,
)

__all__ = [
    "LEAST_NAMES",
    "LIST",
    "Asked",
    "accept_offer",
    "agree_to_date",
    "ask_for",
    "counter_request",
    "offer_names",
    "refuse_request",
    "staff_request",
    "withdraw_request",
]

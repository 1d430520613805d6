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
    withdraw_all,
    withdraw_request,
)
from opale.build.resources.actions.deciding import Decided, accept_lines, refuse_lines
from opale.build.resources.actions.planning import (
    SECONDS,
    WEEKS,
    ask_for_plan,
    forget_plans,
    run_plan,
    stop_plan,
)

__all__ = [
    "LEAST_NAMES",
    "LIST",
    "SECONDS",
    "WEEKS",
    "Asked",
    "Decided",
    "accept_lines",
    "accept_offer",
    "agree_to_date",
    "ask_for",
    "ask_for_plan",
    "counter_request",
    "forget_plans",
    "offer_names",
    "refuse_lines",
    "refuse_request",
    "run_plan",
    "staff_request",
    "stop_plan",
    "withdraw_all",
    "withdraw_request",
]

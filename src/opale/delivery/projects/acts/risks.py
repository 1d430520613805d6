"""Acts of risks, action items and minutes."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, change, create
from opale.delivery.projects.actions import follow_up
from opale.delivery.projects.acts.subjects import ITEM, PROJECT, RISK, place_of_risks
from opale.delivery.projects.forms import (
    ActionForm,
    DoneForm,
    MinutesForm,
    RiskChangeForm,
    RiskForm,
)
from opale.delivery.projects.models import ActionItem
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.shapes import ActionOut, MinutesOut


def is_done(item: ActionItem, _made: Any) -> str:
    """Return whether the action item is done."""
    item.refresh_from_db(fields=["done_at"])
    done, open_again = gettext("Action completed."), gettext("Action reopened.")
    return open_again if item.done_at is None else done


ACTS = (
    create(
        PROJECT, follow_up.raise_risk, "create_risk", WORK, RiskForm, made=RISK, noun="risks",
        home=place_of_risks, title=_("Add risk"), submit=_("Save"), icon="plus",
        said=_("Risk added."),
    ),
    change(
        RISK, follow_up.edit_risk, "edit_risk", WORK, RiskChangeForm, page="",
        initial=lambda risk, _by: {"closed": risk.closed_at is not None},
        title=_("Edit risk"), said=_("Risk saved."), text="`closed`: it is over.",
    ),
    create(
        PROJECT, follow_up.add_action, "create_action", WORK, ActionForm, made=ActionOut,
        noun="actions", home=place_of_risks, title=_("Add action"), submit=_("Save"),
        icon="plus", previews=False, said=_("Action added."),
    ),
    button(
        ITEM, follow_up.settle_action, "settle_action", CONTRIBUTE, of=DoneForm, noun="done",
        page="",
        said=is_done, text="Done, or with `done` false not after all.",
    ),
    create(
        PROJECT, follow_up.write_minutes, "create_minutes", WORK, MinutesForm, made=MinutesOut,
        noun="minutes", home=place_of_risks, title=_("Add minutes"), submit=_("Save"),
        icon="plus", previews=False, said=_("Minutes saved."),
    ),
)  # fmt: skip

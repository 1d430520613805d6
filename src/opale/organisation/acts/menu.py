"""Acts on the menu of one's login."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, place
from opale.kernel.actor import Actor
from opale.organisation.actions import menu
from opale.organisation.forms import MenuForm
from opale.organisation.rights import EDIT_SELF
from opale.ui import navigation


def rooms_in_menu(_none: None, by: Actor) -> dict[str, Any]:
    shown, _more = navigation.rail_entries(by)
    return {"rooms": [entry.url_name for entry in shown]}


MENU: Subject[Any] = Subject(
    name="menu", page="preferences/menu/", endpoint="/me/menu", home=place("home")
)
ACTS = (
    form(
        MENU, menu.set_menu, "edit_menu", EDIT_SELF, MenuForm, page="", noun="", verb="PUT",
        status=204, initial=rooms_in_menu, title=_("Edit menu"), submit=_("Save"),
        label=_("Edit menu"), said=_("Menu saved."), beside=("reset_menu",),
    ),
    button(
        MENU, menu.reset_menu, "reset_menu", EDIT_SELF, page="reset", noun="reset", status=204,
        label=_("Reset to my role"), icon="restore", tone="ghost", said=_("Menu reset."),
    ),
)  # fmt: skip

"""Actions on the menu of a login."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.organisation.models import User
from opale.ui import navigation


def set_menu(*, by: Actor, rooms: Collection[str] = ()) -> None:
    """Put these rooms, by name, into the menu of one's login, and take the others out of it.

    What a new version brings for one's functions is added by itself.
    Errors: NotAllowed, Invalid.
    """
    known = {entry.url_name for entry in navigation.entries_for(by, navigation.Area.ROOM)}
    if unknown := set(rooms) - known:
        raise Invalid(
            rooms=_("Unknown menu entries: %(names)s") % {"names": ", ".join(sorted(unknown))}
        )
    _save(navigation.changed_pins(rooms, by), by)


def reset_menu(*, by: Actor) -> None:
    """Give one's menu the rooms of one's functions again. Errors: NotAllowed."""
    _save(navigation.Pins(), by)


def _save(pins: navigation.Pins, by: Actor) -> None:
    if by.person_id is None or by.user_id is None:
        raise NotAllowed
    with attributed(by):
        user = User.objects.select_for_update().get(pk=by.user_id, is_active=True)
        update_changed(user, {"pinned": sorted(pins.pinned), "unpinned": sorted(pins.unpinned)})

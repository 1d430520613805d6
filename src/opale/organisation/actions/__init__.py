"""How the organisation changes: the only writer of this room's tables."""

from opale.organisation.actions.access import (
    close_access,
    end_session,
    invite,
    let_in,
    move_login,
    note_session,
    send_invitation,
    set_preferences,
    shut_out,
)
from opale.organisation.actions.companies import (
    close_company,
    create_company,
    edit_company,
    reopen_company,
)
from opale.organisation.actions.people import (
    cancel_absence,
    create_person,
    edit_absence,
    edit_person,
    leave,
    record_absence,
    remove_skill,
    set_skill,
)
from opale.organisation.actions.reference import (
    create_calendar,
    create_skill,
    edit_calendar,
    edit_skill,
)
from opale.organisation.actions.teams import (
    add_member,
    close_team,
    create_team,
    edit_membership,
    edit_team,
    end_membership,
)
from opale.organisation.actions.tokens import create_token, note_use, revoke_token

__all__ = [
    "add_member",
    "cancel_absence",
    "close_access",
    "close_company",
    "close_team",
    "create_calendar",
    "create_company",
    "create_person",
    "create_skill",
    "create_team",
    "create_token",
    "edit_absence",
    "edit_calendar",
    "edit_company",
    "edit_membership",
    "edit_person",
    "edit_skill",
    "edit_team",
    "end_membership",
    "end_session",
    "invite",
    "leave",
    "let_in",
    "move_login",
    "note_session",
    "note_use",
    "record_absence",
    "remove_skill",
    "reopen_company",
    "revoke_token",
    "send_invitation",
    "set_preferences",
    "set_skill",
    "shut_out",
]

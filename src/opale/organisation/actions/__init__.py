"""How the organisation changes: the only writer of this room's tables."""

from opale.organisation.actions.tokens import create_token, note_use, revoke_token

__all__ = ["create_token", "note_use", "revoke_token"]

"""The rights of this room."""

READ = "organisation.read"
EDIT = "organisation.edit"
ADMINISTER = "organisation.administer"
EDIT_SELF = "organisation.edit_self"
TOKENS = "organisation.tokens"
OF_LOGIN = frozenset({TOKENS, "webhooks.use"})
"""Rights on what belongs to a login itself, whatever its customer."""

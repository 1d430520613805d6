"""The rights of this room."""

READ = "organisation.read"
EDIT = "organisation.edit"
ADMINISTER = "organisation.administer"

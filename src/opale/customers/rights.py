"""The rights of this room."""

READ = "customers.read"
EDIT = "customers.edit"
EDIT_CONTACTS = "customers.edit_contacts"
PORTFOLIO = "customers.portfolio"

"""Acts of contact methods, mobilisations and slips, a module for each; `ACTS` are all of them."""

from opale.run.paging.acts import contacts, mobilisations, slips

ACTS = (*contacts.ACTS, *mobilisations.ACTS, *slips.ACTS)

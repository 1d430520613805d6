"""Reference tables declared once: their list, acts, page of a row, endpoints and file.

An app declares a `ReferenceTable` in its `listings.py` and names it in `web/urls.py`, in its router
and in `apps.py`. docs/howto/declare-a-listing.md shows it.
"""

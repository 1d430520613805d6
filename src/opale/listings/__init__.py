"""Lists declared once: their page, export, endpoint, bulk acts and palette jumps.

An app declares a `Listing` in its `listings.py` and names it in `web/urls.py`, in its router and in
`apps.py`. docs/howto/declare-a-listing.md shows it.
"""

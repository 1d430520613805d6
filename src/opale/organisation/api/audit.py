"""Endpoint of the audit log."""

from ninja import Router

from opale.listings.endpoints import list_endpoint
from opale.organisation.listings import AUDIT_LOG
from opale.organisation.shapes import AuditEntryOut

router = Router()

list_endpoint(
    router,
    "/audit-log",
    AUDIT_LOG,
    AuditEntryOut,
    name="list_audit_entries",
    text="What happened to logins, credentials and rights, the newest first.",
)

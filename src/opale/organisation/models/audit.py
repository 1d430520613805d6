"""The audit log: logins, rights and credentials."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet

KEPT_AT_LEAST_DAYS = 30


class AuditEntryQuerySet(OwnedQuerySet["AuditEntry"]):
    read_right = "organisation.administer"


class AuditEntry(models.Model):
    """What happened to a login, its credentials or its rights. Entries are added, never changed.

    `actor` did it; of a login that failed nobody is known. `login` is the address of the login that
    it happened to, as it was then; `details` names what was given or ended.
    """

    class Event(models.TextChoices):
        LOGIN = "login", _("Logged in")
        LOGIN_FAILED = "login_failed", _("Login failed")
        LOGIN_BLOCKED = "login_blocked", _("Login blocked after too many failures")
        LOGOUT = "logout", _("Logged out")
        PASSWORD_RESET = "password_reset", _("Password reset")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        ACCESS_GIVEN = "access_given", _("Access granted")
        ACCESS_CLOSED = "access_closed", _("Access revoked")
        EMAIL_CHANGED = "email_changed", _("Login address changed")
        SESSION_ENDED = "session_ended", _("Session ended")
        FUNCTION_GIVEN = "function_given", _("Function granted")
        FUNCTION_ENDED = "function_ended", _("Function ended")
        TOKEN_CREATED = "token_created", _("API token created")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")

    reach_paths: ClassVar[dict[str, str]] = {}

    at = models.DateTimeField(default=now)
    event = models.CharField(max_length=20, choices=Event.choices)
    actor = models.CharField(max_length=200, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    login = models.CharField(max_length=254, blank=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    details = models.CharField(max_length=500, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["event", "-id"], name="audit_of_event"),
            models.Index(fields=["at"], name="audit_age"),
        )
        triggers = (
            pgtrigger.Protect(name="audit_unchanged", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="audit_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    f"OLD.at > now() - interval '{KEPT_AT_LEAST_DAYS} days'"
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.login}"

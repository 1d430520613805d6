"""allauth's adapters.

There is no self-registration, an OIDC login needs an existing user, mails leave by a job with the
address of the settings, and the secrets of second factors are kept encrypted.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from opale.organisation.actions import access, second_factors
from opale.organisation.actions.audit import record_failed_login
from opale.organisation.models import AuditEntry, User
from opale.organisation.queries.identity import active_user_with
from opale.organisation.web.devices import known_browser


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return f"[{access.site().name}] {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        # The library would take the host that the request names, which anybody may choose.
        return access.reset_link(key)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        access.request_password_reset(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; those that answer the request of a new password leave by one job, whether
        there is such a login or not.
        """
        if template_prefix == access.UNKNOWN_MAIL:
            access.request_password_reset(email)
            return
        super().send_mail(template_prefix, email, {**context, "current_site": access.site()})

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            blocked = AuditEntry.Event.LOGIN_BLOCKED
            record_failed_login(blocked, login=_login_in(credentials), request=request)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        failed = AuditEntry.Event.LOGIN_FAILED
        record_failed_login(failed, login=_login_in(credentials), request=request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return the name under which failures are counted: a login's, apart for browsers that its
        owner has used before. Never by the host that the request names.
        """
        login = _login_in(credentials)
        return f"{login}:{known_browser(request, login)}"


def _login_in(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", credentials.get("username", ""))).strip().lower()


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect the outside identity to the user with the same, verified, address."""
        if sociallogin.is_existing:
            return
        verified = {a.email.lower() for a in sociallogin.email_addresses if a.verified}
        user = active_user_with(verified)
        if user is None:
            record_failed_login(
                AuditEntry.Event.LOGIN_FAILED,
                login=", ".join(sorted(verified)),
                request=request,
                details=sociallogin.account.provider,
            )
            messages.error(request, _("No Opale user has this email address."))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Encrypts second factors with a key of the settings: the database alone reveals nothing."""

    def encrypt(self, text: str) -> str:
        return second_factors.box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.box().decrypt(encrypted_text.encode()).decode()

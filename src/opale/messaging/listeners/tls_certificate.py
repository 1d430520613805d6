"""The certificate that the listeners show to mail servers (STARTTLS, RFC 3207)."""

import logging
import ssl
from pathlib import Path

from django.conf import settings

from opale.environment import BadSetting

logger = logging.getLogger(__name__)


class TlsCertificate:
    """The configured certificate. A renewed file is used from the next connection on."""

    def __init__(self, certificate: str, key: str) -> None:
        """Load the files. Errors: OSError (one is missing, no certificate, or of another key)."""
        self._certificate, self._key = certificate, key or certificate
        self._seen = self._times()
        self._context = self._loaded()

    def context(self) -> ssl.SSLContext:
        """Return the newest readable certificate; during a renewal, the one before."""
        try:
            if (times := self._times()) != self._seen:
                self._context, self._seen = self._loaded(), times
        except OSError as error:
            logger.warning("the renewed certificate of the mail listeners is not used: %s", error)
        return self._context

    def _times(self) -> list[int]:
        return [Path(name).stat().st_mtime_ns for name in (self._certificate, self._key)]

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate, self._key)
        return context


def load_certificate() -> TlsCertificate | None:
    """Return the certificate; None where none is configured. Errors: BadSetting."""
    if not settings.MAIL_TLS_CERTIFICATE:
        if settings.MAIL_TLS_REQUIRED:
            raise BadSetting("OPALE_MAIL_TLS_REQUIRED", "needs OPALE_MAIL_TLS_CERTIFICATE")
        return None
    try:
        return TlsCertificate(settings.MAIL_TLS_CERTIFICATE, settings.MAIL_TLS_KEY)
    except OSError as error:
        raise BadSetting(
            "OPALE_MAIL_TLS_CERTIFICATE", f"names what cannot be used: {error}"
        ) from error

"""The severities that the words of outside tools stand for."""

from collections.abc import Mapping
from typing import Final

from opale.run.events.states import Severity

SEVERITIES: Final[Mapping[str, Severity]] = {
    "critical": Severity.CRITICAL,
    "crit": Severity.CRITICAL,
    "page": Severity.CRITICAL,
    "emerg": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "disaster": Severity.CRITICAL,
    "sev0": Severity.CRITICAL,
    "major": Severity.MAJOR,
    "immediate": Severity.MAJOR,
    "down": Severity.MAJOR,
    "unreachable": Severity.MAJOR,
    "high": Severity.MAJOR,
    "error": Severity.MAJOR,
    "err": Severity.MAJOR,
    "sev1": Severity.MAJOR,
    "minor": Severity.MINOR,
    "sev2": Severity.MINOR,
    "average": Severity.MINOR,
    "medium": Severity.MINOR,
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "low": Severity.WARNING,
    "sev3": Severity.WARNING,
    "info": Severity.INFO,
    "sev4": Severity.INFO,
    "verbose": Severity.INFO,
    "informational": Severity.INFO,
    "information": Severity.INFO,
    "notice": Severity.INFO,
    "none": Severity.INFO,
    "debug": Severity.INFO,
    "trace": Severity.INFO,
    "indeterminate": Severity.WARNING,
    "p1": Severity.CRITICAL,
    "p2": Severity.MAJOR,
    "p3": Severity.MINOR,
    "p4": Severity.WARNING,
    "p5": Severity.INFO,
}
DEFAULT_SEVERITY: Final = Severity.WARNING
"""The severity for an unknown word: neither hidden nor loud."""


def parse_severity(word: str) -> Severity:
    """Return the severity of a word in any case; an unknown one is a warning."""
    return SEVERITIES.get(word.strip().lower(), DEFAULT_SEVERITY)

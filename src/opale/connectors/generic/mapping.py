"""The mapping of a JSON document: one JMESPath expression for each member of an event.

Source: the JMESPath specification, https://jmespath.org/specification.html. Three functions are
added: `after(text, mark)`, `before(text, mark)` and `parse_json(text)`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import jmespath
import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult

from opale.run.events.domain.deliveries import Setting

MAX_LENGTH: Final = 500
WORD_SETTINGS: Final = frozenset({"clear_words", "acknowledge_words"})
"""The settings that are lists of words, not expressions."""


class TextFunctions(Functions):
    """Functions on texts; of anything else they return null, so that `||` goes on."""

    @signature({"types": []}, {"types": ["string"]})
    def _func_after(self, text: Any, mark: str) -> str | None:
        """Return what follows the first mark; null where it is missing."""
        return text.partition(mark)[2] or None if isinstance(text, str) and mark else None

    @signature({"types": []}, {"types": ["string"]})
    def _func_before(self, text: Any, mark: str) -> str | None:
        """Return what stands before the first mark; the whole text where it is missing."""
        return text.partition(mark or "\0")[0] if isinstance(text, str) else None

    @signature({"types": []})
    def _func_parse_json(self, text: Any) -> Any:
        """Return the object or the list that a text is; null for any other text."""
        if not isinstance(text, str) or not text.lstrip().startswith(("{", "[")):
            return None
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            return None


OPTIONS: Final = jmespath.Options(custom_functions=TextFunctions())
SETTINGS: Final = (
    Setting(
        "events",
        gettext_lazy("Path to the events"),
        "alerts || events || @",
        gettext_lazy(
            "A list, or one object; @ is the whole body. The fields below are read from there."
        ),
    ),
    Setting(
        "title",
        gettext_lazy("Title"),
        "title || summary || message || name || annotations.summary || labels.alertname",
    ),
    Setting("text", gettext_lazy("Text"), "text || description || annotations.description"),
    Setting(
        "severity", gettext_lazy("Severity"), "severity || level || priority || labels.severity"
    ),
    Setting("state", gettext_lazy("State"), "status || state"),
    Setting(
        "clear_words",
        gettext_lazy("States that clear the alert"),
        "resolved, resolve, recovered, recovery, ok, up, normal, clear, cleared, closed, close,"
        " success, healthy, inactive, restored, fixed, ended, canceled, cancelled",
        gettext_lazy("Separated by commas. Any other state means that the alert is still active."),
    ),
    Setting(
        "acknowledge_words",
        gettext_lazy("States that acknowledge the alert"),
        "acknowledged, acknowledge, ack",
    ),
    Setting(
        "host",
        gettext_lazy("Host or resource"),
        "host || hostname || resource || node || device || instance || source || labels.instance",
        gettext_lazy("Becomes the label host, which identifies the item."),
    ),
    Setting(
        "time",
        gettext_lazy("Time of the event"),
        "time || timestamp || occurred_at || date || startsAt",
        gettext_lazy(
            "RFC 3339, or seconds or milliseconds since 1970; by default, the time of receipt."
        ),
    ),
    Setting(
        "identity",
        gettext_lazy("Identity"),
        "dedup_key || fingerprint || id || alias || event_id || key",
        gettext_lazy("The same at the start and the end of a problem; by default, host and title."),
    ),
    Setting("url", gettext_lazy("Page URL"), "url || link || generatorURL"),
    Setting(
        "labels",
        gettext_lazy("Labels"),
        "labels || tags || @",
        gettext_lazy("An object, or a list of name=value or name:value."),
    ),
)
DEFAULTS: Final[Mapping[str, str]] = {setting.name: setting.default for setting in SETTINGS}


def find_faults(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the faults of expressions, by their names, in the reader's language."""
    wrong = {}
    for name, told in settings.items():
        if len(told) > MAX_LENGTH:
            wrong[name] = _("At most %(most)s characters.") % {"most": MAX_LENGTH}
        elif name not in WORD_SETTINGS and told:
            try:
                _compiled(told)
            except JMESPathError as error:
                where = getattr(error, "lex_position", None)
                wrong[name] = (
                    _("Not a valid JMESPath expression.")
                    if where is None
                    else _("Not a valid JMESPath expression: check character %(where)s.")
                    % {"where": where + 1}
                )
    if "title" in settings and not settings["title"]:
        wrong["title"] = _("A title is required.")
    return wrong


def evaluate(name: str, settings: Mapping[str, str], within: Any) -> Any:
    """Return what the expression of that name finds; None for nothing, or where it does not fit.

    `settings` are the expressions that are not the default.
    """
    expression = settings.get(name, DEFAULTS[name])
    if not expression:
        return None
    try:
        return _compiled(expression).search(within, OPTIONS)
    except (JMESPathError, RecursionError):
        return None


def changed(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that are not the default."""
    return {name: said for name, said in settings.items() if said != DEFAULTS.get(name)}


def parse_words(name: str, settings: Mapping[str, str]) -> frozenset[str]:
    return _words(settings.get(name, DEFAULTS[name]))


@lru_cache(1000)
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


@lru_cache(1000)
def _words(said: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in said.split(",")) - {""}

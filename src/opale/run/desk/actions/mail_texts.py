"""Editing the mail text of an occasion, and resetting it to the shipped one. Nothing is lost."""

from django.utils.translation import gettext as _

from opale.customers.models import SupportPlan
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.desk.domain.mail_occasions import MailTemplate, Occasion
from opale.run.desk.domain.text_variables import unknown_variables_in, variable_names_in
from opale.run.desk.models import MailText
from opale.run.desk.rights import ADMINISTER

MAX_MAIL_LENGTH = 20_000


def write_mail_text(
    occasion: Occasion,
    language: str,
    plan: SupportPlan | None,
    words: MailTemplate,
    *,
    by: Actor,
) -> MailText:
    """Save the text for every mail of the occasion from now on.

    Errors: NotAllowed, Invalid (nothing said, an unknown variable, or a variable that the occasion
    needs is missing).
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    words = MailTemplate(" ".join(words.subject.split()), words.body.replace("\r\n", "\n").strip())
    _check(occasion, words)
    return _write(occasion, language, plan, by, subject=words.subject, body=words.body)


def reset_mail_text(
    occasion: Occasion, language: str, plan: SupportPlan | None, *, by: Actor
) -> MailText:
    """Reset to the shipped text; for a plan, to the text of all plans. Errors: NotAllowed."""
    if not by.can(ADMINISTER):
        raise NotAllowed
    return _write(occasion, language, plan, by, is_shipped=True)


def _check(occasion: Occasion, words: MailTemplate) -> None:
    wrong: dict[str, str] = {}
    for name, text in (("subject", words.subject), ("body", words.body)):
        if not text:
            wrong[name] = _("Write a message first.")
        elif unknown := unknown_variables_in(text, occasion.known):
            wrong[name] = _("Unknown variable “%(name)s”.") % {"name": unknown[0]}
    if len(words.body) > MAX_MAIL_LENGTH:
        wrong["body"] = _("This text is too long.")
    says = any(variable.name == "text" for variable in occasion.own)
    if says and "body" not in wrong and "text" not in variable_names_in(words.body):
        wrong["body"] = _("“text” is required: without it, the mail has no content.")
    if wrong:
        raise Invalid(**wrong)


def _write(
    occasion: Occasion, language: str, plan: SupportPlan | None, by: Actor, **said: object
) -> MailText:
    with attributed(by):
        return MailText.objects.create(
            occasion=occasion.name,
            language=language,
            plan=plan,
            actor=by.key,
            actor_name=by.name[:200],
            at=clock.now(),
            **said,
        )

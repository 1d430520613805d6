"""Endpoints of the desk's mail texts by occasion: read, write, reset, try."""

from datetime import datetime

from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.customers.models import SupportPlan
from opale.customers.queries.services import get_plan_by_code
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_resource_changed
from opale.messaging.queries.letterheads import logo_as_data
from opale.messaging.queries.mail_layout import letter_as_html, letter_as_text
from opale.run.desk.actions import mail_texts
from opale.run.desk.actions.mail_texts import MAX_MAIL_LENGTH
from opale.run.desk.domain.mail_occasions import OCCASIONS_BY_NAME, MailTemplate
from opale.run.desk.queries import mail_texts as mail_text_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.mail_texts import MailTextState, mail_template_for
from opale.run.desk.rights import ADMINISTER

router = Router()


class MailTextOut(Schema):
    """`plan` is empty for all plans. `is_shipped`: nobody wrote another; `author` and `at` are of
    who did."""

    occasion: str
    language: str
    plan: str
    subject: str
    body: str
    is_shipped: bool
    author: str
    at: datetime | None


class MailTextIn(Schema):
    subject: str = Field(max_length=300)
    body: str = Field(max_length=MAX_MAIL_LENGTH)


class Tried(MailTextIn):
    ticket: int = Field(description="The number of the ticket on which the mail is shown")


class TriedOut(Schema):
    """A mail as it would go out; `missing` are variables without value on the ticket: their lines
    are left out. `unknown` are no variables at all."""

    subject: str
    text: str
    html: str
    missing: list[str]
    unknown: list[str]


@router.get("/mail/texts", response=list[MailTextOut], auth=may(ADMINISTER))
def list_mail_texts(request: ActorRequest) -> list[MailTextOut]:
    """Each occasion in each language, for all plans and for those with a text of their own."""
    return [_shown(state) for state in mail_text_queries.mail_texts(seen_by=request.actor)]


@router.get("/mail/texts/{str:occasion}/{str:language}", response=MailTextOut, auth=may(ADMINISTER))
def get_mail_text(
    request: ActorRequest, occasion: str, language: str, plan: str = ""
) -> MailTextOut:
    """The text that counts; for a plan without one of its own, that of all plans."""
    return _read(request, occasion, language, _plan(request, plan))


@router.put("/mail/texts/{str:occasion}/{str:language}", response=MailTextOut, auth=may(ADMINISTER))
def write_mail_text(
    request: ActorRequest, occasion: str, language: str, body: MailTextIn, plan: str = ""
) -> MailTextOut:
    """It counts from now on. With `If-Match`, only if it is still what was read."""
    wanted = _plan(request, plan)

    def shown() -> MailTextOut:
        return _read(request, occasion, language, wanted)

    shown()
    with unless_resource_changed(request, f"desk.mail_text:{occasion}.{language}", shown):
        words = MailTemplate(body.subject, body.body)
        mail_texts.write_mail_text(
            OCCASIONS_BY_NAME[occasion], language, wanted, words, by=request.actor
        )
    return shown()


@router.delete(
    "/mail/texts/{str:occasion}/{str:language}", response={204: None}, auth=may(ADMINISTER)
)
def ship_mail_text(
    request: ActorRequest, occasion: str, language: str, plan: str = ""
) -> Status[None]:
    """Back to what Opale ships; for a plan, to the text of all plans."""
    wanted = _plan(request, plan)
    state, _words = mail_text_queries.mail_text(occasion, language, wanted, seen_by=request.actor)
    mail_texts.reset_mail_text(state.occasion, language, wanted, by=request.actor)
    return Status(204, None)


@router.post(
    "/mail/texts/{str:occasion}/{str:language}/preview",
    response=TriedOut,
    auth=may(ADMINISTER),
)
def try_mail_text(request: ActorRequest, occasion: str, language: str, body: Tried) -> TriedOut:
    """The mail on a ticket with these words; nothing is kept or sent."""
    state, _words = mail_text_queries.mail_text(occasion, language, None, seen_by=request.actor)
    ticket = tickets.get_ticket(body.ticket, seen_by=request.actor)
    words = MailTemplate(body.subject, body.body)
    found = mail_text_queries.preview_mail(
        ticket, state.occasion, words, language, by=request.actor
    )
    return TriedOut(
        subject=found.subject,
        text=letter_as_text(found.letter),
        html=letter_as_html(found.letter, logo=logo_as_data(found.letter.head)),
        missing=[variable.name for variable in found.missing],
        unknown=list(found.unknown),
    )


def _plan(request: ActorRequest, code: str) -> SupportPlan | None:
    return get_plan_by_code(code, seen_by=request.actor) if code else None


def _read(
    request: ActorRequest, occasion: str, language: str, plan: SupportPlan | None
) -> MailTextOut:
    state, _words = mail_text_queries.mail_text(occasion, language, plan, seen_by=request.actor)
    return _shown(state)


def _shown(state: MailTextState) -> MailTextOut:
    plan, last = state.plan, state.last
    words = mail_template_for(state.occasion.name, state.language, plan.pk if plan else None)
    return MailTextOut(
        occasion=state.occasion.name,
        language=state.language,
        plan=plan.code if plan else "",
        subject=words.subject,
        body=words.body,
        is_shipped=last is None,
        author=last.actor_name if last else "",
        at=last.at if last else None,
    )

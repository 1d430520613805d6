"""The API keeps to its own document: what it says is sent is accepted, and nothing is a failure.

Every operation is tried with values made from the OpenAPI document, good and bad, as an
administrator; each answer must be one that the document describes.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario
from schemathesis.hooks import HookContext
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)
from tests.personas import make_personas
from tests.profiles import is_thorough

from opale.api.urls import api

REFUSED_FIRST = (ParameterLocation.PATH, ParameterLocation.QUERY)
OF_CONTENT = (CoverageScenario.MALFORMED_CONTENT_TYPE, CoverageScenario.UNSUPPORTED_CONTENT_TYPE)
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 4

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = get_wsgi_application()
OPERATIONS = {
    one.label: one
    for one in (found.ok() for found in schema.get_all_operations())  # type: ignore[union-attr]  # or the document is broken
}

refused: set[tuple[str, ...]] = set()
"""What was tried and could not reach an operation: each bad value, and each place of one."""


def field_refused(about: CoveragePhaseData, case: Any) -> tuple[str, ...]:
    """Return which field of a body is bad by which rule, and its value; () where it is none."""
    rule = (about.location or "").split("/")
    if about.parameter_location is not ParameterLocation.BODY or rule[:2] != ["", "properties"]:
        return ()
    if not isinstance(case.body, dict) or len(rule) < 4:
        return ()
    return ("body", about.location or "", repr(case.body.get(rule[2])))


@schema.hook
def filter_case(context: HookContext, case: Any) -> bool:
    """Whether a case says more than those before it.

    A verb that a path does not have is refused by the one router, another type of content by the
    one parser, and a bad value in a path, a query or a field of a body by the declaration of that
    parameter, before any operation is asked: with the first operation that declares it so each bad
    value is tried, with each other one of them. Thoroughly, all bodies are sent to all.
    """
    about, asked = case.meta.phase.data, case.operation
    good = case.meta.generation.mode is GenerationMode.POSITIVE
    if good or not isinstance(about, CoveragePhaseData):
        return True
    place: tuple[str, ...]
    value: tuple[str, ...]
    if about.scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        place, value = (asked.path, "verb"), ("verb", case.method)
    elif about.parameter and about.parameter_location in REFUSED_FIRST:
        declared = getattr(asked, about.parameter_location.container_name).get(about.parameter)
        sent = getattr(case, about.parameter_location.container_name).get(about.parameter)
        place = (asked.label, about.parameter)
        value = (about.parameter, repr(declared and declared.definition), repr(sent))
    elif about.scenario in OF_CONTENT:
        place, value = ("content",), (about.scenario, repr(case.headers), case.media_type)
    elif (field := field_refused(about, case)) and not is_thorough():
        place, value = (asked.label, "body"), field
    else:
        return True
    if {place, value} <= refused:
        return False
    refused.update((place, value))
    return True


@pytest.fixture(scope="module")
def token(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """An administrator's, in a house of which nothing remains."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        # A served request would end the connection, and with it the transaction of the house.
        signal.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_personas().token("administrator")
        transaction.set_rollback(True)
    for signal in ends:
        signal.connect(close_old_connections)


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def keeps_to_its_document(case: Any, token: str) -> None:
    with transaction.atomic():
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_keeps_to_its_document(label: str, token: str) -> None:
    """What it is tried with is made here: where tests are read, each process would make it all."""
    wanted = HypothesisTestConfig(project=schema.config, modes=list(HypothesisTestMode))
    test = create_test(operation=OPERATIONS[label], test_func=keeps_to_its_document, config=wanted)
    test(token=token)


def test_each_operation_has_a_name_of_its_own() -> None:
    """What a generated client calls it by."""
    named = Counter(api.get_openapi_operation_id(one) for _path, one in api.operations())
    assert [name for name, times in named.items() if times > 1] == []

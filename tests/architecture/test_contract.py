"""The API keeps to its own document: what it says is sent is accepted, and nothing is a failure.

Every operation is tried with values made from the OpenAPI document, good and bad, as an
administrator; each answer must be one that the document describes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
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
from tests.architecture.route_table import offered
from tests.personas import make_personas
from tests.profiles import examples, is_thorough

from opale.api.urls import api

pytestmark = pytest.mark.xdist_group("contract")
"""One process tries all operations: what one has tried, no other one tries once more."""

REFUSED_FIRST = (ParameterLocation.PATH, ParameterLocation.QUERY)
OF_CONTENT = (CoverageScenario.MALFORMED_CONTENT_TYPE, CoverageScenario.UNSUPPORTED_CONTENT_TYPE)
NAMED = ("title", "description")
BOUNDS = ("default", "maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems")
BESIDE_A_BOUND = "near-boundary"
"""How values one less or more than the utmost ones are told, which are tried as well."""
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 2

LABELS = [name for name in offered() if " " in name]
"""The operations as the router has them; the document takes seconds, so it is made in the test."""


@cache
def document() -> Any:
    """Return the document of the API, with what is asked by it."""
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    schema.app = get_wsgi_application()
    schema.hook(filter_case)
    return schema


@cache
def operations() -> Mapping[str, Any]:
    """Return each operation of the document by its verb and path."""
    return {one.label: one for one in (found.ok() for found in document().get_all_operations())}


refused: set[tuple[str, ...]] = set()
"""What was tried and could not reach an operation: each bad value, and each place of one."""
accepted: set[tuple[str, ...]] = set()
"""What was tried and reached one: each good value, and each place of one."""


def field_refused(about: CoveragePhaseData, case: Any) -> tuple[str, ...]:
    """Return by which rule of which declaration a field of a body is bad, and its value.

    () where the body is bad otherwise. What a field is called has no say in whether it is taken.
    """
    rule = (about.location or "").split("/")
    if about.parameter_location is not ParameterLocation.BODY or rule[:2] != ["", "properties"]:
        return ()
    if not isinstance(case.body, dict) or len(rule) < 4:
        return ()
    asked, raw = case.operation, document().raw_schema
    content = raw["paths"][asked.path][asked.method]["requestBody"]["content"]
    shape = content[case.media_type]["schema"]
    if "$ref" in shape:
        shape = raw["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    field = shape.get("properties", {}).get(rule[2], {})
    # How long or large a value may be has no say in whether it is of the type.
    left = NAMED + BOUNDS if rule[-1] == "type" else NAMED
    told = {name: value for name, value in field.items() if name not in left}
    return ("body", repr(told), "/".join(rule[3:]), repr(case.body.get(rule[2])))


def only_headers(about: CoveragePhaseData, case: Any) -> tuple[str, ...]:
    """Return which headers a case is about that no reading operation looks at by itself."""
    if about.parameter_location is not ParameterLocation.HEADER or about.parameter:
        return ()
    if about.scenario is not CoverageScenario.OBJECT_UNEXPECTED_PROPERTIES and case.method != "GET":
        return ()
    return ("headers", case.method, str(about.scenario), *sorted(case.headers))


def good_values(about: CoveragePhaseData, case: Any) -> set[tuple[str, ...]]:
    """Return the good values that a case is about, with its place; none where it is about all.

    Of a query, a value with the declaration of its parameter. Of a body, each field with its value
    and what the address begins with: there it goes to the same columns.
    """
    asked = case.operation
    if headers := only_headers(about, case):
        return {headers}
    if about.parameter_location is ParameterLocation.QUERY and about.parameter:
        declared = asked.query.get(about.parameter)
        value = (repr(declared and declared.definition), repr(case.query.get(about.parameter)))
        return {(about.parameter, *value), (asked.label, about.parameter)}
    if about.scenario is CoverageScenario.VALID_OBJECT and isinstance(case.body, dict):
        of = "/".join(asked.path.split("/")[:4])
        fields = {(of, name, repr(value)) for name, value in case.body.items()}
        return {*fields, (asked.label, "body")}
    return set()


def filter_case(context: HookContext, case: Any) -> bool:
    """Whether a case says more than those before it.

    A verb that a path does not have is refused by the one router, another type of content by the
    one parser, and a bad value in a path, a query or a field of a body by the declaration of that
    parameter, before any operation is asked: with the first operation that declares it so each bad
    value is tried, with each other one of them. So are good values of a query or a body that the
    same declaration or the same columns took before, and headers that no operation reads by itself.
    Thoroughly, all bodies, headers and good values are sent to all.
    """
    about, asked = case.meta.phase.data, case.operation
    if not isinstance(about, CoveragePhaseData):
        return True
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        if BESIDE_A_BOUND in about.description.lower() and not is_thorough():
            return False
        values = good_values(about, case)
        if values and values <= accepted and not is_thorough():
            return False
        accepted.update(values)
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
        place, value = (asked.label, str(about.location).split("/")[2]), field
    elif (headers := only_headers(about, case)) and not is_thorough():
        place = value = headers
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
    max_examples=examples(EXAMPLES),
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
@pytest.mark.parametrize("label", LABELS)
def test_an_operation_keeps_to_its_document(label: str, token: str) -> None:
    """What it is tried with is made here: where tests are read, each process would make it all."""
    wanted = HypothesisTestConfig(project=document().config, modes=list(HypothesisTestMode))
    asked = operations()[label]
    create_test(operation=asked, test_func=keeps_to_its_document, config=wanted)(token=token)


def test_every_operation_of_the_document_is_tried() -> None:
    assert set(operations()) == set(LABELS)


def test_each_operation_has_a_name_of_its_own() -> None:
    """What a generated client calls it by."""
    named = Counter(api.get_openapi_operation_id(one) for _path, one in api.operations())
    assert [name for name, times in named.items() if times > 1] == []

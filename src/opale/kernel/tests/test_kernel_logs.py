"""No secret ever stands in a log line."""

import io
import logging
from collections.abc import Iterator

import pytest

from opale.kernel.logs import formatter, without_secrets

SECRET = "s3cr3t-Value_42"


@pytest.mark.parametrize(
    "text",
    [
        f"POST /ingest/alertmanager/{SECRET} 200",
        f"POST /ingest/pagerduty/{SECRET}/v2/enqueue?x=1",
        f"http://localhost:8000/ingest/generic/{SECRET}?retry=1#top",
        f"Authorization: Bearer {SECRET}",
        f"authorization=Bearer {SECRET}",
        f"'Authorization': 'GenieKey {SECRET}'",
        f'{{"authorization": "Basic {SECRET}"}}',
        f"X-Api-Key: {SECRET}",
        f"api_key={SECRET}&x=1",
        f"?key={SECRET}",
        f'"routing_key": "{SECRET}"',
        f"apiKey: {SECRET}",
        f"password={SECRET}",
        f"'password': '{SECRET}'",
        f"login failed for a@b.fr password:{SECRET},",
        f"api_token={SECRET}",
        f"csrfmiddlewaretoken={SECRET}",
        f"client_secret={SECRET}",
        f"Cookie: sessionid={SECRET}; csrftoken={SECRET}",
        f"postgresql://opale:{SECRET}@127.0.0.1:5432/opale",
        f"smtp://robot%40example.net:{SECRET}@mail:25",
        f"token opale_{SECRET}{SECRET}{SECRET} was refused",
    ],
)
def test_secrets_are_blanked_wherever_they_stand(text: str) -> None:
    clean = without_secrets(text)
    assert SECRET not in clean
    assert "***" in clean


@pytest.mark.parametrize(
    "text",
    [
        "GET /tickets/48213/ 200 12ms",
        "the monkey: it is a turkey=no key here",
        "Key (email)=(a@b.fr) already exists.",
        "http://localhost:8000/api/v1/alerts?q=disk",
        "the database opale_test_4f1a_main is migrated",
        "key",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert without_secrets(text) == text


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger and what it wrote."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter())
    logger = logging.getLogger("opale.test_of_logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, output
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_record_is_one_line_with_its_level_and_name(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, output = written
    logger.warning("mail %s was\nnot sent", 12)
    (line,) = output.getvalue().splitlines()
    assert "level=warning" in line
    assert "logger=opale.test_of_logs" in line
    assert "mail 12 was" in line


def test_arguments_and_tracebacks_hold_no_secret_either(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, output = written
    try:
        raise ValueError(f"cannot connect to smtp://robot:{SECRET}@mail:25")
    except ValueError:
        logger.exception("failed at %s", f"/ingest/zabbix/{SECRET}")
    line = output.getvalue()
    assert "ValueError" in line
    assert "/ingest/zabbix/***" in line
    assert SECRET not in line
    assert line.count("\n") == 1


def test_nothing_in_a_line_moves_a_terminal(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, output = written
    logger.info("GET %s", "/a\x1b[2Jb\rc\u202ed\x7fé")
    (line,) = output.getvalue().splitlines()
    assert line.isprintable()
    assert "é" in line

"""Error answers: problem details (RFC 9457) with the project's extension members."""

import re

from raw_http import Response

CORRELATION_ID = re.compile(r"corr_[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def check_problem(response: Response, status: int) -> dict:
    """Checks an error answer and returns its members."""
    assert response.status == status, response
    assert response.header("content-type").split(";")[0] == "application/problem+json", response
    problem = response.json()
    assert problem["status"] == status, problem
    assert all(isinstance(problem[name], str) and problem[name] for name in ("type", "title", "correlationId")), problem
    assert problem["correlationId"] == check_correlation(response), problem
    return problem


def check_correlation(response: Response) -> str:
    """Checks that an answer carries a correlation id, and returns it."""
    value = response.header("x-correlation-id")
    assert value and CORRELATION_ID.fullmatch(value), response
    return value

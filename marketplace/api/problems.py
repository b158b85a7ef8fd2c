"""Refusals as other software reads them: RFC 7807 with the exceptions of EPCIS 2.0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException

from forms.said import said
from marketplace.domain.epcis_parameters import BadQuery
from marketplace.domain.errors import NotFound, Refused
from marketplace.services.epcis_query import TooLarge

_TYPES = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
}


def problem(status: int, detail: str = "", kind: str = "", **more: Any) -> Response:
    """The body and status of a refusal."""
    name = kind or _TYPES.get(status, "ImplementationException")
    body = {
        "type": f"epcisException:{name}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        **({"detail": detail} if detail else {}),
        **more,
    }
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="epcis"'
    return response


def in_words(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Errors of a capture, those that rules found in the language of the caller."""
    told = []
    for error in errors:
        one = dict(error)
        rule = one.pop("said", None)
        if rule:
            place = unquote(str(one["instance"])).removeprefix("#")
            one["title"] = f"{place}: {said(rule['message'], rule['params'])}"
        told.append(one)
    return told


def init_problems(bp: Blueprint) -> None:
    """All that these routes refuse is said so."""
    bp.register_error_handler(HTTPException, _http)
    bp.register_error_handler(Refused, _refused)
    bp.register_error_handler(BadQuery, _bad_query)
    bp.register_error_handler(TooLarge, _too_large)


def _http(error: HTTPException) -> Response:
    response = problem(error.code or 500, error.description or "")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _refused(error: Refused) -> Response:
    if isinstance(error, NotFound):
        return problem(404)
    return problem(400, said(error.message, error.params))


def _bad_query(error: BadQuery) -> Response:
    return problem(400, str(error), "QueryParameterException")


def _too_large(error: TooLarge) -> Response:
    return problem(413, str(error), "QueryTooLargeException")

"""A number in an address names a row, or nothing; no number breaks a page."""

from __future__ import annotations

import time_machine
from werkzeug.routing import IntegerConverter

from marketplace.web.plumbing import MOST_STORED
from tests.doors import enter
from tests.estate import Estate, methods_of, routes, values_of
from tests.factories import NOW

HUGE = (MOST_STORED + 1, 2**63, 99_999_999_999_999_999_999, "9" * 5_000)


def numbers_of(route):
    """The arguments of a route that are numbers."""
    known = route._converters.items()
    return [name for name, kind in known if isinstance(kind, IntegerConverter)]


def test_a_number_that_no_column_holds_is_not_found(app, client, session, make):
    own = Estate(session, make)
    with time_machine.travel(NOW):
        enter(client, session, own.director)
        asked = [route for route in routes(app) if numbers_of(route)]
        assert len(asked) > 15
        for route in asked:
            for target in _with_huge_numbers(app, route, own):
                for method in methods_of(route):
                    answer = client.open(target, method=method)
                    assert answer.status_code == 404, (method, route, target[-40:])


def _with_huge_numbers(app, route, own):
    known = next(values_of(route, own))
    mark = 987_654_321
    for name in numbers_of(route):
        with app.test_request_context():
            address = app.url_for(route.endpoint, **{**known, name: mark})
        yield from (address.replace(str(mark), str(number)) for number in HUGE)


def test_the_greatest_number_a_column_holds_is_asked_for(app, client, session, make):
    own = Estate(session, make)
    with time_machine.travel(NOW):
        enter(client, session, own.director)
        for route in routes(app):
            if "GET" in route.methods and numbers_of(route):
                known = next(values_of(route, own))
                most = dict.fromkeys(numbers_of(route), MOST_STORED)
                with app.test_request_context():
                    address = app.url_for(route.endpoint, **{**known, **most})
                assert client.get(address).status_code in (403, 404), route

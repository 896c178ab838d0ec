"""What every list shares: the page or its part, the links to the pages before and after, the count in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hajar.lib.paging import Page


def answer(request: Any, name: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the part of it that htmx asked for: same address, same context."""
    wants_part = request.htmx and not request.htmx.history_restore_request and request.htmx.target == "rows"
    response = render(request, part if wants_part else name, context)
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
    return response


def links(request: HttpRequest, page: Page) -> dict[str, str]:
    """Addresses of the pages before and after, with the filters in force; "" where there is none."""

    def address(token: str | None) -> str:
        if not token:
            return ""
        query = request.GET.copy()
        for name in [name for name, value in query.items() if not value]:
            del query[name]
        query["page"] = token
        return f"{request.path}?{query.urlencode()}"

    return {"previous_url": address(page.previous_token), "next_url": address(page.next_token)}


def found(page: Page, words: str) -> str:
    """How many rows the whole list has, in `words` with %(n)s; counting stops at paging's cap."""
    return words % {"n": f"{page.count}+" if page.count_is_capped else page.count}

"""What every list of chairs and initiatives shares: the links to the pages before and after, the count in words."""

import uuid

from django.http import HttpRequest

from hajar.lib.paging import Page


def links(request: HttpRequest, page: Page) -> dict[str, str]:
    """Addresses of the pages before and after, with the filters in force; "" where there is none."""

    def address(token: str | None) -> str:
        if not token:
            return ""
        query = request.GET.copy()
        query["page"] = token
        return f"{request.path}?{query.urlencode()}"

    return {"previous_url": address(page.previous_token), "next_url": address(page.next_token)}


def found(page: Page, words: str) -> str:
    """How many rows the whole list has, in `words` with %(n)s; counting stops at paging's cap."""
    return words % {"n": f"{page.count}+" if page.count_is_capped else page.count}


def is_uuid(text: str) -> bool:
    """Whether what stands in an address can be the key of a row."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def sent(request: HttpRequest):
    """What a form is given: the data of a POST even when it is empty, nothing on a GET."""
    return request.POST if request.method == "POST" else None

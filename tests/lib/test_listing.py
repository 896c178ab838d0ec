import pytest
from django.test import RequestFactory

from hajar.lib import asking, listing
from hajar.lib.paging import Page


def page(**said) -> Page:
    return Page(
        **{"rows": [], "next_token": None, "previous_token": None, "count": 3, "count_is_capped": False, **said}
    )


def test_links_keep_the_filters_that_are_set():
    request = RequestFactory().get("/chairs/", {"state": "available", "q": "", "page": "old"})
    found = listing.links(request, page(next_token="new"))
    assert found == {"previous_url": "", "next_url": "/chairs/?state=available&page=new"}


@pytest.mark.parametrize(("is_capped", "words"), [(False, "3 chairs"), (True, "3+ chairs")])
def test_a_count_that_stopped_says_so(is_capped, words):
    assert listing.found(page(count_is_capped=is_capped), "%(n)s chairs") == words


def test_a_form_is_given_a_post_even_when_it_is_empty():
    assert asking.sent(RequestFactory().get("/?a=1")) is None
    assert asking.sent(RequestFactory().post("/")) == {}


@pytest.mark.parametrize(
    ("text", "is_key"), [("5c0e4f5c-7a51-4b3e-9d6e-0f4a3f1c2b1a", True), ("", False), ("1", False), ("é" * 36, False)]
)
def test_a_key_is_told_from_other_text(text, is_key):
    assert asking.is_uuid(text) is is_key

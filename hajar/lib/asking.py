"""What a face is asked: the data of a form, the key of a row."""

import uuid

from django.http import HttpRequest, QueryDict


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is given: the data of a POST even when it is empty, nothing on a GET."""
    return request.POST if request.method == "POST" else None


def is_uuid(text: str) -> bool:
    """Whether what stands in an address can be the key of a row."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True

"""What a face is asked, and what it answers: the data of a form, the page with what was refused, the key of a row."""

import uuid
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is given: the data of a POST even when it is empty, nothing on a GET."""
    return request.POST if request.method == "POST" else None


def answer(request: HttpRequest, name: str, context: dict[str, Any], *forms: BaseForm | None) -> HttpResponse:
    """The page `name`: with 422 as soon as one of its forms was refused. None stands for a form that is not shown."""
    refused = any(form.errors for form in forms if form is not None)
    return render(request, name, context, status=422 if refused else 200)


def is_uuid(text: str) -> bool:
    """Whether what stands in an address can be the key of a row."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True

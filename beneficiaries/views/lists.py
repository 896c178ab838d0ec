"""What the lists of the register share: one page of rows, its words, its links."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext

from beneficiaries import exporting
from beneficiaries.forms.filters import FilterForm
from hajar.lib import paging


def paged(request: HttpRequest, rows: QuerySet, form: FilterForm) -> dict[str, Any]:
    """One page of a filtered list, with the addresses before and after it."""
    page = paging.page(rows, order=form.ORDERS[form.order], token=request.GET.get("page"))
    return {
        "rows": page.rows,
        "count": page.count,
        "is_capped": page.count_is_capped,
        "previous_url": _address(request, form, page.previous_token),
        "next_url": _address(request, form, page.next_token),
    }


def answer(request: Any, name: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the part of it that htmx asked for: same address, same context."""
    wants_part = request.htmx and not request.htmx.history_restore_request and request.htmx.target == "rows"
    response = render(request, part if wants_part else name, context)
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
    return response


def as_file(
    request: Any, form: FilterForm, export: Callable[..., exporting.Export], rows: QuerySet
) -> HttpResponse | FileResponse:
    """The list as it is narrowed, as the file that `format` asks for; the journal keeps how it was narrowed."""
    filters = {name: form.value(name) for name in form.fields if name != "q" and form.value(name)}
    if form.value("q"):
        filters["searched"] = True  # the words may be a name, which the journal need not keep
    try:
        made = export(rows, by=request.user, file_format=request.POST.get("format", "xlsx"), filters=filters)
    except exporting.UnknownFormat:
        return HttpResponseBadRequest(gettext("Choose xlsx or csv."))
    return FileResponse(made.file, as_attachment=True, filename=made.filename, content_type=made.content_type)


def _address(request: HttpRequest, form: FilterForm, token: str | None) -> str:
    if token is None:
        return ""
    return f"{request.path}?{form.address}&page={token}" if form.address else f"{request.path}?page={token}"

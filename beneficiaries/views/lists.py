"""What the lists of the register share: one page of rows as its form narrows it, and the same rows as a file."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext

from beneficiaries import exporting
from beneficiaries.forms.filters import FilterForm
from hajar.lib import listing, paging


def paged(request: HttpRequest, rows: QuerySet, form: FilterForm) -> dict[str, Any]:
    """One page of a filtered list, with the addresses before and after it."""
    page = paging.page(rows, order=form.ORDERS[form.order], token=request.GET.get("page"))
    return {
        "rows": page.rows,
        "count": page.count,
        "is_capped": page.count_is_capped,
        **listing.links(request, page),
    }


def as_file(
    request: Any, form: FilterForm, export: Callable[..., exporting.Export], rows: QuerySet
) -> HttpResponse | FileResponse:
    """The list as it is narrowed, as the file that `format` asks for; the journal keeps how it was narrowed."""
    filters: dict[str, Any] = {name: form.value(name) for name in form.fields if name != "q" and form.value(name)}
    if form.value("q"):
        filters["searched"] = True  # the words may be a name, which the journal need not keep
    try:
        made = export(rows, by=request.user, file_format=request.POST.get("format", "xlsx"), filters=filters)
    except exporting.UnknownFormat:
        return HttpResponseBadRequest(gettext("Choose xlsx or csv."))
    return FileResponse(made.file, as_attachment=True, filename=made.filename, content_type=made.content_type)

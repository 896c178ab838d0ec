"""Lists as files: one page asks what for, one rhythm for every list; and who took what."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries import exporting
from beneficiaries.exporting import ListOut, TakenOut
from beneficiaries.forms.exports import ExportForm
from beneficiaries.models import Export
from hajar.lib import asking, listing, paging

Narrowed = tuple[QuerySet, dict[str, Any]]  # the rows in their order, and what narrowed them


def page_for(what: ListOut, narrow: Callable[..., Narrowed], *, back: str) -> Callable[..., Any]:
    """The page that takes a list out, narrowed by the same address as the list itself; `back` names its page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: Any, **arguments: Any) -> Any:
        if not all(request.user.has_perm(name) for name in what.permissions):
            raise PermissionDenied
        rows, filters = narrow(request, **arguments)
        form = ExportForm(asking.sent(request))
        if request.method == "POST" and form.is_valid():
            try:
                taken = exporting.take_out(what, rows, by=request.user, filters=filters, **form.cleaned_data)
            except exporting.ExportRefused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return _sent(taken)
        query = request.GET.urlencode()
        address = reverse(back, kwargs=arguments) + (f"?{query}" if query else "")
        count = rows.count()
        context = {
            "form": form,
            "title": what.title,
            "count_words": ngettext("%(n)d row", "%(n)d rows", count) % {"n": count},
            "is_narrowed": bool(filters),
            "columns": [column.heading for column in what.columns_for(request.user)],
            "back": address,
            "crumbs": [(what.title, address), (_("As a file"), "")],
        }
        return asking.answer(request, "beneficiaries/export_create.html", context, form)

    view.__name__ = f"take_out_{what.name}"
    return view


def _sent(taken: TakenOut) -> FileResponse:
    """The file, or its pieces as they are read: the first leave before the last row is."""
    answer = FileResponse(taken.content, as_attachment=True, filename=taken.filename, content_type=taken.content_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, taken.filename)
    return answer


def filters_in(form: Any) -> dict[str, Any]:
    """What is kept of a filter form: not the words sought, which may be a name."""
    kept: dict[str, Any] = {name: form.value(name) for name in form.fields if name != "q" and form.value(name)}
    if form.value("q"):
        kept["searched"] = True
    return kept


def asked_in(asked: dict[str, str]) -> dict[str, Any]:
    """The same for a list that is narrowed by its address alone."""
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value and name != "q"}
    if asked.get("q"):
        kept["searched"] = True
    return kept


@require_safe
@permission_required("beneficiaries.view_export", raise_exception=True)
def index(request):
    """Who took which list out of the house, when, how much of it and what for."""
    rows = Export.objects.visible_to(request.user).select_related("taken_by")
    page = paging.page(rows, order=("-created_at", "pk"), token=request.GET.get("page"))
    for export in page.rows:
        export.title = exporting.TITLES.get(export.name, export.name)
    context = {
        "exports": page.rows,
        "words": listing.found(page, ngettext("%(n)s file", "%(n)s files", page.count)),
        **listing.links(request, page),
    }
    return listing.answer(request, "beneficiaries/export_list.html", "beneficiaries/_export_rows.html", context)

"""What the lists of the register share: one page of rows as its form narrows it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from beneficiaries.forms.filters import FilterForm
from hajar.lib import listing, paging


def paged(request: HttpRequest, rows: QuerySet, form: FilterForm, **how: Any) -> dict[str, Any]:
    """One page of a filtered list, with the addresses before and after it; `how`: see paging.page."""
    how = {"order": form.ORDERS[form.order], "token": request.GET.get("page"), "walk": form.walks, **how}
    page = paging.page(rows, **how)
    return {
        "rows": page.rows,
        "count": page.count,
        "is_capped": page.count_is_capped,
        **listing.links(request, page),
    }

"""Locking rows that a query reads together with their neighbours."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def hold(rows: "QuerySet[M]") -> "QuerySet[M]":
    """Lock `rows` until the transaction ends, one after the other by key, and return them as they are now.

    Where the locking query itself joins a neighbour and has to wait, PostgreSQL joins the row as it has become with the
    neighbours as they were: a row that was given another neighbour meanwhile is lost, as if it had never been. So the
    lock comes first, and what `select_related` asks for is joined afterwards.
    """
    locking = rows.select_related(None).select_for_update(of=("self",), no_key=True).order_by("pk")
    keys = list(locking.values_list("pk", flat=True))
    return rows.filter(pk__in=keys).order_by("pk")

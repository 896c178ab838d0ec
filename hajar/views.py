from functools import lru_cache

from django.contrib.auth.decorators import login_not_required, permission_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hajar import status as status_of
from hajar import today


@require_safe
def home(request):
    """What waits for me today."""
    return render(request, "home.html", {"today": today.for_person(request.user, anew="anew" in request.GET)})


@login_not_required
@never_cache
@require_safe
def health(request):
    """Say whether this process can do its work: 200 when the database answers and is up to date, else 503."""
    try:
        waiting = _waiting_migrations()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if waiting:
        return JsonResponse({"status": "migrations are waiting"}, status=503)
    return JsonResponse({"status": "ok"})


@permission_required("backups.view_backup", raise_exception=True)
@require_safe
def status(request):
    """How the house itself is: backups, journal, files, database."""
    house = status_of.of_the_house(request.user, waiting_migrations=_waiting_migrations())
    return render(request, "status.html", {"status": house})


def _waiting_migrations() -> frozenset[tuple[str, str]]:
    return _known_migrations() - set(MigrationRecorder(connection).applied_migrations())


@lru_cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def closed(request):
    """A page of a package that this house does not have."""
    raise Http404


def csrf_failure(request, reason=""):
    """A form that was open too long, or that another site sent."""
    return render(request, "403.html", {"form_expired": True}, status=403)

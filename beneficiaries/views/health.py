"""The health record: behind its own permission, and behind a door that keeps who opened it.

Opening is a POST that writes to the journal and lets this session read the record for some minutes; reading is then a
GET that writes nothing, so that a reload or a change of language does not ask again.
"""

import time

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import diagnoses, documents, opening, registration
from beneficiaries.forms.health import HealthRecordForm, ReasonForm
from beneficiaries.models import Child, HealthRecord
from hajar.lib import asking

OPEN_SECONDS = 15 * 60
DOORS = "open_health_records"  # in the session: child -> when it closes


@require_safe
@permission_required("beneficiaries.view_healthrecord", raise_exception=True)
def detail(request, pk):
    child = _child(request, pk)
    return _page(request, child, ReasonForm())


@require_POST
@permission_required("beneficiaries.view_healthrecord", raise_exception=True)
def open_door(request, pk):
    """Keep that this person opened the record and why, then show it."""
    child = _child(request, pk)
    form = ReasonForm(asking.sent(request))
    try:
        opening.open_health_record(child, by=request.user, reason=form["reason"].data or "")
    except opening.ReasonNeeded as refusal:
        form.errors.setdefault("reason", form.error_class([refusal.message]))
        return _page(request, child, form)
    now = time.time()
    doors = {key: until for key, until in request.session.get(DOORS, {}).items() if until > now}
    request.session[DOORS] = doors | {str(child.pk): now + OPEN_SECONDS}
    return redirect("beneficiaries:health_record_detail", pk=child.pk)


def _page(request, child, form):
    context = {"child": child, "crumbs": _crumbs(child, (_("Health record"), "")), "is_open": _is_open(request, child)}
    record = HealthRecord.objects.filter(child=child).select_related("updated_by").first()
    if record:
        context["alerts"] = record.alerts
    if context["is_open"]:
        context["record"] = record
        if record:
            context["diagnosis"] = diagnoses.find(record.diagnosis, record.diagnosis_edition)
            against = HealthRecord._meta.get_field("prophylaxis").words(record.prophylaxis)
            context["prophylaxis"] = pgettext("between words", ", ").join(against)
    elif record:  # the warnings are for whoever may read; what they come from is behind the door
        context["form"] = None if opening.is_own_case(child, request.user) else form
    return asking.answer(request, "beneficiaries/health_record_detail.html", context, form)


@require_safe
@permission_required("beneficiaries.see_readers", raise_exception=True)
def readers(request, pk):
    """Who opened the record: for a coordinator, and for a family that asks."""
    child = _child(request, pk)
    record_url = reverse("beneficiaries:health_record_detail", args=[child.pk])
    context = {
        "child": child,
        "readings": opening.readings(child),
        "papers": [
            {
                "word": word,
                "url": f"{reverse('beneficiaries:health_record_readers_pdf', args=[child.pk])}?language={code}",
                "lang": code,
            }
            for code, word in documents.LANGUAGES.items()
        ],
        "crumbs": _crumbs(child, (_("Health record"), record_url), (_("Who opened it"), "")),
    }
    return render(request, "beneficiaries/health_record_readers.html", context)


@require_safe
@permission_required("beneficiaries.see_readers", raise_exception=True)
def readers_pdf(request, pk):
    """The same on paper, for the family, in its language unless another is asked for."""
    child = _child(request, pk)
    language = documents.language_of(child.family, request.GET.get("language", ""))
    with translation.override(language):
        paper = documents.readers_pdf(child, by=request.user)
        opening.record_showing(child, by=request.user, language=language)
    name = f"{child.reference}-readers-{language}.pdf".lower()
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("beneficiaries.change_healthrecord", raise_exception=True)
def edit(request, pk):
    child = _child(request, pk)
    if request.method != "POST" and not _is_open(request, child):
        return redirect("beneficiaries:health_record_detail", pk=child.pk)
    record = HealthRecord.objects.filter(child=child).first()
    form = HealthRecordForm(asking.sent(request), instance=record)
    if request.method == "POST" and form.is_valid():
        try:
            registration.save_health_record(child, by=request.user, **form.changes)
        except ValidationError as error:
            form.take_errors(error)
        else:
            messages.success(request, _("The health record is saved."))
            return redirect("beneficiaries:health_record_detail", pk=child.pk)
    detail_url = reverse("beneficiaries:health_record_detail", args=[child.pk])
    crumbs = _crumbs(child, (_("Health record"), detail_url), (_("Correct"), ""))
    context = {"form": form, "child": child, "crumbs": crumbs}
    return asking.answer(request, "beneficiaries/health_record_edit.html", context, form)


def _is_open(request, child) -> bool:
    return request.session.get(DOORS, {}).get(str(child.pk), 0) > time.time()


def _child(request, pk) -> Child:
    return get_object_or_404(Child.objects.visible_to(request.user).with_family(), pk=pk)


def _crumbs(child, *items):
    return [
        (_("Children"), reverse("beneficiaries:child_list")),
        (child.name, child.get_absolute_url()),
        *items,
    ]

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch, QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beneficiaries import reminding
from beneficiaries.models import Child

SHOWN = 30  # of each kind; the others follow once these are seen to


@dataclass(frozen=True)
class Section:
    """One kind of reminder: what it is, what to do, and the files, the longest waiting first."""

    title: str | Promise
    icon: str
    what_to_do: str | Promise
    rows: list[Any]
    is_cut: bool


@require_safe
@permission_required("beneficiaries.change_child", raise_exception=True)
def index(request):
    """What the register asks to think of."""
    found = reminding.for_person(request.user)
    members = Prefetch("children", Child.objects.order_by("born_on", "pk"))
    sections = [
        _section(
            _("Pauses that are over"),
            "pause-circle",
            _("Call the family, then follow the child again or lengthen the pause."),
            found.pauses_over.with_family().order_by("paused_until", "pk"),
        ),
        _section(
            _("Of age"),
            "person-check",
            _("Speak with the young person: she answers for herself now, with her own phone and her own consents."),
            found.of_age.with_family().order_by("born_on", "pk"),
        ),
        _section(
            _("Soon of age"),
            "calendar-event",
            _("Begin to speak of it: in less than three months the young person answers for herself."),
            found.soon_of_age.with_family().order_by("born_on", "pk"),
        ),
        _section(
            _("Consents to ask again"),
            "patch-question",
            _("The guardian who answered no longer does: ask whoever answers now."),
            found.consents.with_family().order_by("sort_key", "pk"),
        ),
        _section(
            _("Families for whom nobody answers"),
            "person-x",
            _("Add the adult who answers for the children now, with the legal basis."),
            found.nobody_answers.select_related("province__region")
            .prefetch_related(members)
            .order_by("sort_key", "pk"),
        ),
    ]
    context = {
        "sections": [section for section in sections if section.rows],
        "crumbs": [(_("Children"), reverse("beneficiaries:child_list")), (_("To think of"), "")],
    }
    return render(request, "beneficiaries/reminder_list.html", context)


def _section(title, icon, what_to_do, rows: QuerySet) -> Section:
    shown = list(rows[: SHOWN + 1])
    return Section(title, icon, what_to_do, shown[:SHOWN], len(shown) > SHOWN)

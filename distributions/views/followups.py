from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from beneficiaries.models import Guardian
from distributions import following_up
from distributions.forms.followups import FollowUpForm
from distributions.models import Delivery, FollowUp, Repair
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

URGENT_AFTER = 14  # days overdue


def tabs(user, current: str) -> list[dict]:
    """The pages about chairs that are with children."""
    address = reverse("distributions:followup_list")
    pages = [
        ("due", _("Due"), address),
        ("soon", _("Soon"), f"{address}?show=soon"),
        ("done", _("Done"), f"{address}?show=done"),
    ]
    if user.has_perm("distributions.view_repair"):
        pages.append(("repairs", _("Repairs"), reverse("distributions:repair_list")))
    return [{"word": word, "url": url, "current": name == current} for name, word, url in pages]


@require_safe
@permission_required("distributions.view_followup", raise_exception=True)
def list_followups(request):
    """What is due, the longest overdue first; what comes soon; what was done."""
    show = request.GET.get("show") if request.GET.get("show") in ("soon", "done") else "due"
    if show == "done":
        rows, order = FollowUp.objects.visible_to(request.user), ("-done_on", "pk")
        rows = rows.select_related("delivery__allocation__need__child", "delivery__allocation__chair", "done_by")
    else:
        find = following_up.soon if show == "soon" else following_up.due
        rows, order = find(request.user), ("due_at", "pk")
        rows = rows.select_related("allocation__need__child__family__province", "allocation__chair")
    page = paging.page(rows, order=order, token=request.GET.get("page"))
    count_words = {
        "due": ngettext("%(n)s follow-up is due", "%(n)s follow-ups are due", page.count),
        "soon": ngettext(
            "%(n)s follow-up comes within two weeks", "%(n)s follow-ups come within two weeks", page.count
        ),
        "done": ngettext("%(n)s follow-up done", "%(n)s follow-ups done", page.count),
    }[show]
    context = {
        "show": show,
        "lines": page.rows if show == "done" else _lines(page.rows),
        "words": listing.found(page, count_words),
        "tabs": tabs(request.user, show),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/followup_list.html", "distributions/_followup_rows.html", context)


def _lines(deliveries: list) -> list[dict]:
    """Each hand-over with the step due, since when, and the phone to call; one query for all phones."""
    families = {delivery.allocation.need.child.family_id for delivery in deliveries}
    phones: dict = {}
    for guardian in Guardian.objects.filter(family__in=families).exclude(phone="").to_call_first():
        phones.setdefault(guardian.family_id, guardian)
    today = timezone.localdate()
    lines = []
    for delivery in deliveries:
        day = following_up.due_day(delivery)
        days = (today - day).days
        tone = "urgent" if days > URGENT_AFTER else "warn" if days > 0 else "info"
        words = (
            ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days} if days > 0
            else _("due today") if days == 0
            else ngettext("in %(n)s day", "in %(n)s days", -days) % {"n": -days}
        )  # fmt: skip
        lines.append(
            {
                "delivery": delivery,
                "child": delivery.allocation.need.child,
                "step": FollowUp.Step(delivery.due_step).label,
                "day": day,
                "tone": tone,
                "words": words,
                "guardian": phones.get(delivery.allocation.need.child.family_id),
            }
        )
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_followup", raise_exception=True)
def create(request, pk):
    """Record one look after the hand-over."""
    delivery = get_object_or_404(
        Delivery.objects.visible_to(request.user)
        .filter(handed_over_on__isnull=False)
        .select_related("allocation__need__child__family", "allocation__chair__model"),
        pk=pk,
    )
    child, chair = delivery.allocation.need.child, delivery.allocation.chair
    due = following_up.due(request.user).filter(pk=pk).first()
    first = {"step": due and getattr(due, "due_step", None)}
    form = FollowUpForm(asking.sent(request), initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            following_up.record_followup(delivery=delivery, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            about = following_up.AlreadyDone
            form.add_error("step" if isinstance(refusal, about) else "done_on", refusal.message)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("The follow-up is recorded."))
            return redirect("distributions:followup_list")
    context = {
        "form": form,
        "delivery": delivery,
        "child": child,
        "chair": chair,
        "guardians": child.family.guardians.exclude(phone="").to_call_first()[:2],
        "previous": delivery.followups.select_related("done_by").order_by("-done_on", "-created_at", "pk")[:5],
        "repair": Repair.objects.filter(chair=chair).open().order_by("-broke_on", "pk").first(),
    }
    return render(request, "distributions/followup_form.html", context)

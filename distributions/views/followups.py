from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries import consenting, measuring
from beneficiaries.models import Consent, Guardian
from distributions import following_up
from distributions.forms.followups import MEASURES, FollowUpForm, ask_again
from distributions.models import Delivery, FollowUp, Repair
from hajar.lib import asking, listing, paging
from hajar.lib.refusals import Refusal

URGENT_AFTER = 14  # days overdue


def tabs(user, current: str) -> list[dict]:
    """The pages about chairs that are with children, as far as this person may read them."""
    address = reverse("distributions:followup_list")
    pages = []
    if user.has_perm("distributions.view_followup"):
        pages += [
            ("due", _("Due"), address),
            ("soon", _("Soon"), f"{address}?show=soon"),
            ("actions", _("To be done"), f"{address}?show=actions"),
            ("done", _("Done"), f"{address}?show=done"),
        ]
    if user.has_perm("distributions.view_repair"):
        pages += [
            ("repairs", _("Repairs"), reverse("distributions:repair_list")),
            ("repair_report", _("Days without a chair"), reverse("distributions:repair_report")),
        ]
    return [{"word": word, "url": url, "current": name == current} for name, word, url in pages]


@require_safe
@permission_required("distributions.view_followup", raise_exception=True)
def list_followups(request):
    """What is due, the longest overdue first; what comes soon; what looks asked for; what was done."""
    show = request.GET.get("show") if request.GET.get("show") in ("soon", "actions", "done") else "due"
    if show in ("actions", "done"):
        rows, order = FollowUp.objects.visible_to(request.user), ("-done_on", "pk")
        rows = rows.select_related(
            "delivery__allocation__need__child", "delivery__allocation__chair", "done_by", "action_by"
        )
        if show == "actions":
            rows, order = rows.with_open_action(), ("action_due_on", "pk")
    else:
        find = following_up.soon if show == "soon" else following_up.due
        rows, order = find(request.user), ("next_look_on", "pk")
        rows = rows.select_related("allocation__need__child__family__province", "allocation__chair")
    page = paging.page(rows, order=order, token=request.GET.get("page"))
    count_words = {
        "due": ngettext("%(n)s follow-up is due", "%(n)s follow-ups are due", page.count),
        "soon": ngettext(
            "%(n)s follow-up comes within two weeks", "%(n)s follow-ups come within two weeks", page.count
        ),
        "actions": ngettext("%(n)s thing is to be done", "%(n)s things are to be done", page.count),
        "done": ngettext("%(n)s follow-up done", "%(n)s follow-ups done", page.count),
    }[show]
    context = {
        "show": show,
        "lines": page.rows if show in ("actions", "done") else _lines(page.rows),
        "words": listing.found(page, count_words),
        "tabs": tabs(request.user, show),
        **listing.links(request, page),
    }
    return listing.answer(request, "distributions/followup_list.html", "distributions/_followup_rows.html", context)


def _lines(deliveries: list) -> list[dict]:
    """Each hand-over with the step due, since when, and the phone to call; whom to write to only where they agreed."""
    families = {delivery.allocation.need.child.family_id for delivery in deliveries}
    phones: dict = {}
    for guardian in Guardian.objects.current().filter(family__in=families).exclude(phone="").to_call_first():
        phones.setdefault(guardian.family_id, guardian)
    children = {delivery.allocation.need.child_id for delivery in deliveries}
    may_be_written_to = consenting.who_agreed(children, Consent.Purpose.MESSAGES)
    today = timezone.localdate()
    lines = []
    for delivery in deliveries:
        days = (today - delivery.next_look_on).days
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
                "step": FollowUp.words_of_step(delivery.due_step),
                "because": _because(delivery),
                "day": delivery.next_look_on,
                "tone": tone,
                "words": words,
                "guardian": phones.get(delivery.allocation.need.child.family_id),
                "may_be_written_to": delivery.allocation.need.child_id in may_be_written_to,
            }
        )
    return lines


def _because(delivery) -> str:
    """Why a look is due, where it is not the calendar alone."""
    Because = following_up.Because
    return "" if delivery.due_because == Because.TIME else str(Because(delivery.due_because).label)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.add_followup", raise_exception=True)
def create(request, pk):
    """Record one look after the hand-over."""
    delivery = get_object_or_404(
        Delivery.objects.visible_to(request.user)
        .filter(handed_over_on__isnull=False)
        .select_related("allocation__need__child__family", "allocation__chair__model", "forecast"),
        pk=pk,
    )
    child, chair = delivery.allocation.need.child, delivery.allocation.chair
    due = following_up.due(request.user).filter(pk=pk).first()
    known = measuring.known_measures(child)
    form = FollowUpForm(asking.sent(request), initial=_first_answers(due), known=known)
    doubts: list = []
    if request.method == "POST" and form.is_valid():
        try:
            followup = following_up.record_followup(
                delivery=delivery,
                by=request.user,
                taken=form.taken,
                confirmed=request.POST.getlist("confirmed"),
                **form.found,
            )
        except measuring.MeasurementRefused as refusal:
            doubts = list(refusal.doubts)
            ask_again(form, refusal.problems)
            form.add_error(None, refusal.message)
        except Refusal as refusal:
            about = following_up.AlreadyDone
            form.add_error("step" if isinstance(refusal, about) else "done_on", refusal.message)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, _("The follow-up is recorded."))
            return redirect(followup)
    context = {
        "form": form,
        "doubts": doubts,
        "delivery": delivery,
        "forecast": _forecast(request.user, delivery),
        "because": _because(due) if due else "",
        "child": child,
        "chair": chair,
        "guardians": child.family.guardians.current().exclude(phone="").to_call_first()[:2],
        "previous": delivery.followups.select_related("done_by").order_by("-done_on", "-created_at", "pk")[:5],
        "actions": delivery.followups.with_open_action().select_related("action_by").order_by("action_due_on", "pk"),
        "repair": Repair.objects.filter(chair=chair).open().order_by("-broke_on", "pk").first(),
    }
    return asking.answer(request, "distributions/followup_form.html", context, form)


def _first_answers(due) -> dict:
    """The look that is due, and how it is usually made."""
    if due is None:
        return {}
    is_call = due.due_step == FollowUp.Step.DAYS_14 or due.due_because == following_up.Because.TOO_SMALL
    return {"step": due.due_step, "contact": FollowUp.Contact.CALL if is_call else FollowUp.Contact.VISIT}


def _forecast(user, delivery: Delivery):
    return getattr(delivery, "forecast", None) if user.has_perm("distributions.view_forecast") else None


@require_safe
@permission_required("distributions.view_followup", raise_exception=True)
def detail(request, pk):
    """What one look found, and what follows from it."""
    followup = get_object_or_404(
        FollowUp.objects.visible_to(request.user).select_related(
            "delivery__allocation__need__child__family",
            "delivery__allocation__chair__model",
            "delivery__forecast",
            "done_by",
            "action_by",
            "measurement",
        ),
        pk=pk,
    )
    delivery = followup.delivery
    context = {
        "followup": followup,
        "delivery": delivery,
        "child": delivery.allocation.need.child,
        "chair": delivery.allocation.chair,
        "forecast": _forecast(request.user, delivery),
        "repair": Repair.objects.filter(chair=delivery.allocation.chair).open().order_by("-broke_on", "pk").first(),
        "measures": _measures(followup),
        "what_is_broken": quote(", ".join(followup.broken_words)),
        "history": followup.history()[:10],
    }
    return render(request, "distributions/followup_detail.html", context)


def _measures(followup: FollowUp) -> list[tuple[str, object]]:
    """The measures that were taken at this look: (name, value)."""
    taken = followup.measurement
    if taken is None or taken.taken_back_at:
        return []
    labels = {field.name: str(field.verbose_name) for field in taken._meta.concrete_fields}
    return [(labels[name], value) for name in MEASURES[:-1] if (value := getattr(taken, name)) is not None]


@require_POST
@permission_required("distributions.change_followup", raise_exception=True)
def finish_action(request, pk):
    """Say that what a look asked for is done."""
    followup = get_object_or_404(FollowUp.objects.visible_to(request.user), pk=pk)
    try:
        following_up.finish_action(followup, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Done: it leaves the list."))
    return redirect(f"{reverse('distributions:followup_list')}?show=actions")

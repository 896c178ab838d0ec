"""An initiative's plan: chairs on one side, needs on the other, the proposal between them, and who decides what."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beneficiaries.models import Mandate, Need, Region
from distributions import balancing, sharing, weighing
from distributions.forms.plans import DECISIONS, SWAP, ApprovalForm, DecisionForm, FloorForm, LockForm, ReasonForm
from distributions.models import Allocation, Initiative, PlanRule
from hajar.lib import asking
from hajar.lib.refusals import Refusal

Kind, State = PlanRule.Kind, Initiative.State
SHOWN = 60  # lines of each list before "show all"
COSTED = 5  # decisions whose price is computed on the page; any other shows it when it is opened


@require_safe
@permission_required("distributions.plan_initiative", raise_exception=True)
def show(request, pk):
    """A draft's plan as it would be now; once it is locked, what was frozen and what waits for approval."""
    return _page(request, _initiative(request, pk))


def _initiative(request, pk) -> Initiative:
    return get_object_or_404(Initiative.objects.visible_to(request.user), pk=pk)


def _page(request, initiative, **forms):
    context = _draft(request, initiative) if initiative.state == State.DRAFT else _locked(request, initiative)
    context |= {
        "initiative": initiative,
        "crumbs": [
            (_("Initiatives"), reverse("distributions:initiative_list")),
            (initiative.name, initiative.get_absolute_url()),
            (_("Plan"), ""),
        ],
        "covers_all": Mandate.covers_all(request.user),
        **forms,
    }
    return asking.answer(request, "distributions/initiative_plan.html", context, *forms.values())


def _draft(request, initiative) -> dict:
    table = weighing.gather(initiative, user=request.user)
    plan = balancing.plan(table)
    shows_all = "all" in request.GET
    most = None if shows_all else SHOWN
    costs = balancing.costs_of_rules(table, plan, most=COSTED)
    return {
        "plan": plan,
        "most": weighing.MOST if table.is_cut else 0,
        "pairs": plan.pairs[:most],
        "left_out": plan.left_out[:most],
        "idle": plan.idle[:most],
        "is_cut": not shows_all and max(len(plan.pairs), len(plan.left_out), len(plan.idle)) > SHOWN,
        "rules": [(rule, costs.get(rule.pk), rule.pk in plan.idle_rules) for rule in plan.rules],
        "floors": initiative.floors.select_related("region").order_by("region__iso", "pk"),
        "floor_form": FloorForm(regions=_regions(request), initial={"version": initiative.plan_version}),
        "is_over_budget": initiative.budget_mad is not None and plan.cost_mad > initiative.budget_mad,
    }


def _regions(request):
    return Region.objects.visible_to(request.user).order_by("iso", "pk")


def _locked(request, initiative) -> dict:
    """What the lock keeps, as far as this person may see it."""
    seen = Allocation.objects.visible_to(request.user).filter(initiative=initiative, plan_order__isnull=False)
    done = seen.exclude(status=Allocation.Status.PROPOSED).select_related(
        "chair__model", "need__child__family__province", "approved_by"
    )
    lines = sharing.lines_to_approve(initiative, user=request.user)
    lock = initiative.locks.select_related("locked_by").order_by("-created_at", "pk").first()
    left_out = lock.facts.get("left_out", []) if lock else []
    needs = Need.objects.visible_to(request.user).with_child().in_bulk([line["need"] for line in left_out])
    return {
        "lines": lines,
        "done": done.order_by("plan_order", "pk"),
        "lock": lock,
        "frozen_left_out": [(needs[UUID(line["need"])], line) for line in left_out if UUID(line["need"]) in needs],
        "approval_form": ApprovalForm(
            initial={"how": "count", "count": len(lines), "budget_mad": initiative.budget_mad}
        ),
        "unlock_form": ReasonForm(initial={"version": initiative.plan_version}),
        "may_approve": request.user.has_perm("distributions.approve_allocation"),
        "proposed_it": any(line.allocation.proposed_by_id == request.user.pk for line in lines),
    }


# --- deciding --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.plan_initiative", raise_exception=True)
def decide(request, pk):
    """One decision: what can be decided about a child and a chair, then what it changes and for whom, then why."""
    initiative = _initiative(request, pk)
    if initiative.state != State.DRAFT:
        messages.error(request, sharing.PlanIsLocked().message)
        return redirect("distributions:initiative_plan", initiative.pk)
    asked = request.GET
    if not (asked.get("need") or asked.get("chair")):
        messages.info(request, _("Choose a line of the plan."))
        return redirect("distributions:initiative_plan", initiative.pk)
    table = weighing.gather(initiative, user=request.user)
    form = DecisionForm(asked if "kind" in asked else None, initial=asked.dict())
    seeker, pair_chair = _subject(table, asked)
    context = {"initiative": initiative, "form": form, "seeker": seeker, "chair": pair_chair, "asked": asked}
    reason_form = ReasonForm(asking.sent(request), initial={"version": initiative.plan_version})
    if form.is_bound and form.is_valid():
        decision = _Decision(initiative, table, form.cleaned_data, request.user)
        context |= {"effect": decision.effect(), "decision": decision.words, "reason_form": reason_form}
        if request.method == "POST":
            if reason_form.is_valid():
                try:
                    decision.record(**reason_form.cleaned_data)
                except Refusal as refusal:
                    reason_form.add_error(None, refusal.message)
                else:
                    messages.success(request, _("Your decision is kept; the plan was computed anew."))
                    return redirect("distributions:initiative_plan", initiative.pk)
    context |= {
        "decisions": _possible(seeker, pair_chair),
        "chairs": _chairs_for(table, seeker),
        "others": [pair for pair in balancing.plan(table).pairs if seeker and pair.need.pk != seeker.need.pk],
        "plan_url": reverse("distributions:initiative_plan", args=[initiative.pk]),
        "crumbs": [
            (initiative.name, initiative.get_absolute_url()),
            (_("Plan"), reverse("distributions:initiative_plan", args=[initiative.pk])),
            (_("Decide"), ""),
        ],
    }
    return asking.answer(request, "distributions/plan_decide.html", context, form, reason_form)


def _subject(table, asked):
    """The child and the chair that the address names; 404 for what does not lie on the table."""
    seeker = chair = None
    if key := asked.get("need"):
        seeker = table.seeker_of.get(UUID(key)) if asking.is_uuid(key) else None
        if seeker is None:
            raise Http404
    if key := asked.get("chair"):
        chair = table.chair_of.get(UUID(key)) if asking.is_uuid(key) else None
        if chair is None:
            raise Http404
    return seeker, chair


def _possible(seeker, chair):
    """What can be decided about a child, a chair, or both."""
    kinds = {
        Kind.FIX: seeker,
        Kind.FORBID: seeker and chair,
        SWAP: seeker and chair,
        Kind.EXCLUDE_NEED: seeker,
        Kind.EXCLUDE_CHAIR: chair,
    }
    return [(kind, DECISIONS[kind]) for kind, possible in kinds.items() if possible]


def _chairs_for(table, seeker):
    """One chair of each kind that suits this child, the best first."""
    if seeker is None:
        return []
    first = {}
    for chair in table.chairs:
        suit = table.suit(seeker.need.pk, chair.pk)
        if suit.is_possible:
            first.setdefault(table.kind_of[chair.pk], (chair, suit))
    return sorted(first.values(), key=lambda found: (-found[1].points, found[0].number))


class _Decision:
    """A decision that is looked at before it is taken."""

    def __init__(self, initiative, table, asked, user):
        self.initiative, self.table, self.user = initiative, table, user
        self.kind = asked["kind"]
        needs_chair = self.kind != Kind.EXCLUDE_NEED
        needs_child = self.kind != Kind.EXCLUDE_CHAIR
        self.need = self._find(table.seeker_of, asked["need"]).need if needs_child else None
        self.chair = self._find(table.chair_of, asked["chair"]) if needs_chair and asked["chair"] else None
        self.other = self._find(table.seeker_of, asked["other"]).need if self.kind == SWAP else None
        if self.kind == SWAP:
            chair_of = {pair.need.pk: pair.chair for pair in balancing.plan(table).pairs}
            self.chair, self.its_chair = chair_of.get(self.other.pk), chair_of.get(self.need.pk)
            if not (self.chair and self.its_chair):
                raise Http404

    @staticmethod
    def _find(found, key):
        if key not in found:
            raise Http404
        return found[key]

    @property
    def words(self):
        return {
            "title": DECISIONS[self.kind],
            "child": self.need.child if self.need else None,
            "chair": self.chair,
            "other": self.other.child if self.other else None,
            "its_chair": self.its_chair if self.other else None,
        }

    def effect(self):
        if self.kind == SWAP:
            pairs = [(self.need, self.chair), (self.other, self.its_chair)]
            rules = [self._rule(Kind.FIX, need, chair) for need, chair in pairs]
            old = [
                rule.pk
                for rule in self.table.rules
                if rule.kind == Kind.FIX and rule.need_id in (self.need.pk, self.other.pk)
            ]
            return balancing.effect_of(self.table, adding=rules, without=old)
        if any(self._contradicts(rule) for rule in self.table.rules):
            return None
        return balancing.effect_of(self.table, adding=[self._rule(self.kind, self.need, self.chair)])

    def _rule(self, kind, need, chair):
        return PlanRule(initiative=self.initiative, kind=kind, need=need, chair=chair, by=self.user)

    def _contradicts(self, rule) -> bool:
        """A pair cannot be fixed beside another of the same child or chair: recording it says so."""
        fixes = self.kind == Kind.FIX and rule.kind == Kind.FIX
        return fixes and (rule.need_id == self.need.pk or rule.chair_id == self.chair.pk)

    def record(self, *, reason, version):
        told = {"reason": reason, "by": self.user, "version": version}
        match self.kind:
            case Kind.FIX:
                sharing.fix_pair(self.initiative, need=self.need, chair=self.chair, **told)
            case Kind.FORBID:
                sharing.forbid_pair(self.initiative, need=self.need, chair=self.chair, **told)
            case Kind.EXCLUDE_NEED:
                sharing.exclude_need(self.initiative, need=self.need, **told)
            case Kind.EXCLUDE_CHAIR:
                sharing.exclude_chair(self.initiative, chair=self.chair, **told)
            case _:
                first, second = (self.need, self.chair), (self.other, self.its_chair)
                sharing.swap(self.initiative, first=first, second=second, **told)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("distributions.plan_initiative", raise_exception=True)
def take_back(request, pk, rule):
    """What a standing decision costs, and what comes back without it."""
    initiative = _initiative(request, pk)
    rules = PlanRule.objects.visible_to(request.user).filter(initiative=initiative).standing()
    rule = get_object_or_404(rules.select_related("need__child", "chair__model", "by"), pk=rule)
    form = ReasonForm(asking.sent(request), initial={"version": initiative.plan_version})
    if request.method == "POST" and form.is_valid():
        try:
            sharing.take_back_rule(rule, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The decision is taken back; the plan was computed anew."))
            return redirect("distributions:initiative_plan", initiative.pk)
    table = weighing.gather(initiative, user=request.user)
    context = {
        "initiative": initiative,
        "rule": rule,
        "effect": balancing.effect_of(table, without=[rule.pk]),
        "reason_form": form,
        "plan_url": reverse("distributions:initiative_plan", args=[initiative.pk]),
        "crumbs": [
            (initiative.name, initiative.get_absolute_url()),
            (_("Plan"), reverse("distributions:initiative_plan", args=[initiative.pk])),
            (_("Take back"), ""),
        ],
    }
    return asking.answer(request, "distributions/plan_take_back.html", context, form)


@require_POST
@permission_required("distributions.plan_initiative", raise_exception=True)
def set_floor(request, pk):
    initiative = _initiative(request, pk)
    form = FloorForm(request.POST, regions=_regions(request))
    if form.is_valid():
        try:
            sharing.set_floor(initiative, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The floor is kept; the plan was computed anew."))
            return redirect("distributions:initiative_plan", initiative.pk)
    return _page(request, initiative, floor_form=form)


# --- the lock and the approval ---------------------------------------------------------------------------------------


@require_POST
@permission_required("distributions.plan_initiative", raise_exception=True)
def lock(request, pk):
    """Freeze the plan that was looked at."""
    initiative = _initiative(request, pk)
    form = LockForm(request.POST)
    try:
        if not form.is_valid():
            raise sharing.PlanChanged
        sharing.lock_plan(initiative, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The plan is locked. A second person can approve it now."))
    return redirect("distributions:initiative_plan", initiative.pk)


@require_POST
@permission_required("distributions.plan_initiative", raise_exception=True)
def unlock(request, pk):
    """Back to the draft: what nobody approved yet is released."""
    initiative = _initiative(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            sharing.unlock_plan(initiative, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The plan is a draft again; what was not approved is free."))
            return redirect("distributions:initiative_plan", initiative.pk)
    return _page(request, initiative, unlock_form=form)


@require_POST
@permission_required("distributions.approve_allocation", raise_exception=True)
@permission_required("distributions.plan_initiative", raise_exception=True)
def approve(request, pk):
    """Agree as a second person: the first of the order, as many as a sum pays for, or those ticked."""
    initiative = _initiative(request, pk)
    keys = Allocation.objects.visible_to(request.user).filter(initiative=initiative).values_list("pk", flat=True)
    form = ApprovalForm(request.POST, keys=keys)
    if form.is_valid():
        limits = form.limits()
        if "chosen" in limits:
            limits["chosen"] = {UUID(key) for key in limits["chosen"]}
        try:
            approved = sharing.approve_plan(initiative, by=request.user, **limits)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            words = ngettext("%(n)s reservation is approved.", "%(n)s reservations are approved.", len(approved))
            messages.success(request, words % {"n": len(approved)})
            return redirect("distributions:initiative_plan", initiative.pk)
    return _page(request, initiative, approval_form=form)

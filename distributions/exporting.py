"""The lists about chairs that may be taken out as files: their columns, without health data.

The mechanism is that of the register (beneficiaries.exporting). Names of children stand in a column only for who may
read the register; where a child lives, only as far as the province.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from beneficiaries.exporting import (
    Column,
    ListOut,
    choice,
    day_of,
    first_of,
    joined,
    named,
    reference,
    yes_no,
)
from distributions.models import Allocation, Chair, Delivery, FollowUp

_TAKE = "beneficiaries.add_export"
_SEE_CHILD = "beneficiaries.view_child"


def _chair(prefix: str) -> list[Column]:
    model = f"{prefix}model__"
    return [
        Column(_("Chair"), f"{prefix}number", reference("CH", 4), "#item+code"),
        Column(_("Model"), (f"{model}manufacturer", f"{model}name", f"{model}size"), joined, "#item+name"),
    ]


def _child(prefix: str) -> list[Column]:
    """The number for everybody who sees the row, the names for who may read the register."""
    return [
        Column(_("Child"), f"{prefix}number", reference("HJ", 5), "#beneficiary+code"),
        *named(prefix, "#beneficiary", _SEE_CHILD),
        Column(_("Province or prefecture"), f"{prefix}family__province__name_{{lang}}", None, "#adm2+name", _SEE_CHILD),
    ]


def _campaign(prefix: str) -> Column:
    names = (f"{prefix}name_{{lang}}", f"{prefix}name_fr")
    return Column(_("Initiative"), names, first_of, "#activity+name")


def _day(heading: Any, path: str, tag: str) -> Column:
    """The day of a moment, in the association's time."""
    return Column(heading, path, day_of, tag)


CHAIRS = ListOut(
    "chairs",
    _("Chairs"),
    (
        *_chair(""),
        Column(_("Serial number"), "serial", None, "#item+serial"),
        Column(_("State"), "state", choice(Chair.State), "#status"),
        Column(_("Depot"), "depot__name", None, "#loc+depot+name"),
        Column(_("Handed over as"), "ownership", choice(Chair.Ownership), "#modality"),
        Column(_("New"), "is_new", yes_no, "#item+new"),
        Column(_("Condition"), "grade", choice(Chair.Grade), "#item+condition"),
        Column(_("Donor"), "donor", None, "#org+donor+name"),
        Column(_("Batch"), "batch", None, "#item+batch"),
        Column(_("Acquired on"), "acquired_on", None, "#date+acquired"),
        Column(_("Usable until"), "usable_until", None, "#date+expiry"),
        Column(_("Child"), "holder__number", reference("HJ", 5), "#beneficiary+code", _SEE_CHILD),
    ),
    (_TAKE, "distributions.view_chair"),
)

ALLOCATIONS = ListOut(
    "allocations",
    _("Reservations"),
    (
        *_child("need__child__"),
        *_chair("chair__"),
        _campaign("initiative__"),
        Column(_("Status"), "status", choice(Allocation.Status), "#status"),
        _day(_("Proposed on"), "created_at", "#date+proposed"),
        Column(_("Proposed by"), "proposed_by__full_name", None, "#contact+proposed+name"),
        _day(_("Approved on"), "approved_at", "#date+approved"),
        Column(_("Day of the round"), "round__day", None, "#date+round"),
        Column(_("Released because"), "release", choice(Allocation.Release), "#status+reason"),
    ),
    (_TAKE, "distributions.view_allocation"),
)

DELIVERIES = ListOut(
    "deliveries",
    _("Deliveries"),
    (
        *_child("allocation__need__child__"),
        *_chair("allocation__chair__"),
        _campaign("allocation__initiative__"),
        Column(_("Outcome"), "outcome", choice(Delivery.Outcome), "#status"),
        _day(_("Happened on"), "happened_at", "#date+happened"),
        Column(_("Handed over on"), "handed_over_on", None, "#date+delivered"),
        Column(_("Volunteer"), "volunteer__full_name", None, "#contact+volunteer+name"),
    ),
    (_TAKE, "distributions.view_delivery"),
)

DUE = ListOut(
    "follow_ups_due",
    _("Follow-ups due"),
    (
        *_child("allocation__need__child__"),
        *_chair("allocation__chair__"),
        Column(_("Handed over on"), "handed_over_on", None, "#date+delivered"),
        Column(_("Look due"), "due_step", choice(FollowUp.Step), "#activity+step"),
    ),
    (_TAKE, "distributions.view_followup"),
)

FOLLOWUPS = ListOut(
    "follow_ups",
    _("Follow-ups"),
    (
        *_child("delivery__allocation__need__child__"),
        *_chair("delivery__allocation__chair__"),
        Column(_("Look"), "step", choice(FollowUp.Step), "#activity+step"),
        Column(_("Day"), "done_on", None, "#date+followup"),
        Column(_("Who"), "done_by__full_name", None, "#contact+name"),
        Column(_("How"), "contact", choice(FollowUp.Contact), "#modality"),
        Column(_("The chair is used"), "still_used", yes_no, "#indicator+used"),
        Column(_("Hours of use a day"), "hours_per_day", None, "#indicator+hours+num"),
        Column(_("To be measured again"), "needs_remeasuring", yes_no, "#indicator+remeasure"),
        Column(_("To be done until"), "action_due_on", None, "#date+action"),
        Column(_("Done"), "action_done_on", None, "#date+action+done"),
    ),
    (_TAKE, "distributions.view_followup"),
)

REPAIRS = ListOut(
    "repairs",
    _("Repairs"),
    (
        *_chair("chair__"),
        Column(_("What is broken"), "what", None, "#description"),
        Column(_("Broken since"), "broke_on", None, "#date+broken"),
        Column(_("Works again since"), "fixed_on", None, "#date+mended"),
        Column(_("Parts"), "parts", None, "#item+parts"),
        Column(_("Cost, MAD"), "cost_mad", None, "#value+mad+num"),
        Column(_("Loan chair"), "loan_chair__number", reference("CH", 4), "#item+loan+code"),
        Column(_("Reported by"), "reported_by__full_name", None, "#contact+name"),
    ),
    (_TAKE, "distributions.view_repair"),
)

ROUNDS = ListOut(
    "rounds",
    _("Rounds"),
    (
        Column(_("Day"), "day", None, "#date+round"),
        Column(_("Region"), "province__region__name_{lang}", None, "#adm1+name"),
        Column(_("Province or prefecture"), "province__name_{lang}", None, "#adm2+name"),
        Column(_("Volunteer"), "volunteer__full_name", None, "#contact+volunteer+name"),
        _campaign("initiative__"),
        Column(_("Stops"), "number_of_stops", None, "#activity+stops+num"),
    ),
    (_TAKE, "distributions.view_round"),
)

TRANSFERS = ListOut(
    "transfers",
    _("Transfers"),
    (
        Column(_("From"), "origin__name", None, "#loc+origin+name"),
        Column(_("To"), "destination__name", None, "#loc+destination+name"),
        Column(_("Chairs"), "number_of_chairs", None, "#item+num"),
        _day(_("Sent on"), "sent_at", "#date+sent"),
        Column(_("Sent by"), "sent_by__full_name", None, "#contact+sender+name"),
        Column(_("Carried by"), "carrier", None, "#org+carrier+name"),
        _day(_("Received on"), "received_at", "#date+received"),
    ),
    (_TAKE, "distributions.view_transfer"),
)

RECALLS = ListOut(
    "recalls",
    _("Recalls"),
    (
        Column(_("Model"), ("model__manufacturer", "model__name", "model__size"), joined, "#item+name"),
        Column(_("Batch"), "batch", None, "#item+batch"),
        Column(_("What is wrong"), "reason", None, "#description+cause"),
        Column(_("What makes a chair safe"), "what_to_do", None, "#description+remedy"),
        Column(_("Opened on"), "opened_on", None, "#date+opened"),
        Column(_("Closed on"), "closed_on", None, "#date+closed"),
    ),
    (_TAKE, "distributions.view_recall"),
)
LISTS = (CHAIRS, ALLOCATIONS, DELIVERIES, DUE, FOLLOWUPS, REPAIRS, ROUNDS, TRANSFERS, RECALLS)

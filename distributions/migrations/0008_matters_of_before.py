"""File what waited for a person before there was one list for all of it."""

from django.db import migrations
from django.db.models import Q

BY_DOUBT = [
    ("chair_twice", {"chair_disputed"}),
    ("told_twice", {"already_delivered"}),
    ("content", {"different", "other_content"}),
    ("lost_phone", {"device_lost"}),
    ("account", {"author_gone", "reassigned"}),
    ("refused", {"unreadable", "sealed", "unknown_kind", "incomplete", "not_given", "chair", "file_refused"}),
    ("spare", {"spare"}),
    ("against_plan", {"not_healthy", "released", "not_loaded", "other_round", "file_closed", "check_failed"}),
    ("clock", {"clock_ahead", "clock_behind", "clock_unreadable"}),
]


def kind_of(codes, entry_kind=""):
    filed = next((kind for kind, doubts in BY_DOUBT if doubts & set(codes)), "")
    if entry_kind in ("breakdown", "need_seen", "taken_back") and filed not in ("lost_phone", "account"):
        return entry_kind
    return filed or "refused"


def file_what_waits(apps, schema_editor):
    Matter = apps.get_model("distributions", "Matter")
    PhoneEntry = apps.get_model("distributions", "PhoneEntry")
    Delivery = apps.get_model("distributions", "Delivery")
    waiting = PhoneEntry.objects.filter(handled_at=None).exclude(state="received").select_related("delivery")
    filed = set()
    for entry in waiting.order_by("pk").iterator():
        doubts = entry.delivery.needs_a_look.split(",") if entry.delivery else []
        Matter.objects.create(
            kind=kind_of([*entry.reasons.split(","), *doubts], entry.kind),
            entry=entry,
            delivery=entry.delivery,
            device_id=entry.device_id,
            round_id=entry.delivery.round_id if entry.delivery else None,
            province_id=entry.province_id,
            author_id=entry.author_id,
            opens_at=entry.received_at,
        )
        filed.add(entry.delivery_id)
    doubtful = Delivery.objects.filter(~Q(needs_a_look="")).select_related("allocation", "round")
    for delivery in doubtful.order_by("pk").iterator():
        codes = delivery.needs_a_look.split(",")
        if delivery.pk in filed:
            if "spare" not in codes:
                Matter.objects.filter(delivery=delivery).update(chair=delivery.allocation.chair_id)
            continue
        Matter.objects.create(
            kind=kind_of(codes),
            delivery=delivery,
            chair_id=None if "spare" in codes else delivery.allocation.chair_id,
            round_id=delivery.round_id,
            province_id=delivery.round.province_id if delivery.round else None,
            author_id=delivery.volunteer_id,
            opens_at=delivery.received_at,
        )


class Migration(migrations.Migration):
    dependencies = [("distributions", "0007_matters")]

    operations = [migrations.RunPython(file_what_waits, migrations.RunPython.noop)]

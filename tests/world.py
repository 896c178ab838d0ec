"""One of everything, in a place of one's choice: what the permission table's arguments point at."""

from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone

from beneficiaries import importing
from distributions import following_up, transcribing
from distributions.models import Attachment, Device, Matter, PhoneEntry
from tests import factories
from tests.factories import province


def build(iso: str, *, volunteer) -> dict[str, object]:
    """Make a family with everything that can belong to it, in the province `iso`; returns {key: argument}."""
    family = factories.FamilyFactory(province=province(iso))
    guardian = factories.GuardianFactory(family=family, is_first_contact=True)
    child = factories.ChildFactory(family=family)
    child.photo.save("x.webp", ContentFile(b"RIFF"), save=True)
    consent = factories.ConsentFactory(child=child, guardian=guardian)
    consent.evidence.save("x.pdf", ContentFile(b"%PDF-1.4"), save=True)
    health_record = factories.HealthRecordFactory(child=child)
    complete = factories.AssessmentFactory(child=child, complete=True)
    need = factories.NeedFactory(child=child, assessment=complete)
    draft = factories.AssessmentFactory(child=child)
    allocation = factories.AllocationFactory(need=need, loaded=True, volunteer=volunteer)
    served = factories.ChildFactory(family=family, given_name_latin="Anas", given_name_arabic="أنس", sex="M")
    delivered = factories.AllocationFactory(need__child=served, loaded=True, volunteer=volunteer)
    delivery = factories.DeliveryFactory(allocation=delivered, handed_over_on=timezone.localdate() - timedelta(days=20))
    attachment = Attachment(delivery=delivery, kind="signature", sha256="0" * 64)
    attachment.file.save("x.png", ContentFile(b"\x89PNG"), save=True)
    left = factories.AllocationFactory(need__child__family=family, loaded=True, volunteer=volunteer)
    factories.DeliveryFactory(allocation=left, handed_over_on=timezone.localdate() - timedelta(days=200))
    type(left.need.child).objects.filter(pk=left.need.child_id).update(status="deceased")
    preparation = allocation.preparations.get()
    preparation.photo.save("x.webp", ContentFile(b"RIFF"), save=True)
    recall = factories.RecallFactory(chair=delivered.chair)
    followup = factories.FollowUpFactory(
        delivery=delivery, action="Appeler le réparateur", action_due_on=timezone.localdate()
    )
    repair = following_up.report_breakdown(chair=delivered.chair, by=volunteer, what="Frein cassé")
    count = factories.StockCountFactory(seen=factories.ChairFactory())
    transfer = factories.TransferFactory()
    phone = Device.objects.create(user=volunteer, name="Android", last_seen_at=timezone.now())
    phone_entry = PhoneEntry.objects.create(
        author=volunteer,
        device=phone,
        kind="need_seen",
        state="review",
        reasons="to_read",
        received_at=timezone.now(),
        said='{"data": {"what": "Une fillette portée"}}',
        sequence=0,
        province=province(iso),
    )
    matter = Matter.objects.create(
        kind="need_seen",
        entry=phone_entry,
        device=phone,
        author=volunteer,
        province=province(iso),
        opens_at=timezone.now(),
    )
    waiting = factories.NeedFactory(child=factories.ChildFactory(family=family, given_name_latin="Hiba"))
    rule = factories.PlanRuleFactory(initiative=allocation.initiative, need=waiting)
    twice = factories.DuplicatePairFactory(child__family=family)
    ended = factories.ChildFactory(family=family, given_name_latin="Ghita", given_name_arabic="غيثة")
    merged = factories.MergeFactory(kept=served, gone=ended)
    request = factories.RightsRequestFactory(child=child, asked_by=guardian)
    factories.NationalIdentityFactory(guardian=guardian)
    return {
        "pair": twice.pk,
        "merge": merged.pk,
        "family": family.pk,
        "rights_request": request.pk,
        "guardian": guardian.pk,
        "child": child.pk,
        "consent": consent.pk,
        "health_record": health_record.pk,
        "assessment": complete.pk,
        "draft": draft.pk,
        "measurement": factories.MeasurementFactory(child=child).pk,
        "need": waiting.pk,
        "chair": allocation.chair_id,
        "chair_left": left.chair_id,
        "chair_number": allocation.chair.number,
        "chair_act": "repair_begun",
        "chair_event": allocation.chair.events.in_order().first().pk,
        "chair_model": allocation.chair.model_id,
        "workshop_change": factories.WorkshopChangeFactory(model=allocation.chair.model).pk,
        "preparation": preparation.pk,
        "count": count.pk,
        "count_line": count.lines.get().pk,
        "transfer": transfer.pk,
        "recall": recall.pk,
        "recall_line": recall.lines.get().pk,
        "depot": factories.DepotFactory(province=province(iso)).pk,
        "initiative": allocation.initiative_id,
        "allocation": allocation.pk,
        "rule": rule.pk,
        "followup": followup.pk,
        "repair": repair.pk,
        "round": allocation.round_id,
        "round_scan": transcribing.keep_scan(allocation.round, b"%PDF-1.4", by=volunteer).pk,
        "delivery": delivery.pk,
        "attachment": attachment.pk,
        "attachment_kind": "signature",
        "phone_entry": phone_entry.pk,
        "matter": matter.pk,
        "phone": phone.pk,
        "device": "6f1c1b7e-0a53-4a0e-9a55-9d7d5b1b7a10",
        "content": "0" * 64,
        "language": "ar",
    }


REGISTER = "Nom;Prénom;Sexe;Date de naissance;Ville;Téléphone\nNaciri;Aya;F;26/07/2015;Casablanca;0612345678\n"


def an_import(user) -> dict[str, object]:
    """An import that `user` uploaded and has not confirmed yet, and one of its rows."""
    uploaded = importing.upload_register(file=BytesIO(REGISTER.encode()), filename="registre.csv", by=user)
    return {"import": uploaded.pk, "import_row": 2}

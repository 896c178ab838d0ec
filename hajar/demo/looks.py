"""What invented looks see of a child and her chair, by the number of the look: the same at every telling."""

from datetime import datetime, timedelta

from distributions.models import Delivery, FollowUp


def seen_at(step: str, number: int) -> dict:
    """What is seen of the child and the chair: by phone little, at a visit all of it."""
    places = [["indoors", "yard"], ["indoors", "school"], ["indoors", "street", "school"], ["indoors"]][number % 4]
    if step == FollowUp.Step.DAYS_14:
        return {"contact": FollowUp.Contact.CALL, "places": places, "swallowing_change": "same"}
    return {
        "contact": FollowUp.Contact.VISIT,
        "places": places,
        "skin": "stage_1" if number % 13 == 5 else "none",
        "falls": 1 if number % 7 == 2 else 0,
        "pain": (0, 0, 2, 0, 3)[number % 5],
        "swallowing_change": ("same", "better", "same", "unknown")[number % 4],
        **dict.fromkeys(("fits_width", "sits_upright"), Delivery.Check.YES),
        "fits_depth": Delivery.Check.NOT_DONE if number % 6 == 1 else Delivery.Check.YES,
        "feet_supported": Delivery.Check.NO if number % 8 == 3 else Delivery.Check.YES,
        "worn_parts": ["tyres"] if number % 5 == 1 else [],
        "training_refreshed": number % 3 == 0,
    }


def to_be_done(worker, when: datetime, number: int) -> dict:
    """What some looks ask for, of whoever made them."""
    if number % 4 != 1:
        return {}
    wanted = ("Régler le repose-pied gauche, trop bas.", "Rappeler la famille pour la place à l'école.")
    return {
        "action": wanted[number // 4 % 2],
        "action_by": worker,
        "action_due_on": when.date() + timedelta(days=14),
    }

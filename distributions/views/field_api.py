"""What phones and Hajar say to each other: the pack of a round, entries, files. Version 1 stays accepted for a year
after a version 2: phones are offline for weeks.

A 200 says what became of each entry. Anything else says nothing, and the phone keeps everything.
"""

import json
import uuid
from dataclasses import asdict
from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone, translation
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.security import SessionAuth
from pydantic import ConfigDict, Field, WithJsonSchema

from beneficiaries.models import Child
from distributions import delivering, phoning, protocol, syncing, travelling
from distributions.forms.deliveries import TRAINING
from distributions.models import Allocation, Delivery, Round
from distributions.views import mobile
from hajar.backups import keeping
from hajar.lib import boxes
from hajar.lib.refusals import Refusal
from hajar.templatetags.hajar_ui import phone_groups

HAND_IN = "distributions.mobile.hand_in"
MOST_BODY = 512 * 1024
MOST_GONE = 200


class _Parser(Parser):
    """Refuses a body that is too large or no JSON at all; what is odd inside it is judged entry by entry."""

    def parse_body(self, request: HttpRequest):
        if len(request.body) > MOST_BODY:
            raise ValueError("too large")
        return json.loads(request.body)


class _Volunteer(SessionAuth):
    def authenticate(self, request, key):
        if not request.user.is_authenticated:
            return None
        if not request.user.has_perm("distributions.record_delivery"):
            raise HttpError(403, "not a volunteer")
        return request.user


api = NinjaAPI(
    title="Hajar in the field",
    version="1",
    docs_url=None,
    openapi_url=None,
    urls_namespace="field-1",
    parser=_Parser(),
    auth=_Volunteer(),
)


class _Strict(Schema):
    model_config = ConfigDict(extra="forbid")


# Each entry is judged on its own, so that a bad one refuses no other; this says what a good one looks like.
AnEntry = Annotated[
    Any, WithJsonSchema({"anyOf": [protocol.Said.model_json_schema(), protocol.Sealed.model_json_schema()]})
]


class PlaceIn(_Strict):
    sequence: Annotated[int, Field(ge=0, le=2**53, strict=True)]
    hash: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


class SyncIn(_Strict):
    device: protocol.Id
    known: PlaceIn
    unsent: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    rounds: Annotated[list[protocol.Id], Field(max_length=20)] = []
    entries: Annotated[list[AnEntry], Field(max_length=protocol.MOST_ENTRIES)] = []


class HandInIn(SyncIn):
    token: Annotated[str, Field(max_length=200)]


class ResultOut(Schema):
    id: str
    status: str
    state: str
    reason: str
    sequence: int


class SyncOut(Schema):
    results: list[ResultOut]
    head: PlaceIn
    durable_sequence: int
    server_time: str
    missing: list[str]
    resync: bool
    forget: bool


class FileOut(Schema):
    sha256: str
    state: str


class Problem(Schema):
    detail: Any


REFUSED = {400: Problem, 403: Problem, 422: Problem}


def _answer(request, sent: SyncIn, person, *, is_gone: bool) -> dict:
    name = request.headers.get("User-Agent", "").encode("ascii", "replace").decode()
    device = phoning.meet(uuid.UUID(sent.device), by=person, name=name, unsent=sent.unsent)
    known = phoning.Place(sent.known.sequence, sent.known.hash)
    resync = not phoning.knows(known)
    if resync:
        phoning.raise_alarm(device, known, by=person)
    sender = syncing.Sender(person, device, is_gone)
    results = syncing.receive(sent.entries, sender=sender)
    is_lost = device is not None and device.lost_at is not None
    if device and sent.rounds and not is_gone:
        phoning.note_kept(device, [uuid.UUID(pk) for pk in sent.rounds], by=person)
    if not is_gone and not is_lost:
        for round_ in Round.objects.filter(volunteer=person, downloaded_at=None, pk__in=sent.rounds):
            travelling.note_download(round_, by=person, device=name)
    return {
        "results": [asdict(result) for result in results],
        "head": asdict(phoning.head()),
        "durable_sequence": keeping.durable_sequence(),
        "server_time": timezone.now().isoformat(),
        "missing": syncing.missing_files(person),
        "resync": resync,
        "forget": is_lost or is_gone,
    }


@api.post("sync", response={200: SyncOut, **REFUSED}, url_name="mobile_sync")
def sync(request, sent: SyncIn):
    """Take in up to 20 entries; say what became of each, and what is still missing."""
    return _answer(request, sent, request.user, is_gone=False)


@api.post("hand-in", response={200: SyncOut, **REFUSED}, url_name="mobile_hand_in", auth=None)
def hand_in(request, sent: HandInIn):
    """Take in what is left on the phone of somebody whose account was closed or changed: it all goes to review.

    The token came with her pack. It opens nothing else, and not even this while she can still sign in.
    """
    try:
        person_id, device = signing.loads(sent.token, salt=HAND_IN, max_age=settings.LANGUAGE_COOKIE_AGE)
        person = get_user_model().objects.get(pk=person_id)
    except (signing.BadSignature, ValueError, TypeError, get_user_model().DoesNotExist):
        raise HttpError(403, "no such token") from None
    if device != sent.device or (person.is_active and person.has_perm("distributions.record_delivery")):
        raise HttpError(403, "sign in")
    return _answer(request, sent, person, is_gone=True)


@api.api_operation(
    ["PUT", "POST"],
    "files/{sha256}",
    response={200: FileOut, 413: Problem, 409: Problem, **REFUSED},
    url_name="mobile_file",
)
def put_file(request, sha256: protocol.Sha256):
    """Keep a file that an entry names: its bytes as they are, or sealed. The same again changes nothing."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > syncing.MOST_FILE_BYTES:
        raise HttpError(413, "too large")
    data = request.read(syncing.MOST_FILE_BYTES + 1)
    if len(data) > syncing.MOST_FILE_BYTES:
        raise HttpError(413, "too large")
    try:
        state = syncing.keep_file(sha256, data, sender=syncing.Sender(request.user))
    except Refusal as refusal:
        raise HttpError(409, refusal.message) from None
    return {"sha256": sha256, "state": state}


@api.get("pack/{device}", response={200: dict, **REFUSED}, url_name="mobile_pack")
def pack(request, device: protocol.Id):
    """Everything of her rounds of these days, in each language: what a phone keeps to work without a network."""
    rounds = Round.objects.for_phone(request.user).select_related("province", "initiative").order_by("day", "pk")
    get_token(request)  # the phone will need its cookie to send
    public = boxes.public_key(settings.PHONE_SECRETS[0])
    return {
        "owner": str(request.user.pk),
        "made_at": timezone.now().isoformat(),
        "language": translation.get_language(),
        "head": asdict(phoning.head()),
        "public_key": public.hex(),
        "token": signing.dumps([str(request.user.pk), device], salt=HAND_IN),
        "rounds": [packed(round_, request.user) for round_ in rounds],
        "gone": _gone(request.user),
    }


def _gone(user) -> list[str]:
    """The stops that a phone must forget, drafts and all: a child has died. They are named by their number only."""
    bereaved = Allocation.objects.filter(round__volunteer=user, need__child__status=Child.Status.DECEASED)
    return [str(pk) for pk in bereaved.order_by("-ended_at", "pk").values_list("pk", flat=True)[:MOST_GONE]]


def packed(round_: Round, user) -> dict:
    """One round as a phone keeps it, in each language; the office looks at the same (views.rounds.as_volunteer)."""
    words: dict[str, dict] = {}
    spares = list(round_.spare_chairs())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = {
                "place": str(round_.province),
                "stops": [_packed_stop(stop) for stop in mobile.stops_of(round_)],
                "training": [label for name, label in Delivery.questions() if name in TRAINING],
                "spares": [{"chair": chair.label, "model": str(chair.model)} for chair in spares],
            }
    return {
        "id": str(round_.pk),
        "day": round_.day.isoformat(),
        "note": round_.note,
        "proofs": {stop["id"]: syncing.give(user, round_.pk, stop["id"]) for stop in words["fr"]["stops"]},
        "photos": _photos_allowed(round_),
        "words": words,
    }


def _packed_stop(stop) -> dict:
    told = {name: value for name, value in asdict(stop).items() if "url" not in name}
    told["people"] = [{**person, "shown": phone_groups(person["phone"])} for person in told["people"]]
    if stop.is_home_closed:
        told |= {"address": "", "directions": "", "map_address": ""}
    return {"id": str(told.pop("pk")), **told}


def _photos_allowed(round_: Round) -> list[str]:
    """The stops whose families allow a photo as proof."""
    children = dict(round_.allocations.to_drive_to().order_by("stop", "pk").values_list("pk", "need__child"))
    allowed = delivering.those_who_may_be_photographed(children.values())
    return [str(pk) for pk, child in children.items() if child in allowed]


def addresses():
    """The addresses of this version; ninja's own root has nothing to say."""
    found = [address for address in api.urls[0] if address.name != "api-root"]
    for address in found:
        if address.name == "mobile_hand_in":
            address.callback = login_not_required(address.callback)
    return found

"""A volunteer's phone as a test holds it: it makes entries as the pages do, and remembers what it was told."""

import json
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from distributions import syncing
from distributions.models import Allocation, Delivery

SYNC = "/mobile/api/v1/sync"


def entry(kind: str, data: dict, *, number: int = 1, id: str = "", files: dict | None = None, **more) -> dict:
    """One entry as a phone sends it."""
    return {
        "id": id or str(uuid.uuid4()),
        "number": number,
        "kind": kind,
        "claimed_at": timezone.now().isoformat(),
        "data": data,
        "files": files or {},
        **more,
    }


def hand_over(allocation: Allocation, *, by=None, **said) -> dict:
    """The data of a hand-over where all went well, unless told otherwise; with its proof for `by`."""
    return {
        "allocation": str(allocation.pk),
        "round": str(allocation.round_id),
        "proof": syncing.give(by, allocation.round_id, allocation.pk) if by else "",
        "outcome": "delivered",
        "is_healthy": True,
        "receiver_name": "Khadija",
        "receiver_relation": "mother",
        "checks": dict.fromkeys(Delivery.CHECKS, "yes"),
        **said,
    }


class Phone:
    """Signed in as `user`; `post` sends as the pages send."""

    def __init__(self, user, client: Client | None = None):
        self.user, self.id = user, str(uuid.uuid4())
        self.client = client or Client(raise_request_exception=True)
        self.client.force_login(user)
        self.known = {"sequence": 0, "hash": ""}

    def body(self, *entries: Any, **more) -> dict:
        return {"device": self.id, "known": self.known, "entries": list(entries), **more}

    def post(self, *entries: Any, **more):
        return self.client.post(SYNC, json.dumps(self.body(*entries, **more)), content_type="application/json")

    def send(self, *entries: Any, **more) -> dict:
        """Send, and remember the place in the journal as a phone does."""
        answer = self.post(*entries, **more)
        assert answer.status_code == 200, answer.content
        told = answer.json()
        self.known = told["head"]
        return told

    def put(self, sha256: str, data: bytes):
        return self.client.put(
            reverse("distributions:mobile_file", args=[sha256]), data, content_type="application/octet-stream"
        )

    def pack(self) -> dict:
        return self.client.get(reverse("distributions:mobile_pack", args=[self.id])).json()

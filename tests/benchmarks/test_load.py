"""How much the field can send at once, by phones that send from the same machine: measured, never asserted.

In the suite a few phones send for a moment, to prove that measuring works; LOAD=1 (make load) measures, and appends its
table to the file that LOAD_MARKDOWN names.
"""

import hashlib
import http.client
import io
import json
import os
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from distributions.models import Delivery, PhoneEntry
from hajar.accounts import roles
from hajar.journal import recording as journal
from tests.conftest import member
from tests.distributions.test_sync_crashes import TOKEN, Server
from tests.factories import AllocationFactory, ConsentFactory, RoundFactory
from tests.phones import SYNC, entry, hand_over

MEASURES = bool(os.environ.get("LOAD"))
SECONDS = int(os.environ.get("LOAD_SECONDS", "60")) if MEASURES else 2
PHONES = 32 if MEASURES else 3
MORNING = int(os.environ.get("LOAD_PHONES", "300")) if MEASURES else 3
ENTRIES, PHOTOS = (30, 3) if MEASURES else (3, 1)
STOPS = 300 if MEASURES else 5
ARRIVAL = 60 if MEASURES else 1  # seconds within which the phones of a morning come back

DESK = [
    reverse(name)
    for name in ("home", "beneficiaries:child_list", "beneficiaries:need_list", "distributions:round_list")
]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(3600 if MEASURES else 240),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the server's workers are found in /proc"),
]


@dataclass
class Tally:
    """What a run came to; threads add to it."""

    waits: list[float] = field(default_factory=list)
    entries: int = 0
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, seconds: float, entries: int) -> None:
        with self.lock:
            self.waits.append(seconds)
            self.entries += entries

    def fail(self, what: object) -> None:
        with self.lock:
            self.failures.append(str(what)[:80])

    def row(self, name: str, seconds: float) -> str:
        waits = sorted(self.waits)
        p95 = quantiles(waits, n=20, method="inclusive")[-1] if len(waits) > 1 else waits[0]
        per_second = self.entries / seconds
        return (
            f"| {name} | {self.entries:,} | {per_second:,.0f} | {median(waits) * 1000:,.0f} | {p95 * 1000:,.0f} |"
            f" {len(self.failures)} |"
        )


class Line:
    """One phone's connection: signed in, kept open, its own number."""

    def __init__(self, number: int, port: int, session: str):
        self.device = f"00000000-0000-4000-8000-{number:012d}"
        self.port, self.line, self.count = port, None, 0
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"

    def ask(self, method: str, address: str, body: bytes | str = b"", kind: str = "application/json") -> bytes:
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": kind, "Cookie": self.cookie, "X-CSRFToken": TOKEN}
        try:
            self.line.request(method, address, body or None, headers)
            answer = self.line.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException):
            self.line = None
            raise
        if answer.status != 200:
            raise http.client.HTTPException(f"{method} {address.split('/')[-2]}: {answer.status}")
        return told

    def said(self, round_: str) -> dict:
        self.count += 1
        return entry("healthy", {"round": round_}, number=self.count)

    def send(self, entries: list[dict], tally: Tally) -> None:
        body = {"device": self.device, "known": {"sequence": 0, "hash": ""}, "entries": entries}
        began = time.monotonic()
        try:
            told = json.loads(self.ask("POST", SYNC, json.dumps(body)))
        except (OSError, http.client.HTTPException, ValueError) as fault:
            tally.fail(fault)
            return
        tally.add(time.monotonic() - began, sum(result["state"] == "received" for result in told["results"]))


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def all_at_once(acts: list[Callable[[], None]]) -> float:
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


def write_down(title: str, head: str, *rows: str) -> None:
    columns = head.count("|") - 1
    load = os.getloadavg()[0]
    version = ".".join(map(str, connection.get_database_version()))
    where = (
        f"{timezone.localdate()}, {connection.display_name} {version}, {os.cpu_count()} cores at a load of {load:.1f}"
    )
    table = "\n".join([f"\n### {title}\n", f"{where}\n", head, "|---|" + "---:|" * (columns - 1), *rows, ""])
    print(table)
    if target := os.environ.get("LOAD_MARKDOWN"):
        with open(target, "a") as file:
            file.write(table)


HEAD = "| load | entries | entries/s | median ms | p95 ms | failed requests |"


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("HAJAR_MEDIA_ROOT", str(tmp_path))
    running = Server()
    running.start()
    yield running
    running.kill()


@pytest.mark.parametrize(("name", "batch"), [("1 entry a request", 1), ("20 entries a request", 20)])
def test_phones_that_send_without_a_pause(server, name, batch):
    """Q1, Q2: 32 phones, as fast as they are answered."""
    people = [member(f"Phone{number}", roles.VOLUNTEER, None) for number in range(PHONES)]
    lines = [
        (Line(n, server.port, session_of(user)), str(RoundFactory(volunteer=user).pk)) for n, user in enumerate(people)
    ]
    tally, end = Tally(), time.monotonic() + SECONDS

    def keep_sending(line: Line, round_: str) -> None:
        while time.monotonic() < end:
            line.send([line.said(round_) for _each in range(batch)], tally)

    took = all_at_once([lambda pair=pair: keep_sending(*pair) for pair in lines])
    assert tally.failures == []
    assert PhoneEntry.objects.count() == tally.entries > 0
    assert list(journal.faults()) == []
    write_down(f"{PHONES} phones, {SECONDS} seconds", HEAD, tally.row(name, took))


def photo(number: int) -> bytes:
    """About 300 kB that no compression makes smaller, each another."""
    out = io.BytesIO()
    noise = b"".join(hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(15_000))
    Image.frombytes("RGB", (400, 400), noise[: 400 * 400 * 3]).resize((800, 800)).save(out, "JPEG", quality=82)
    return out.getvalue()


def test_a_morning_when_all_phones_come_back(server, samira):
    """Q3: they come back within a minute, each with its entries and its photos, while the office works."""
    plans = []
    for number in range(MORNING):
        user = member(f"Phone{number}", roles.VOLUNTEER, None)
        first = AllocationFactory(loaded=True, volunteer=user)
        stops = [first, *[AllocationFactory(loaded=True, round=first.round) for _more in range(PHOTOS - 1)]]
        for stop in stops:
            ConsentFactory(child=stop.need.child, purpose="proof_photo")
        plans.append(
            (Line(number, server.port, session_of(user)), stops, [photo(10 * number + n) for n in range(PHOTOS)])
        )
    office = Line(10**6, server.port, session_of(samira))
    tally, photos, pages, is_over = Tally(), Tally(), Tally(), threading.Event()

    def come_back(place: int, line: Line, stops: list, pictures: list[bytes]) -> None:
        time.sleep(ARRIVAL * place / len(plans))
        named = [hashlib.sha256(picture).hexdigest() for picture in pictures]
        pairs = enumerate(zip(stops, named, strict=True), 1)
        said = [entry("delivery", hand_over(stop), number=n, files={"photo": name}) for n, (stop, name) in pairs]
        line.count = len(said)
        said += [line.said(str(stops[0].round_id)) for _each in range(ENTRIES - len(said))]
        for start in range(0, len(said), 20):
            line.send(said[start : start + 20], tally)
        for name, picture in zip(named, pictures, strict=True):
            began = time.monotonic()
            try:
                line.ask("PUT", f"/mobile/api/v1/files/{name}", picture, "application/octet-stream")
            except (OSError, http.client.HTTPException) as fault:
                photos.fail(fault)
            else:
                photos.add(time.monotonic() - began, 1)

    def work() -> None:
        while not is_over.is_set():
            for address in DESK:
                began = time.monotonic()
                try:
                    office.ask("GET", address)
                except (OSError, http.client.HTTPException) as fault:
                    pages.fail(fault)
                else:
                    pages.add(time.monotonic() - began, 1)
            time.sleep(0.5)

    desk = threading.Thread(target=work, daemon=True)
    desk.start()
    took = all_at_once([lambda place=place, plan=plan: come_back(place, *plan) for place, plan in enumerate(plans)])
    is_over.set()
    desk.join()
    assert (tally.failures, photos.failures, pages.failures) == ([], [], [])
    assert tally.entries == MORNING * ENTRIES == PhoneEntry.objects.count()
    assert Delivery.objects.filter(attachments__kind="photo").count() == MORNING * PHOTOS
    each = f"{ENTRIES} entries and {PHOTOS} photos each"
    title = f"{MORNING} phones come back within {ARRIVAL} s, {each}: all here after {took:.0f} s"
    write_down(
        title,
        HEAD,
        tally.row("entries", took),
        photos.row("photos", took),
        pages.row("pages of the office meanwhile", took),
    )


def test_the_first_download(server, driss):
    """Q6: what a phone fetches for one day with very many stops, on a slow network."""
    first = AllocationFactory(loaded=True, volunteer=driss)
    for _more in range(STOPS - 1):
        AllocationFactory(loaded=True, round=first.round)
    line = Line(1, server.port, session_of(driss))
    began = time.monotonic()
    pack = line.ask("GET", f"/mobile/api/v1/pack/{line.device}")
    took = time.monotonic() - began
    assert len(json.loads(pack)["rounds"][0]["words"]["fr"]["stops"]) == STOPS
    small = len(zlib.compress(pack, 6))
    slow = 0.8 + small * 8 / 250_000 + took
    write_down(
        "The first download",
        "| stops | kB | kB compressed | made in ms | at 250 kbit/s and 800 ms, s |",
        f"| {STOPS} | {len(pack) / 1000:,.0f} | {small / 1000:,.0f} | {took * 1000:,.0f} | {slow:.1f} |",
    )

"""A real server is killed in the middle of a sync, again and again: what it confirmed is there, once."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from distributions.models import PhoneEntry
from hajar.journal import recording as journal
from tests.factories import RoundFactory
from tests.phones import SYNC, entry

ROOT = Path(__file__).resolve().parents[2]
KILLS = 200 if os.environ.get("SOAK") else 20
PHONES, TOKEN = 4, "a" * 32
LONGEST = 1200 if os.environ.get("SOAK") else 100


class Server:
    """Two workers on the test's own database; whichever is killed is replaced by the master, or by us."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None

    def start(self):
        address = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-w", "2", "--preload", "-b", address, "--log-level", "critical",
             "--no-control-socket", "hajar.wsgi"],
            cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url()}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 40
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server does not start")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_workers(self):
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    head, _slash, tail = os.environ["DATABASE_URL"].rpartition("/")
    _old, question, options = tail.partition("?")
    return f"{head}/{name}{question}{options}"


class Sender(threading.Thread):
    """A phone that sends until everything is confirmed; one answer in ten is lost on the way."""

    def __init__(self, number: int, port: int, session: str, round_: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.dice, self.port, self.round, self.stop = random.Random(number), port, round_, stop
        self.device = f"00000000-0000-4000-8000-{number:012d}"
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"
        self.sent: set[str] = set()
        self.confirmed: set[str] = set()

    def run(self):
        outbox: list[dict] = []
        end = time.monotonic() + LONGEST
        while (not self.stop.is_set() or outbox) and time.monotonic() < end:
            while len(outbox) < 3 and not self.stop.is_set():
                outbox.append(entry("healthy", {"round": self.round}, number=len(self.sent)))
                self.sent.add(outbox[-1]["id"])
            try:
                done = self.exchange(outbox)
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                time.sleep(0.02)
                continue
            if self.dice.random() < 0.1:
                continue
            self.confirmed |= done
            outbox = [said for said in outbox if said["id"] not in done]

    def exchange(self, outbox: list[dict]) -> set[str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = {"device": self.device, "known": {"sequence": 0, "hash": ""}, "entries": outbox}
        headers = {"Content-Type": "application/json", "Cookie": self.cookie, "X-CSRFToken": TOKEN}
        try:
            line.request("POST", SYNC, json.dumps(body), headers)
            answer = line.getresponse()
            told = json.loads(answer.read())
            if answer.status != 200:
                raise ValueError(answer.status)
        finally:
            line.close()
        return {result["id"] for result in told["results"] if result["state"] == "received"}


def wait_for_traffic(phones: list[Sender]) -> None:
    """Until one more entry is confirmed, so that each kill meets a server at work; at most three seconds."""
    before, end = sum(len(phone.confirmed) for phone in phones), time.monotonic() + 3
    while time.monotonic() < end and sum(len(phone.confirmed) for phone in phones) == before:
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the server's workers in /proc")
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(LONGEST + 100)
def test_a_server_that_is_killed_in_the_middle_loses_and_doubles_nothing(driss):
    round_ = str(RoundFactory(volunteer=driss).pk)
    client = Client()
    client.force_login(driss)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    stop, server, dice = threading.Event(), Server(), random.Random(4)
    server.start()
    phones = [Sender(number, server.port, session, round_, stop) for number in range(PHONES)]
    try:
        for phone in phones:
            phone.start()
        for kill in range(KILLS):
            wait_for_traffic(phones)
            time.sleep(dice.uniform(0, 0.2))
            if kill % 10 == 9:
                server.kill()
                server.start()
            else:
                server.kill_workers()
        stop.set()
        for phone in phones:
            phone.join(timeout=LONGEST)
    finally:
        stop.set()
        server.kill()
    kept = {str(pk) for pk in PhoneEntry.objects.values_list("pk", flat=True)}
    confirmed = set().union(*[phone.confirmed for phone in phones])
    sent = set().union(*[phone.sent for phone in phones])
    assert len(confirmed) > KILLS // 2, "the server was killed while nobody spoke"
    assert confirmed - kept == set(), "lost"
    assert sent == confirmed, "the outboxes did not come to rest"
    assert PhoneEntry.objects.count() == len(kept) == len(sent)
    assert list(journal.faults()) == []

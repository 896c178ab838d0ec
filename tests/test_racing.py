"""A race that cannot be run says so at once: a suite that waits for ever says nothing."""

import threading

import pytest

from tests import racing
from tests.racing import RaceBroken, race


def test_each_racer_brings_home_a_result_or_its_defeat():
    def act(index):
        if index == 2:
            raise ValueError(index)
        return index * index

    *results, last = race(3, act)
    assert results == [0, 1]
    assert isinstance(last, ValueError)


def test_a_racer_that_never_comes_home_is_named():
    never = threading.Event()

    def act(index):
        if index == 1:
            never.wait()

    with pytest.raises(RaceBroken, match=r"1 of 3 racers still run(.|\n)*never\.wait\(\)"):
        race(3, act, patience=0.2)
    never.set()


def test_a_racer_that_falls_before_a_meeting_does_not_keep_the_others_waiting(monkeypatch):
    monkeypatch.setattr(racing, "PATIENCE", 0.2)
    looked = racing.meeting(3)

    def act(index):
        if index == 0:
            raise ConnectionError("too many clients")
        looked.wait()

    with pytest.raises(RaceBroken) as broken:
        race(3, act)
    assert isinstance(broken.value.__cause__, ConnectionError)


def test_a_machine_that_gives_no_more_threads_ends_the_race(monkeypatch):
    class Scarce(threading.Thread):
        def start(self):
            if self.name == "racer 2":
                raise RuntimeError("can't start new thread")
            super().start()

    monkeypatch.setattr(threading, "Thread", Scarce)
    with pytest.raises(RaceBroken, match="not every racer"):
        race(3, lambda index: index)

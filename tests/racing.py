"""Start many threads at the same instant and collect what each came to; end, loudly, when one of them does not."""

import sys
import threading
import time
import traceback
from collections.abc import Callable

from django.db import connections

PATIENCE = 120  # seconds: a race takes some, pytest-timeout ends the test after twice as many


class RaceBroken(AssertionError):
    """A race that was none: a racer never came to the start, or never came home."""


def meeting(number: int) -> threading.Barrier:
    """A point where `number` racers wait for one another. If one falls before it, the others do not wait for ever."""
    return threading.Barrier(number, timeout=PATIENCE)


def race(number: int, act: Callable[[int], object], *, patience: float = PATIENCE) -> list[object]:
    """Run act(0) … act(number - 1) in as many threads at once; returns each one's result, or the exception it met.

    Raises RaceBroken where they did not all start together, missed one another at a meeting, or still run after
    `patience` seconds; it says where.
    """
    gate = threading.Barrier(number, timeout=patience)
    results: list[object] = [None] * number

    def run(index: int) -> None:
        try:
            gate.wait()
            results[index] = act(index)
        except Exception as problem:  # a racer's defeat is a result, too
            results[index] = problem
        finally:
            connections.close_all()

    # Daemons: one that hangs must not keep the interpreter from ending.
    threads = [
        threading.Thread(target=run, args=[index], name=f"racer {index}", daemon=True) for index in range(number)
    ]
    try:
        for thread in threads:
            thread.start()
    except RuntimeError as fault:  # the machine gives no more threads
        gate.abort()
        raise RaceBroken("not every racer could start") from fault
    ends_at = time.monotonic() + patience
    for thread in threads:
        thread.join(max(ends_at - time.monotonic(), 0))
    if running := [thread for thread in threads if thread.is_alive()]:
        raise RaceBroken(
            f"after {patience} s {len(running)} of {number} racers still run, the first at\n{_where(running[0])}"
        )
    if any(isinstance(result, threading.BrokenBarrierError) for result in results):
        raise RaceBroken("the racers missed one another") from _first_fall(results)
    return results


def _where(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    return "".join(traceback.format_stack(frame)) if frame else "its end"


def _first_fall(results: list[object]) -> Exception | None:
    """What made a racer fall, if it was not that another one did not come."""
    falls = [result for result in results if isinstance(result, Exception)]
    return next((fall for fall in falls if not isinstance(fall, threading.BrokenBarrierError)), None)

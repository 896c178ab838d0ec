"""Start many threads at the same instant and collect what each came to."""

import threading
from collections.abc import Callable

from django.db import connections


def race(number: int, act: Callable[[int], object]) -> list[object]:
    """Run act(0) … act(number - 1) in as many threads at once; returns each one's result, or the exception it met."""
    gate = threading.Barrier(number)
    results: list[object] = [None] * number

    def run(index: int) -> None:
        try:
            gate.wait()
            results[index] = act(index)
        except Exception as problem:  # a racer's defeat is a result, too
            results[index] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[index]) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

from django.db import models


class Counter(models.Model):
    """One row is a series of human references and the last number given out in it."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.series} {self.last}"


def next_numbers(series: str, count: int = 1) -> range:
    """Take `count` numbers out of a series, never given twice.

    Call it in a transaction: the row stays locked until its end.
    """
    Counter.objects.get_or_create(series=series)
    counter = Counter.objects.select_for_update().get(series=series)
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return range(first, counter.last + 1)

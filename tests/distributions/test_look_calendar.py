from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as st

from distributions import growth
from distributions.look_calendar import Given, next_look

GIVEN_ON = date(2026, 3, 1)
DAYS = st.integers(min_value=0, max_value=500).map(lambda days: GIVEN_ON + timedelta(days=days))
FORETOLD = st.none() | st.integers(min_value=-50, max_value=700).map(lambda days: GIVEN_ON + timedelta(days=days))
CHAIRS = st.builds(
    Given,
    handed_over_on=st.just(GIVEN_ON),
    born_on=st.dates(date(2008, 3, 1), date(2026, 1, 1)).filter(lambda day: (day.month, day.day) != (2, 29)),
    sex=st.sampled_from("FM"),
    worsens_rapidly=st.booleans(),
    looks=st.lists(st.tuples(st.sampled_from(["days_14", "days_42", "half_yearly"]), DAYS), max_size=4).map(tuple),
    leaves_good_fit_on=FORETOLD,
    too_small_on=FORETOLD,
)


def is_wanted(chair: Given, day: date) -> bool:
    """The rules as one says them of a single day."""
    steps = {step for step, _on in chair.looks}
    with_her = (day - chair.handed_over_on).days
    if not steps and with_her >= 14:
        return True
    if not steps & {"days_42", "half_yearly"} and with_her >= 42:
        return True
    age = day.year - chair.born_on.year - ((day.month, day.day) < (chair.born_on.month, chair.born_on.day))
    every = 122 if chair.worsens_rapidly or growth.remeasure_every_months(chair.sex, age) == 4 else 183
    regular = [on for step, on in chair.looks if step == "half_yearly"]
    if with_her >= every and all((day - on).days >= every for on in regular):
        return True
    visits = [on for step, on in chair.looks if step != "days_14"]
    return _is_foretold(chair, day, chair.leaves_good_fit_on, 91, visits) or _is_foretold(
        chair, day, chair.too_small_on, 30, [on for _step, on in chair.looks]
    )


def _is_foretold(chair, day, foretold, before, looks) -> bool:
    if foretold is None or (foretold - day).days > before:
        return False
    was_known = (foretold - chair.handed_over_on).days <= before
    return not was_known and not any((foretold - on).days <= before + 30 for on in looks)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@over(CHAIRS)
def test_the_next_look_is_on_the_first_day_on_which_one_is_wanted(chair):
    day = chair.handed_over_on
    while not is_wanted(chair, day):
        day += timedelta(days=1)
    assert next_look(chair) == day


def test_growth_that_becomes_fast_between_two_looks_brings_the_next_one_forward():
    """A girl who has her tenth birthday five months after the last look."""
    chair = Given(
        handed_over_on=date(2026, 1, 1),
        born_on=date(2016, 12, 1),
        sex="F",
        worsens_rapidly=False,
        looks=(("half_yearly", date(2026, 7, 1)),),
    )
    assert next_look(chair) == date(2026, 12, 1)

"""The permission table against the house: every address, every role, own region and another."""

import uuid
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from hajar.accounts import roles
from hajar.accounts.models import User
from tests import world
from tests.conftest import member
from tests.permissions import EVERYBODY, KINGDOM, OWN, PUBLIC, REGION, RULES, Rule

# Addresses of packages, whose own tests guard them: sign-in, second factor, sessions.
OF_PACKAGES = ("account_", "mfa_", "usersessions_")
HERE, ELSEWHERE = "MA-CAS", "MA-TAR"
MINE, THEIRS = "MA-06", "MA-09"


def addresses(resolver=None, prefix: str = ""):
    """Names of all addresses outside the administration, with their namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_address_has_a_row_in_the_table():
    ours = {name for name in addresses() if not name.startswith(OF_PACKAGES)}
    listed = [rule.name for rule in RULES]
    assert ours - set(listed) == set(), "an address without a row"
    assert set(listed) - ours == set(), "a row without an address"
    assert len(listed) == len(set(listed)), "two rows for one address"


def answer(user, rule: Rule, things: dict) -> int:
    """What the house answers this person; whatever the request changed is taken back."""
    client = Client(raise_request_exception=True)
    client.force_login(user)
    url = reverse(rule.name, kwargs={argument: things[key] for argument, key in rule.args.items()})
    with transaction.atomic():
        status = (client.post(url) if rule.post else client.get(url)).status_code
        transaction.set_rollback(True)
    return status


def uploaded(rule: Rule, user) -> dict:
    return world.an_import(user) if "import" in rule.args.values() else {}


@dataclass(frozen=True)
class Houses:
    """Everybody and everything the table is tried on: one of each role, and one of each thing here and elsewhere."""

    people: dict[str, User]
    somebody_else: User
    mine: dict
    theirs: dict
    media: str


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once, for all rows of the table: what a request changes is taken back. Taken down at the end."""
    media = str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(settings, "MEDIA_ROOT", media)
        people = {role: member(f"{role}-here", role, MINE) for role in sorted(EVERYBODY)}
        yield Houses(
            people=people,
            somebody_else=member("somebody-else", roles.CASE_WORKER, MINE),
            theirs=world.build(ELSEWHERE, volunteer=member("far-volunteer", roles.VOLUNTEER, THEIRS)),
            mine=world.build(HERE, volunteer=people[roles.VOLUNTEER]),
            media=media,
        )
        transaction.set_rollback(True)


@pytest.fixture
def houses(built, db, settings):
    settings.MEDIA_ROOT = built.media
    settings.HAJAR_NATIONAL_ID, settings.HAJAR_NATIONAL_ID_KEYS = True, ["a key of forty characters, well kept ...."]
    return built


def faults(rule: Rule, houses: Houses) -> list[str]:
    """Where the house answers otherwise than the table says."""
    found = []
    for role, user in houses.people.items():
        status = answer(user, rule, houses.mine | uploaded(rule, user))
        if role not in rule.roles:
            if status != 403:
                found.append(f"{role}, own region: {status} instead of 403")
            continue
        if status in (403, 404, 405) or status >= 500:
            found.append(f"{role}, own region: {status} instead of an answer")
        status = answer(user, rule, houses.theirs | uploaded(rule, houses.somebody_else))
        if rule.reach in (REGION, OWN) and status != 404:
            found.append(f"{role}, another region: {status} instead of 404")
        if rule.reach == KINGDOM and (status in (403, 404) or status >= 500):
            found.append(f"{role}, another region: {status} instead of an answer")
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_house_answers_as_the_table_says(rule, houses):
    assert faults(rule, houses) == []


@pytest.mark.django_db
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.reach != PUBLIC], ids=lambda rule: rule.name)
def test_a_stranger_is_led_to_the_sign_in(rule):
    """Before the house looks whether there is such a row at all."""
    words = {"kind": "signature", "number": 2, "line": 2, "sha256": "0" * 64}
    url = reverse(rule.name, kwargs={argument: words.get(argument, uuid.uuid4()) for argument in rule.args})
    response = Client().post(url) if rule.post else Client().get(url)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_planted_leak_is_found(houses, monkeypatch):
    """The twin: a list of allocations that forgets the region must fail the table."""
    from distributions.models.allocations import AllocationQuerySet

    monkeypatch.setattr(AllocationQuerySet, "visible_to", lambda rows, user: rows)
    rule = next(rule for rule in RULES if rule.name == "distributions:allocation_detail")
    assert any("another region: 200" in fault for fault in faults(rule, houses))


def test_a_page_that_forgets_its_permission_is_found(houses, monkeypatch):
    monkeypatch.setattr(User, "has_perm", lambda user, name, obj=None: True)
    monkeypatch.setattr(User, "has_perms", lambda user, names, obj=None: True)
    rule = next(rule for rule in RULES if rule.name == "distributions:chair_create")
    assert any("instead of 403" in fault for fault in faults(rule, houses))


@pytest.mark.django_db
def test_an_expired_mandate_sees_nothing(samira):
    from beneficiaries.models import Child
    from tests.factories import ChildFactory

    seen = Child.objects.filter(pk=ChildFactory().pk)
    assert seen.visible_to(samira).exists()
    samira.mandates.update(ends_on=samira.mandates.get().starts_on, starts_on="2020-01-01")
    samira.mandates.update(ends_on="2020-02-01")
    del samira.__dict__["_mandates"]
    assert not Child.objects.visible_to(samira).exists()

"""The cast, and what every test needs: fast passwords, reference rows, GETs that never write."""

import faulthandler
import os
import signal

import pytest
from django.db import connection
from django.test import Client
from xdist.scheduler import LoadScopeScheduling

from hajar.accounts import roles
from tests import flushing
from tests.factories import UserFactory

flushing.install()

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# A session, a sign-in's counters and the line that tells of a reading are bookkeeping, not business.
BOOKKEEPING = ("journal_", "django_session", '"cache"', "usersessions", "savepoint")


def pytest_configure(config):
    """Whoever is ended from outside, as .ci/run ends a step that hangs, says first where every thread stands."""
    faulthandler.register(signal.SIGTERM, file=os.dup(2), chain=True)


# Files whose tests share a house that is built once: one worker does them all, and does them first.
BUILT_ONCE = ("tests/test_demo.py", "tests/test_permissions.py", "tests/benchmarks/test_import.py")


def pytest_xdist_make_scheduler(config, log):
    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return file if file in BUILT_ONCE else nodeid

    return Scheduler(config, log)


def pytest_addoption(parser):
    parser.addoption("--database-only", action="store_true", help="leave out the tests that ask no database anything")


def pytest_collection_modifyitems(config, items):
    """A second engine has nothing to say about rules, sheets and words: they were tried on the first."""
    if config.getoption("--database-only"):
        asking = [item for item in items if _asks_a_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(asking)])
        items[:] = asking


def _asks_a_database(item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"}
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("engine")
    return bool(marked or fixtures.intersection(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        flushing.remember(connection)


@pytest.fixture(autouse=True)
def quick_and_private(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.HAJAR_DEMO = True  # the cast enters without a second factor; the tests of that rule turn it off
    settings.LANGUAGE_CODE = "fr"


class GetMustNotWrite(AssertionError):
    pass


class HouseClient(Client):
    """The test client of this house refuses a GET that writes."""

    def get(self, *args, **kwargs):
        def refuse(execute, sql, params, many, context):
            words = sql.lstrip().upper()
            if words.startswith(WRITES) and not any(name in sql.lower() for name in BOOKKEEPING):
                raise GetMustNotWrite(sql[:200])
            return execute(sql, params, many, context)

        with connection.execute_wrapper(refuse):
            return super().get(*args, **kwargs)


@pytest.fixture
def client():
    return HouseClient()


def member(name: str, role: str, region: str | None = "MA"):
    """A person with a role, and a mandate for a region (ISO code), for the whole Kingdom ("MA") or for none."""
    from beneficiaries.models import Mandate, Region

    user = UserFactory(full_name=name, email=f"{name.lower()}@hajar.example")
    roles.give(user, role)
    if region:
        Mandate.objects.create(user=user, region=None if region == "MA" else Region.objects.get(iso=region))
    return user


@pytest.fixture
def person(db):
    """Make a `member`."""
    return member


@pytest.fixture
def nadia(person):
    return person("Nadia", roles.ADMINISTRATOR)


@pytest.fixture
def karim(person):
    return person("Karim", roles.COORDINATOR)


@pytest.fixture
def samira(person):
    return person("Samira", roles.CASE_WORKER, "MA-06")


@pytest.fixture
def youssef(person):
    return person("Youssef", roles.CASE_WORKER, "MA-09")


@pytest.fixture
def omar(person):
    return person("Omar", roles.STOREKEEPER)


@pytest.fixture
def driss(person):
    return person("Driss", roles.VOLUNTEER, None)


@pytest.fixture
def khadija(person):
    return person("Khadija", roles.VOLUNTEER, None)


@pytest.fixture
def salwa(person):
    return person("Salwa", roles.CLINICIAN)


@pytest.fixture
def hind(person):
    return person("Hind", roles.OBSERVER)

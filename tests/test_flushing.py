"""After a test with real transactions the next one finds the house as the migrations made it."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction

from beneficiaries.models import Child, NameAlias, Province
from hajar.journal import append_only, recording
from hajar.journal.models import Entry, Head
from tests.factories import NeedFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_test_wrote_is_gone_and_what_it_changed_is_as_before(samira):
    groups = {group.name: group.permissions.count() for group in Group.objects.all()}
    aliases, provinces = NameAlias.objects.count(), set(Province.objects.values_list())
    need = NeedFactory()
    with transaction.atomic():
        recording.record("need.opened", need, by=samira)
    NameAlias.objects.update(latin="Changed")
    Group.objects.all().delete()
    call_command("flush", interactive=False, verbosity=0)
    assert (Child.objects.count(), Entry.objects.count(), Head.objects.get().sequence) == (0, 0, 0)
    assert append_only.missing(connection) == {}
    assert NameAlias.objects.count() == aliases > 0
    assert not NameAlias.objects.filter(latin="Changed").exists()
    assert {group.name: group.permissions.count() for group in Group.objects.all()} == groups
    assert set(Province.objects.values_list()) == provinces

from django.contrib.auth.models import Group, Permission

from hajar.accounts import roles


def test_groups_say_exactly_what_the_table_says(db):
    for role in roles.ROLES.values():
        held = Group.objects.get(name=role.name).permissions.select_related("content_type")
        assert {f"{p.content_type.app_label}.{p.codename}" for p in held} == role.permissions


def test_a_permission_taken_out_of_the_table_leaves_the_group(db, monkeypatch):
    poorer = roles.Role(roles.OBSERVER, "Observer", frozenset())
    monkeypatch.setitem(roles.ROLES, roles.OBSERVER, poorer)
    roles.keep_groups_in_step()
    assert not Group.objects.get(name=roles.OBSERVER).permissions.exists()


def test_only_administrators_enter_the_administration(nadia, karim, samira, driss):
    assert nadia.is_staff
    assert not any(user.is_staff for user in (karim, samira, driss))


def test_a_volunteer_may_do_one_thing_only(driss):
    assert driss.get_all_permissions() == {"distributions.record_delivery"}


def test_nobody_but_those_named_may_see_health_records(nadia, karim, samira, youssef, omar, driss, salwa, hind):
    may = {
        user
        for user in (nadia, karim, samira, youssef, omar, driss, salwa, hind)
        if user.has_perm("beneficiaries.view_healthrecord")
    }
    assert may == {nadia, karim, salwa}


def test_losing_the_role_closes_the_administration(nadia):
    roles.give(nadia, roles.CASE_WORKER)
    assert not nadia.is_staff
    assert nadia.role_names == {roles.CASE_WORKER}


def test_a_permission_given_to_a_person_past_her_roles_counts_for_nothing(driss):
    driss.user_permissions.add(Permission.objects.get(codename="view_child"))
    assert not driss.has_perm("beneficiaries.view_child")


def test_asking_for_permissions_costs_one_query(samira, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert samira.has_perm("beneficiaries.view_child")
        assert not samira.has_perm("beneficiaries.view_healthrecord")

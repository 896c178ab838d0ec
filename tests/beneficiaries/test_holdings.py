"""Everything that leads to a family is classified, field by field: what is new fails here until somebody does."""

import pytest
from django.apps import apps
from django.db import models

from beneficiaries import holdings, retaining
from beneficiaries.holdings import EMPTY, Holding, fields
from beneficiaries.models import Child, Family, Guardian

PEOPLE = {Child, Family, Guardian}
OURS = [model for model in apps.get_models() if model.__module__.split(".")[0] in ("beneficiaries", "distributions")]


def leads_to_people(model: type[models.Model], seen: frozenset = frozenset()) -> bool:
    """Whether some chain of foreign keys ends at a child, a family or a guardian."""
    if model in PEOPLE:
        return True
    return any(
        field.is_relation and field.related_model not in seen and leads_to_people(field.related_model, seen | {model})
        for field in model._meta.concrete_fields
    )


def test_every_model_that_leads_to_a_family_is_held_or_left_out_with_a_reason():
    leading = {model._meta.label for model in OURS if leads_to_people(model)}
    held = {holding.label for holding in holdings.every()}
    assert leading == held | holdings.ELSEWHERE.keys()
    assert not held & holdings.ELSEWHERE.keys()
    assert all(holdings.ELSEWHERE.values())


def unclassified(holding: Holding) -> set[str]:
    said = [name for group in holding.fields for name in group.names]
    assert len(said) == len(set(said)), f"{holding.label} names a field twice"
    return {field.name for field in holding.model._meta.concrete_fields} ^ set(said)


@pytest.mark.parametrize("holding", [*holdings.every(), *holdings.LOOSE], ids=lambda holding: holding.label)
def test_every_field_is_classified_once(holding):
    assert unclassified(holding) == set()
    assert {group.category for group in holding.fields} <= retaining.CATEGORIES.keys()


def test_a_field_that_nobody_classified_is_found():
    short = Holding("beneficiaries.HealthRecord", "child", (fields("health", EMPTY, "id diagnosis"),))
    assert {"notes", "hospital"} <= unclassified(short)


@pytest.mark.parametrize("holding", list(holdings.every()), ids=lambda holding: holding.label)
def test_every_free_word_and_every_file_is_emptied_when_a_file_is_forgotten(holding):
    """A text that people type may name somebody, whatever it was meant for."""
    codes = {
        "version", "text_version", "rule_version", "legal_basis", "device", "content_hash", "sha256", "reasons",
        "needs_a_look", "diagnosis_edition", "limiting", "fingerprint", "sealed", "last_three", "key", "disinfectant",
        "cushion_size", "missing",
    }  # fmt: skip
    if holding.rows_go:
        return
    typed = {
        field.name
        for field in holding.model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.FileField)
        and not field.choices
        and field.name not in codes
    }
    assert typed - set(holding.named("empty", "mark", "coarsen")) == set()


def test_guarded_tables_are_told_apart():
    from hajar.journal import append_only

    guarded = {holding.model._meta.db_table for holding in holdings.every() if holding.guarded}
    kept = {table for table in append_only.expected().values() if not table.startswith("journal_")}
    assert guarded == {holding.model._meta.db_table for holding in holdings.every()} & kept

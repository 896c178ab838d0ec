"""Load Morocco's 12 regions and 75 provinces and prefectures (HCP codes, ISO 3166-2, census of 2024)."""

import csv
from pathlib import Path

from django.db import transaction

PLACES = Path(__file__).with_name("data") / "places.csv"


@transaction.atomic
def load_places(region_model, province_model) -> int:
    """Write every place of data/places.csv, safe to repeat; returns how many there are.

    Takes the models, so that a migration can pass its own.
    """
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    regions = {}
    for row in rows:
        if row["type"] == "region":
            regions[row["iso"]], _ = region_model.objects.update_or_create(iso=row["iso"], defaults=_fields(row))
    for row in rows:
        if row["type"] != "region":
            fields = {**_fields(row), "kind": row["type"], "region": regions[row["parent_iso"]]}
            province_model.objects.update_or_create(iso=row["iso"], defaults=fields)
    return len(rows)


def _fields(row: dict[str, str]) -> dict:
    return {
        "hcp": row["hcp"],
        "name_fr": row["name_fr"],
        "name_ar": row["name_ar"],
        "name_en": row["name_en"],
        "seat_fr": row["capital_fr"],
        "seat_ar": row["capital_ar"],
        "latitude": row["lat"],
        "longitude": row["lon"],
        "population": int(row["population_2024"]),
        "aliases": row["aliases"],
    }

from beneficiaries.admin import assessments, children, duplicates, families, names, people, places, rights

__all__ = ["assessments", "children", "duplicates", "families", "names", "people", "places", "rights"]

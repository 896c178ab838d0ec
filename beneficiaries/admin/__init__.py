from beneficiaries.admin import assessments, children, duplicates, families, people, places

__all__ = ["assessments", "children", "duplicates", "families", "people", "places"]

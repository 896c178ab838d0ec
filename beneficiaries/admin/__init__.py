from beneficiaries.admin import assessments, children, families, names, people, places

__all__ = ["assessments", "children", "families", "names", "people", "places"]

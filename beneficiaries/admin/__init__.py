from beneficiaries.admin import assessments, children, families, people, places

__all__ = ["assessments", "children", "families", "people", "places"]

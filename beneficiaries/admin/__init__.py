from beneficiaries.admin import assessments, children, families, people, places, rights

__all__ = ["assessments", "children", "families", "people", "places", "rights"]

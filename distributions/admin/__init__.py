from distributions.admin import chairs, field, initiatives

__all__ = ["chairs", "field", "initiatives"]

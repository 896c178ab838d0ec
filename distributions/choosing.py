"""What a child's measures and a chair's dimensions are to the pure rules."""

from distributions import fitting, growth


def body_of(need, known, prescription=None, projected_mass_kg=None):
    look = known.assessment
    return fitting.Body(push_method=look.push_method if look else "", trunk_control=look.trunk_control if look else "")


def _range(model, name):
    low, high = getattr(model, f"{name}_min_mm"), getattr(model, f"{name}_max_mm")
    return None if high is None else fitting.Range(low or high, high)


def seat_of(model, chair=None):
    return fitting.Seat(
        width=_range(model, "seat_width"),
        depth=_range(model, "seat_depth"),
        footrest=_range(model, "seat_to_footrest"),
        back=_range(model, "backrest_height"),
        footrests_are_split=model.footrests_are_split,
        has_cushion=model.has_cushion,
        cushion_mm=model.cushion_compressed_mm,
        user_mass_max_kg=model.user_mass_max_kg,
    )


def limits_of(seat, body):
    cushion = seat.cushion_mm if seat.has_cushion else 0
    known = cushion is not None
    return growth.Limits(
        seat.width.high if seat.width else None,
        seat.depth.high if seat.depth else None,
        seat.footrest.high + cushion if seat.footrest and known else None,
        seat.back.high - cushion if seat.back and known else None,
        fitting.back_target(body),
        seat.user_mass_max_kg,
        seat.footrests_are_split,
    )


def growing_child(child, readings, assessment, association):
    codes = assessment.growth_factors if assessment else []
    factors = [growth.Factor(code, getattr(association, f"growth_{code}")) for code in codes]
    return growth.Child(child.sex, child.born_on, child.birth_precision == "exact", readings, tuple(factors))

"""The words of FIT-1.0: dimensions, verdicts, and one sentence for every reason. Plain Python, as the rule itself."""

from collections.abc import Callable, Mapping
from decimal import Decimal


def N_(text: str) -> str:
    """Mark a sentence for translation (the extractor looks for this name); whoever shows it translates it."""
    return text


def sentence(
    reason: str,
    params: Mapping[str, int | Decimal] | None = None,
    *,
    translate: Callable[[str], str] = str,
    number: Callable[[int | Decimal], str] = str,
) -> str:
    """The sentence of a reason, in the reader's language: pass the reader's gettext and number format."""
    return translate(REASONS[reason]).format(**{key: number(value) for key, value in (params or {}).items()})


# The verdicts: on a dimension the first six, on the whole all but "not known" and "not needed".
GOOD, ACCEPTABLE, WARNING, FAIL = "good", "acceptable", "warning", "fail"
UNKNOWN, NOT_APPLICABLE, INCOMPLETE = "unknown", "not_applicable", "incomplete"

MEASURED_MM = (
    "hip_width_mm",
    "seat_depth_left_mm",
    "seat_depth_right_mm",
    "calf_left_mm",
    "calf_right_mm",
    "rib_height_mm",
    "scapula_height_mm",
    "shoulder_height_mm",
    "trunk_width_mm",
    "axilla_left_mm",
    "axilla_right_mm",
    "pelvis_top_mm",
    "skull_base_mm",
    "elbow_height_mm",
    "narrowest_door_mm",
)

NAMES: dict[str, str] = {
    "width": N_("Seat width"),
    "depth": N_("Seat depth"),
    "footrest": N_("Seat to footrest"),
    "mass": N_("Mass"),
    "posture": N_("Postural support"),
    "clearance": N_("Footrest above the ground"),
    "back": N_("Backrest height"),
    "headrest": N_("Headrest"),
    "trunk_pads": N_("Between the trunk pads"),
    "trunk_pad_top": N_("Top of the trunk pads"),
    "pelvis_pad": N_("Pelvis pad"),
    "armrest": N_("Armrest height"),
    "door": N_("Narrowest door"),
    "terrain": N_("Ground"),
    "tilt": N_("Tilting seat"),
}

# As a supplier calls them.
ORDER_NAMES = {"mass": N_("User mass"), "door": N_("Overall width")}

VERDICTS: dict[str, str] = {
    GOOD: N_("fits well"),
    ACCEPTABLE: N_("fits, with a remark"),
    WARNING: N_("to be looked at"),
    FAIL: N_("does not fit"),
    UNKNOWN: N_("not known"),
    NOT_APPLICABLE: N_("not needed"),
    INCOMPLETE: N_("cannot be judged yet"),
}

REASONS: dict[str, str] = {
    # Width
    "width.good": N_("At {setting} mm the seat is as wide as the hips need: {low} to {high} mm."),
    "width_padded.acceptable.above": N_(
        "At {setting} mm the seat is {difference} mm wider than the hips; the hip guides close the gap."
    ),
    "width_self.acceptable.above": N_(
        "At {setting} mm the seat is {difference} mm wider than the hips; the wheels stay within reach."
    ),
    "width.warning.above": N_(
        "At {setting} mm the seat is {difference} mm wider than the hips: more than holds the pelvis well."
    ),
    "width.warning.below": N_(
        "At {setting} mm the seat is {difference} mm narrower than the hips: measure again before deciding."
    ),
    "width.fail.above": N_("At {setting} mm the seat is {difference} mm wider than the hips: too wide."),
    "width.fail.below": N_("At {setting} mm the seat is {difference} mm narrower than the hips: too narrow."),
    # Depth
    "depth.good": N_("At {setting} mm deep the seat leaves {difference} mm behind the knees, as it should."),
    "depth.acceptable.below": N_(
        "At {setting} mm deep the seat carries the thighs a little short; {low} to {high} mm would be better."
    ),
    "depth.warning.below": N_(
        "At {setting} mm deep the seat carries the thighs badly; {low} to {high} mm would be right."
    ),
    "depth.warning.above": N_(
        "At {setting} mm deep the seat comes close to the knees; {low} to {high} mm would be right. "
        "Never chosen to grow into."
    ),
    "depth.fail.below": N_("At {setting} mm the seat is far too short; {low} to {high} mm would be right."),
    "depth.fail.above": N_("At {setting} mm the seat is too deep; {low} to {high} mm would be right."),
    # Footrest
    "footrest.good": N_("At {setting} mm below the seat the footrest carries the feet."),
    "footrest.acceptable.below": N_("The footrest is {difference} mm too high, which lifts the knees a little."),
    "footrest.acceptable.above": N_("The footrest is {difference} mm too low, so the feet rest lightly."),
    "footrest.warning.below": N_("The footrest is {difference} mm too high: the knees are lifted."),
    "footrest.warning.above": N_("The footrest is {difference} mm too low: the feet hardly rest on it."),
    "footrest.fail.below": N_("Even at {setting} mm the footrest is {difference} mm too high for the legs."),
    "footrest.fail.above": N_("Even at {setting} mm the footrest is {difference} mm too low: the feet would hang."),
    "footrest.shorter_leg": N_("The legs differ; the one footrest is set to the shorter leg."),
    "footrest.each_leg": N_("The legs differ; each footrest is set to its own leg."),
    "footrest.by_foot": N_("The child pushes with a foot: check also that the sole reaches the ground."),
    # Clearance
    "clearance.good": N_("The footrest stays {setting} mm above the ground."),
    "clearance.acceptable": N_("The footrest stays only {setting} mm above the ground; {low} mm would be better."),
    "clearance.warning": N_("The footrest stays only {setting} mm above the ground and will touch kerbs and stones."),
    "clearance.fail": N_("The footrest would come within {setting} mm of the ground and catch on it."),
    "clearance.fail.touches": N_("The footrest would touch the ground."),
    "clearance.no_footrest": N_("It can be said once the height of the footrest is known."),
    # Back
    "back.good": N_("At {setting} mm the backrest reaches as high as it should."),
    "back.acceptable.below": N_("At {setting} mm the backrest is {difference} mm low."),
    "back.acceptable.above": N_("At {setting} mm the backrest is {difference} mm high."),
    "back.warning.below": N_("At {setting} mm the backrest is {difference} mm too low to hold the back well."),
    "back.warning.above": N_("At {setting} mm the backrest is {difference} mm higher than needed."),
    "back.fail.below": N_("At {setting} mm the backrest is {difference} mm too low: the back is not held."),
    "back.target_D": N_("The child pushes the chair and holds the trunk well: the back goes up to the ribs."),
    "back.target_E": N_("The back goes up to the shoulder blades."),
    "back.target_F": N_("Ataxia, a weak trunk or a tilting seat: the back goes up to the shoulders."),
    # Headrest
    "headrest.good": N_("The headrest reaches the base of the skull."),
    "headrest.warning.below": N_("The headrest ends {difference} mm below the base of the skull."),
    "headrest.warning.above": N_("The headrest begins {difference} mm above the base of the skull."),
    "headrest.fail": N_("The child needs a headrest and the chair has none."),
    "headrest.not_needed": N_("The child holds the head well."),
    # Trunk pads, pelvis pad
    "trunk_pads.good": N_("The trunk pads can be set {setting} mm apart, as the trunk needs."),
    "trunk_pads.warning.below": N_("The trunk pads stand {setting} mm apart at most; {low} to {high} mm is needed."),
    "trunk_pads.warning.above": N_("The trunk pads stand {setting} mm apart at least; {low} to {high} mm is needed."),
    "trunk_pads.not_there": N_("The chair has no trunk pads."),
    "trunk_pad_top.good": N_("The trunk pads end far enough below the armpits."),
    "trunk_pad_top.warning.above": N_("The trunk pads come close to the armpits: they should end at {high} mm."),
    "trunk_pad_top.fail.above": N_("The trunk pads press into the armpits: they must end at {high} mm."),
    "trunk_pad_top.not_there": N_("The chair has no trunk pads."),
    "pelvis_pad.good": N_("The pelvis pad reaches the top of the pelvis."),
    "pelvis_pad.warning.below": N_("The pelvis pad stays {difference} mm below the top of the pelvis."),
    "pelvis_pad.warning.above": N_("The pelvis pad stays {difference} mm above the top of the pelvis."),
    "pelvis_pad.not_there": N_("The chair has no pelvis pad."),
    # Armrest
    "armrest.good": N_("At {setting} mm the armrests carry the forearms."),
    "armrest.acceptable.below": N_("At {setting} mm the armrests are {difference} mm below the elbows."),
    "armrest.acceptable.above": N_("At {setting} mm the armrests are {difference} mm above the elbows."),
    "armrest.warning.below": N_("The armrests are {difference} mm below the elbows: the arms are not carried."),
    "armrest.warning.above": N_("The armrests are {difference} mm above the elbows: the shoulders are raised."),
    # Mass
    "mass.good": N_(
        "The child weighs {setting} kg and the chair carries {high} kg: enough for now and for the growth."
    ),
    "mass.acceptable": N_("The child weighs {setting} kg and the chair carries {high} kg: little is left."),
    "mass.acceptable.will_outgrow": N_(
        "The child weighs {setting} kg, but may weigh {later} kg at the next review; the chair carries {high} kg."
    ),
    "mass.acceptable.not_projected": N_(
        "The child weighs {setting} kg and the chair carries {high} kg; how the mass will grow is not known."
    ),
    "mass.warning": N_("The child weighs {setting} kg, almost the {high} kg that the chair carries."),
    "mass.fail.above": N_("The child weighs {setting} kg and the chair carries only {high} kg."),
    "mass.fail.below": N_("The child weighs {setting} kg; the chair is made for at least {low} kg."),
    # Classes
    "posture.0": N_("The chair supports the posture as the child needs."),
    "posture.1": N_("The chair supports the posture more than the child needs."),
    "posture.2": N_("The chair supports the posture far more than the child needs."),
    "posture.-1": N_("The chair supports the posture less than the child needs."),
    "posture.-2": N_("The chair supports the posture far less than the child needs."),
    "terrain.0": N_("The chair is made for the ground of every day."),
    "terrain.1": N_("The chair is made for rougher ground than that of every day."),
    "terrain.2": N_("The chair is made for much rougher ground than that of every day."),
    "terrain.-1": N_("The chair is made for smoother ground than that of every day."),
    "terrain.-2": N_("The chair is made for indoors, and the ground of every day is rough."),
    # Door
    "door.good": N_("The chair is {setting} mm wide and passes the narrowest door of {door} mm with room to spare."),
    "door.acceptable": N_("The chair is {setting} mm wide and passes the narrowest door of {door} mm with care."),
    "door.warning": N_("The chair is {setting} mm wide and hardly passes the narrowest door of {door} mm."),
    "door.fail": N_("The chair is {setting} mm wide and does not pass the narrowest door of {door} mm."),
    # Tilt
    "tilt.good": N_("The seat tilts or reclines."),
    "tilt.warning": N_("The child swallows or breathes worse when upright, and the seat neither tilts nor reclines."),
    "tilt.warning.asked": N_("The child needs a seat that tilts or reclines, and this one does not."),
    "tilt.fail": N_(
        "The child swallows or breathes worse when upright and needs much support; the seat must tilt or recline."
    ),
    "tilt.not_needed": N_("The child does not need a tilting seat."),
    # Notes
    "noisy": N_("A measure less than 10 mm off would change this verdict: measure again."),
    "one_side": N_("One side only was measured; it stands for both."),
    # Not known: the child
    "missing.hip_width_mm": N_("The hip width (A) has not been measured."),
    "missing.seat_depth_left_mm": N_("The seat depth (B) has not been measured."),
    "missing.seat_depth_right_mm": N_("The seat depth (B) has not been measured."),
    "missing.calf_left_mm": N_("The calf length (C) has not been measured."),
    "missing.calf_right_mm": N_("The calf length (C) has not been measured."),
    "missing.rib_height_mm": N_("The height up to the ribs (D) has not been measured."),
    "missing.scapula_height_mm": N_("The height up to the shoulder blades (E) has not been measured."),
    "missing.shoulder_height_mm": N_("The height up to the shoulders (F) has not been measured."),
    "missing.trunk_width_mm": N_("The trunk width (G) has not been measured."),
    "missing.axilla_left_mm": N_("The height up to the armpit (H) has not been measured."),
    "missing.axilla_right_mm": N_("The height up to the armpit (H) has not been measured."),
    "missing.pelvis_top_mm": N_("The height up to the top of the pelvis (I) has not been measured."),
    "missing.skull_base_mm": N_("The height up to the base of the skull (K) has not been measured."),
    "missing.elbow_height_mm": N_("The height up to the elbow has not been measured."),
    "missing.mass_kg": N_("The child has not been weighed."),
    "missing.narrowest_door_mm": N_("The narrowest door has not been measured."),
    "missing.posture": N_("We do not know yet how much support the child needs to sit."),
    "missing.terrain": N_("We do not know yet on which ground the chair will be used."),
    "missing.head_control": N_("We do not know yet whether the child holds the head."),
    "missing.swallowing_worse": N_("We do not know yet whether the child swallows or breathes worse when upright."),
    **{
        f"implausible.{field}": N_("{found} mm cannot be right: probably another unit. Measure again.")
        for field in MEASURED_MM
    },
    "implausible.mass_kg": N_("{found} kg cannot be right. Weigh again."),
    # Not known: the chair
    "chair.missing": N_("The catalogue does not say it of this chair."),
    "chair.implausible": N_("The catalogue says {found}, which cannot be right: probably another unit."),
    "chair.implausible_range": N_(
        "The catalogue says {low} to {high} mm, which cannot be right: probably another unit."
    ),
    "chair.cushion": N_("The catalogue does not say how thick the cushion is under a seated child."),
    # Points
    "penalty.over_specified": N_("The chair supports more than needed; another child may need it."),
    "penalty.months": N_("It may be too small in {months} months."),
    "penalty.months_unknown": N_("How long it will fit cannot be said."),
    "penalty.workshop": N_("A workshop must change something first."),
    "penalty.accessories": N_("Accessories that the prescription asks for are missing: {count}."),
    # Order
    "spec.width": N_("Hip width, with up to 20 mm of room."),
    "spec.depth": N_(
        "30 to 50 mm free behind the knee; adjustable by at least {growth} mm to grow, never deeper today."
    ),
    "spec.footrest": N_("Adjustable by at least {growth} mm to grow."),
    "spec.back": N_("Adjustable by at least {growth} mm to grow."),
    "spec.headrest": N_("The middle of the headrest."),
    "spec.trunk_pads": N_("On both sides of the trunk."),
    "spec.trunk_pad_top": N_("Not higher: the armpits stay free."),
    "spec.pelvis_pad": N_("The middle of the pad."),
    "spec.armrest": N_("From the elbow to a little above."),
    "spec.clearance": N_("Free under the lowest setting of the footrest."),
    "spec.mass": N_("The greatest mass of a user that the maker allows, at least."),
    "spec.door": N_("Overall width at most; the narrowest door measures {door} mm."),
    "spec.posture.basic": N_("A well-fitting seat and cushion."),
    "spec.posture.intermediate": N_("A seat with postural supports."),
    "spec.posture.complex": N_("A seat made or shaped for the child's own body."),
    "spec.terrain.indoor_urban": N_("For indoors and paved streets."),
    "spec.terrain.dual": N_("For streets and tracks."),
    "spec.terrain.rough": N_("For rough tracks, sand and stones every day."),
    "spec.tilt": N_("Tilts by at least {low} degrees, or reclines."),
    "spec.to_measure": N_("To be measured before ordering."),
    "spec.to_assess": N_("To be assessed before ordering."),
}

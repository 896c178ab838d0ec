// What the form of a hand-over says, as the data of an entry, and what is still missing. Pure.
const NEEDS_REASON = ["refused", "did_not_fit", "other"];
const FITTING = ["fits_width", "fits_depth", "feet_supported", "sits_upright"];
const TRAINING = ["brakes_shown", "straps_shown", "folding_shown", "care_explained"];
const DIGITS = /[٠-٩۰-۹]/g;

// The number on a label, whatever digits it was typed in: "H-٠٠١٢" is "12"; "" where there is none.
export function numberOf(label) {
  const western = (label ?? "").replace(DIGITS, (sign) => String("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹".indexOf(sign) % 10));
  return western.replace(/\D/g, "").replace(/^0+(?=\d)/, "").slice(0, 9);
}

// The number in what a camera read, as Chair.number_in of the server reads it: the address on a label, whatever host it
// was printed for, or the bare label; else "".
export function numberInCode(text) {
  return /^(?:https?:\/\/\S+\/c\/|(?:CH)?\s*-?\s*)0*(\d{1,9})\/?$/i.exec((text ?? "").trim())?.[1] ?? "";
}

export function isAnotherChair(values, stop) {
  const typed = numberOf(values.chair_label);
  return typed !== "" && typed !== numberOf(stop.chair);
}

// Names of the fields that lack something.
export function missing(values, stop) {
  const found = [];
  if (!values.is_healthy) found.push("is_healthy");
  if (!values.outcome) found.push("outcome");
  if (NEEDS_REASON.includes(values.outcome) && !values.reason?.trim()) found.push("reason");
  if (values.outcome === "delivered") {
    if (!values.receiver_name?.trim()) found.push("receiver_name");
    if (!values.receiver_relation) found.push("receiver_relation");
    if (isAnotherChair(values, stop)) {
      if (!values.spare_reason?.trim()) found.push("spare_reason");
    } else if (!numberOf(values.chair_label) && !values.is_this_chair) found.push("is_this_chair");
  }
  return found;
}

// What belongs to another outcome (typed, then the outcome changed) is left out.
export function said(values, { stop, round, proof }) {
  const isDelivered = values.outcome === "delivered";
  const asked = isDelivered ? [...FITTING, ...TRAINING] : values.outcome === "did_not_fit" ? FITTING : [];
  const data = {
    allocation: stop.id,
    round: round.id,
    proof,
    outcome: values.outcome,
    reason: isDelivered ? "" : (values.reason ?? "").trim(),
    is_healthy: Boolean(values.is_healthy),
    receiver_name: isDelivered ? values.receiver_name.trim() : "",
    receiver_relation: isDelivered ? values.receiver_relation : "",
    checks: Object.fromEntries(asked.filter((name) => values[name]).map((name) => [name, values[name]])),
    note: (values.note ?? "").trim(),
  };
  if (isDelivered && isAnotherChair(values, stop)) {
    data.spare = { chair: numberOf(values.chair_label), reason: values.spare_reason.trim() };
  }
  return data;
}

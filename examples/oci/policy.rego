# For `cosign verify-attestation --policy`: may this image go ahead by what was attested of it?
#
# cosign has checked the signature, and that the statement is about this image, before it asks data.signature.allow with the
# statement as input. Change what must hold here to what you demand.
package signature

import rego.v1

# How old a decision may be, and by which packs it must have been made.
most_days := 90

packs := {"eu_ai_act"}

default allow := false

allow if {
	input.predicateType == "urn:aiact-rules:gate-decision/v1"
	input.predicate.verdict == "allow"
	input.predicate.passes == true
	count(packs - judged) == 0
	is_recent
}

judged contains split(pack.name, "@")[0] if {
	some pack in input.predicate.packs
}

# A day ahead is let pass, for clocks that differ.
is_recent if {
	age := time.now_ns() - time.parse_rfc3339_ns(input.predicate.decided_at)
	age > -86400 * 1000000000
	age < most_days * 86400 * 1000000000
}

"""Words of the clauses in English; the Vietnamese text governs.

Each entry is (plain sentence, legal sentence); keys are those of Vietnamese.
"""

# A clause is long: its sentence is joined from short lines on purpose.
# ruff: noqa: ISC004

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "parties": (
        "{seller} sells, {buyer} buys.",
        "Seller: {seller_full}. Buyer: {buyer_full}. Both enter this contract "
        "freely and warrant that the signatory may represent them.",
    ),
    "legal_grounds": (
        "The contract follows the rules in force on the day of signature.",
        "This contract is made under the following texts, in force on the day of "
        "signature: {grounds}.",
    ),
    "linkage_form": (
        "Form {form}: the parties share {stages}.",
        "The parties link in form {form}, which joins these stages: {stages}. The "
        "stages stated here are the ground for statistics and for recognition.",
    ),
    "subject": (
        "The sale of {product}.",
        "The subject of this contract is {product} grown by the seller or collected "
        "from its members.",
    ),
    "area_list": (
        "The goods come from the declared areas: {areas}.",
        "The goods delivered are harvested at: {areas}. Another area needs notice "
        "and the buyer's written consent.",
    ),
    "quantity": (
        "{kg} in all, give or take {tolerance_pct}%.",
        "The seller delivers and the buyer accepts {kg} in total, with a tolerance "
        "of {tolerance_pct}% over the season. More than that needs an annex.",
    ),
    "quality": (
        "The goods reach {quality}.",
        "The goods shall reach: {quality}, with pesticide residues within the limits "
        "of the place of consumption. Certificates shall be valid on the day of "
        "delivery.",
    ),
    "inputs": (
        "The buyer advances {inputs}, set off against payments.",
        "The buyer supplies {inputs} at {inputs_price}. They are settled as "
        "follows: {inputs_settlement}.",
    ),
    "technical": (
        "Grow by the procedure, keep the diary, respect the waiting days.",
        "The seller grows by the registered procedure, keeps a farm diary, harvests "
        "only after the pre-harvest interval, and lets the buyer visit on notice "
        "of {visit_days} day(s).",
    ),
    "processing": (
        "Fresh fruit to product: {ratio}.",
        "The goods are packed or processed in an eligible facility at a ratio of raw "
        "material to product of {ratio}. Losses beyond it are the processor's.",
    ),
    "price.fixed": (
        "{price} at the farm for every delivery; the buyer pays the transport.",
        "The unit price at the farm is fixed at {price} on the weight accepted at the "
        "place of delivery, for every delivery. The buyer pays the carriage to the "
        "place of delivery.",
    ),
    "price.floor": (
        "At least {price}. When the market is higher, the seller gets "
        "{share_pct}% of the difference.",
        "The floor price is {price}. When the reference price {reference}, taken "
        "by {reference_day}, is above it, the seller receives {share_pct}% of the "
        "difference in addition.",
    ),
    "price.market": (
        "The price follows {reference}.",
        "The unit price of each delivery equals the reference price {reference}, "
        "taken by {reference_day}.",
    ),
    "delivery": (
        "Delivered at {place}: {tranches}.",
        "The seller delivers at {place} by this calendar: {tranches}. Each "
        "delivery is weighed before both parties and recorded in a delivery note. A "
        "change of date needs {move_hours} hours' notice.",
    ),
    "acceptance": (
        "Checked within {hours} hours. What is rejected is photographed.",
        "The buyer checks the quantity on receipt and the quality within {hours} "
        "hours of it. Rejected goods need photographs and a record; the seller may "
        "join a second inspection. After this time the goods count as accepted.",
    ),
    "payment": (
        "Paid within {days} days of acceptance.",
        "The buyer pays by bank transfer within {days} days of the acceptance of "
        "each delivery. Late sums bear interest of {late_interest_pct}% a year.",
    ),
    "advance_deposit": (
        "A deposit of {advance}, set off against the last payment.",
        "The buyer pays a deposit of {advance} within {deposit_days} days of signature. It "
        "is set off against the last payment. A buyer who withdraws loses it; a seller who "
        "withdraws returns it together with an equal sum.",
    ),
    "term": (
        "From {first_day} to the end of {last_day}.",
        "This contract is in force from {first_day} to the end of {last_day}. "
        "Duties of payment and claims that arose before remain.",
    ),
    "rights_duties": (
        "The seller delivers in full and to grade. The buyer takes it and pays in "
        "time.",
        "The seller delivers the quantity, quality and calendar agreed and gives "
        "notice at once of an expected shortfall. The buyer takes all goods that "
        "conform, pays in time and announces each delivery {receive_days} days "
        "ahead.",
    ),
    "exclusivity": (
        "What is promised is kept for the buyer.",
        "During the term the seller sells the promised goods to nobody else, and the "
        "buyer takes the seller's goods before other goods of equal quality.",
    ),
    "traceability": (
        "Every lot carries a label and a trace code.",
        "Every lot has a code, a place and day of harvest, and data one step back and "
        "one step forward. The parties share these data for tracing and keep them for "
        "at least {trace_months} months.",
    ),
    "food_safety": (
        "The seller commits to safe goods and a clean environment.",
        "The seller commits to the rules on quality, food safety, disease safety and "
        "environment, with these papers: {safety}. An unsafe lot is recalled at the "
        "cost of the party that caused it.",
    ),
    "risk_sharing": (
        "When the market moves by more than {gap_pct}%, the parties talk again.",
        "When the reference price stays more than {gap_pct}% away from the contract "
        "price for {gap_weeks} weeks, or a disaster takes more than {loss_pct}% of the "
        "harvest, the parties renegotiate what is not yet delivered within "
        "{talk_days} days.",
    ),
    "force_majeure": (
        "Disaster or disease: notice within {majeure_hours} hours and the commune's "
        "confirmation, and there is no penalty.",
        "The party struck by force majeure gives notice within {majeure_hours} hours and "
        "sends the commune's confirmation within {proof_days} days. The duty concerned is suspended "
        "meanwhile, without penalty.",
    ),
    "hardship": (
        "When things change too much, either may ask to talk again.",
        "When circumstances change fundamentally and unforeseeably to the serious harm "
        "of a party, it may ask for renegotiation within a reasonable time.",
    ),
    "breach": (
        "Breach costs {penalty_pct}% of what was broken, and the actual damage.",
        "The party in breach pays a penalty of {penalty_pct}% of the value of the "
        "breached obligation and the actual damage, except for force majeure.",
    ),
    "amend_terminate": (
        "Changes are annexes that both sign.",
        "Every change is an annex signed by both. A party may terminate when the other "
        "breaks a main duty and does not mend it within {remedy_days} days of notice. At the "
        "end the parties reconcile and record the closing.",
    ),
    "dispute": (
        "Talk first, then {forum}.",
        "Disputes are settled by negotiation and conciliation within {settle_days} days, "
        "failing which they go to {forum}.",
    ),
    "state_support": (
        "Both prepare the file for linkage support.",
        "The parties prepare the application for State support of linkage when they "
        "are eligible; the lead files it and reports the outcome.",
    ),
    "data_privacy": (
        "Personal data serve this contract only.",
        "Each party processes the other's personal data only to perform this contract, "
        "keeps them confidential, passes them on only with consent, and deletes them "
        "when no longer needed or when the legal period ends.",
    ),
    "signatures": (
        "Both sign the same text with the same check code.",
        "This contract is signed electronically over one content with one check code "
        "and takes effect with the last signature. Each party keeps a copy of equal "
        "value.",
    ),
}

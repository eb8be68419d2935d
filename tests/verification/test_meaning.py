"""A flipped meaning is withheld although nearly every word is the source's."""

import pytest

from publius.verification.meaning import objection

SOURCE = {
    "not": "A student may not receive a grant under both sections in the same year.",
    "must": "The school must return the unearned funds to the lender within 45 days.",
    "may": "The Secretary may waive the fee for low-income borrowers.",
    "least": "The applicant must be at least 18 years of age.",
    "most": "The fine shall be not more than $20,000.",
    "unless": "The record is public unless the parent objects in writing.",
    "some": "Some states require a separate form.",
    "only": "Only veterans are eligible for this loan.",
    "before": "The form must be filed before June 30, 2025.",
    "eligible": "A borrower in default is ineligible for new aid.",
    "if": "If the school closes, the loan is discharged.",
    "order": "The guaranty agency pays the lender after the borrower defaults.",
    "free": "Applicants are not required to submit tax returns.",
    "only if": "Payment is made only if the account is verified.",
    "rates": "The interest rate is 6.8 percent for undergraduate students and 7.9 percent for graduate students.",
    "es": "El solicitante no debe compartir la contraseña con otras personas.",
    "es2": "El estudiante puede solicitar una prórroga.",
}

FLIPPED = [
    ("not", "A student may receive a grant under both sections in the same year."),
    ("must", "The school may return the unearned funds to the lender within 45 days."),
    ("must", "The school must not return the unearned funds to the lender within 45 days."),
    ("must", "The school need not return the unearned funds to the lender within 45 days."),
    ("must", "The school must return the unearned funds to the lender after 45 days."),
    ("may", "The Secretary must waive the fee for low-income borrowers."),
    ("may", "The Secretary waives the fee for low-income borrowers."),
    ("least", "The applicant must be at most 18 years of age."),
    ("least", "The applicant must be 18 years of age."),
    ("least", "The applicant must be under 18 years of age."),
    ("most", "The fine shall be not less than $20,000."),
    ("most", "The fine shall be more than $20,000."),
    ("most", "The fine shall be $20,000."),
    ("unless", "The record is public."),
    ("unless", "The record is public if the parent objects in writing."),
    ("some", "All states require a separate form."),
    ("some", "States require a separate form."),
    ("only", "Veterans are eligible for this loan."),
    ("before", "The form must be filed after June 30, 2025."),
    ("eligible", "A borrower in default is eligible for new aid."),
    ("if", "The loan is discharged."),
    ("order", "The lender pays the guaranty agency after the borrower defaults."),
    ("free", "Applicants are required to submit tax returns."),
    ("free", "Applicants must submit tax returns."),
    ("only if", "Payment is made."),
    ("rates", "The interest rate is 6.8 percent for graduate students."),
    ("rates", "The interest rate is 7.9 percent for undergraduate students."),
    ("es", "El solicitante debe compartir la contraseña con otras personas."),
    ("es2", "El estudiante debe solicitar una prórroga."),
]

KEPT = [
    ("not", "A student cannot receive a grant under both sections in the same year."),
    ("must", "The school must return the unearned funds within 45 days."),
    ("must", "The school is required to return the unearned funds to the lender within 45 days."),
    ("may", "The Secretary may waive the fee."),
    ("least", "The applicant must be 18 years of age or older."),
    ("most", "The fine may not exceed $20,000."),
    ("most", "The maximum fine is $20,000."),
    ("unless", "The record is public unless the parent objects in writing."),
    ("only", "Only veterans are eligible for this loan."),
    ("before", "The form must be filed before June 30, 2025."),
    ("if", "The loan is discharged if the school closes."),
    ("order", "The guaranty agency pays the lender after the borrower defaults."),
    ("rates", "The interest rate is 6.8% for undergraduate students."),
    ("free", "Applicants do not have to submit tax returns."),
    ("es2", "El estudiante puede solicitar una prórroga."),
]


# One word or phrase apart, and another thing: what is said, and what the source says.
PAIRS = [
    ("Applicants must not pay the fee online.", "Applicants must pay the fee online."),
    ("The fee is waived unless income is above $30,000.", "The fee is waived if income is above $30,000."),
    ("The report is due at most 30 days after the visit.", "The report is due at least 30 days after the visit."),
    ("Only supervisors approve travel.", "Supervisors approve travel."),
    ("Supervisors approve travel.", "Only supervisors approve travel."),
    ("Notice is given after the hearing.", "Notice is given before the hearing."),
    ("A permit is needed until the work begins.", "A permit is needed after the work begins."),
    ("Employees may carry over 240 hours.", "Employees may not carry over more than 240 hours."),
    ("Employees may carry over more than 240 hours.", "Employees may carry over no more than 240 hours."),
    ("The award is taxable.", "The award is not taxable."),
    ("The award is taxable.", "The award is nontaxable."),
    ("Visitors are exempt from the fee.", "Visitors are not exempt from the fee."),
    ("The school has to notify parents.", "The school does not have to notify parents."),
    ("The benefit ends when the child turns 18.", "The benefit begins when the child turns 18."),
    ("Neither party may appeal.", "Either party may appeal."),
    ("Either party may appeal.", "Neither party may appeal."),
    ("The agency rarely grants extensions.", "The agency usually grants extensions."),
    ("Late forms are accepted.", "Late forms are rejected."),
    ("A student is eligible even if in default.", "A student is eligible unless in default."),
    ("Costs are covered except travel.", "Costs are covered including travel."),
    ("The rule applies to all schools.", "The rule applies to most schools."),
    (
        "The rule applies to schools with fewer than 100 students.",
        "The rule applies to schools with more than 100 students.",
    ),
    ("Contractors can enter without a badge.", "Contractors can enter with a badge."),
    (
        "The limit is higher for graduate students than for undergraduates.",
        "The limit is lower for graduate students than for undergraduates.",
    ),
    ("Undergraduates get more than graduate students.", "Graduate students get more than undergraduates."),
    ("The deadline can be extended.", "The deadline cannot be extended."),
    ("Payment is due by March 1.", "Payment is due after March 1."),
    ("You need to renew by March 1.", "You need to renew no earlier than March 1."),
    ("Interest accrues while the student is in school.", "Interest accrues once the student is no longer in school."),
    ("The license expires in addition to the permit.", "The license expires instead of the permit."),
    ("El solicitante debe pagar.", "El solicitante no debe pagar."),
    ("El pago se hace antes del 1 de marzo.", "El pago se hace después del 1 de marzo."),
    ("Se admite a todos los alumnos.", "Se admite a algunos alumnos."),
    ("Solo los ciudadanos pueden votar.", "Los ciudadanos pueden votar."),
    ("The form is required of everyone.", "The form is required only of residents."),
    ("Appeals are heard regardless of the amount.", "Appeals are heard depending on the amount."),
    ("The waiver is automatic.", "The waiver is not automatic."),
    ("The waiver is granted whether or not it is requested.", "The waiver is granted only if it is requested."),
    ("The loan is forgiven before ten years.", "The loan is forgiven after ten years."),
    ("At most one parent must sign.", "At least one parent must sign."),
    ("Parents as well as students must sign.", "Parents rather than students must sign."),
    ("The fee was lowered to $50.", "The fee was raised to $50."),
    ("The office is closed on Mondays.", "The office is open on Mondays."),
    ("Members serve at least two terms.", "Members serve no more than two terms."),
    ("The plan excludes dental care.", "The plan includes dental care."),
    ("Records are kept for less than 30 days.", "Records are kept for 30 days or more."),
    ("Grants exceed $5,000.", "Grants do not exceed $5,000."),
    ("The Secretary is barred from hiring.", "The Secretary is authorized to hire."),
    ("The money must be repaid.", "The money need not be repaid."),
    ("The applicant is liable for damages.", "The applicant is not liable for damages."),
    ("It is unlawful to record calls.", "It is lawful to record calls."),
]


@pytest.mark.parametrize(("sentence", "source"), PAIRS)
def test_one_word_apart_is_objected_to(sentence: str, source: str) -> None:
    assert objection(sentence, source, "") is not None
    assert objection(source, source, "") is None


@pytest.mark.parametrize(("source", "sentence"), FLIPPED)
def test_a_flipped_meaning_is_objected_to(source: str, sentence: str) -> None:
    found = objection(sentence, SOURCE[source], "What is the rule?")
    assert found is not None
    assert found.detail


@pytest.mark.parametrize(("source", "sentence"), KEPT)
def test_a_kept_meaning_is_not(source: str, sentence: str) -> None:
    assert objection(sentence, SOURCE[source], "What is the rule?") is None


def test_a_condition_that_the_question_states_may_be_left_out() -> None:
    assert objection("The loan is discharged.", SOURCE["if"], "What happens if my school closes?") is None

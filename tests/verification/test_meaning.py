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

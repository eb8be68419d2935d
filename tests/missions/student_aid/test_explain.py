"""One record explained: everything that it says is in the record or the derivation, and nobody is named."""

import json
import re

import pytest
from tests.missions.student_aid.isir_files import files, record_of, records

from publius.kit import InvalidInput
from publius_missions.student_aid.commands import explain_isir
from publius_missions.student_aid.isir.compare import differences, was_computed
from publius_missions.student_aid.isir.explain import explain
from publius_missions.student_aid.isir.telling import Telling, data

FIRST, LAST, SOCIAL_SECURITY = slice(242, 277), slice(292, 327), slice(345, 354)  # The student's, in a record.
# An independent single student: income from the IRS, another one by hand, excluded foreign income and savings.
STUDENT = {
    "at_111": "I",
    "at_132": "20251002",
    "at_187": "B",
    "at_242": "Ada".ljust(50) + "Lovelace",
    "at_345": "123456789",
    "at_557": "1",
    "at_592": "MD",
    "at_710": "30000",
    "at_836": "500",
    "at_853": "1200",
    "at_7100": "1",
    "at_7101": "31000",
    "at_7115": "29000",
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.txt"
    lines = [record_of("2026-27", **STUDENT, at_175="5198"), "", record_of("2026-27", **STUDENT, at_3957="AB12")]
    path.write_text("\n".join(lines))
    return path


def test_a_record_in_plain_english(file):
    said = explain_isir(file, line=1)
    for part in (
        "Record on line 1: award year 2026-27, processed on 2025-10-02.",
        "An independent student: the parents do not count (formula B",
        "Family of 1 (nothing given, so the student alone), state MD.",
        "Adjusted gross income: $31,000, from the IRS.",
        "Income earned from work: $30,000, entered by hand; the IRS sent $29,000, which does not count then.",
        "Cash, savings and checking accounts: $1,200, entered by hand.",
        "Student total income: 31,500",
        "HEA sec. 480(a)",
        "Student Aid Index: record 5,198, law 5,448. They differ.",
        "of the 4 values that the record holds differ from the law's: Student Aid Index",
        "it decides nothing",
    ):
        assert part in said, part
    assert ".." not in said and "Lovelace" not in said and "123456789" not in said


def test_the_same_in_spanish(file):
    said = explain_isir(file, line=1, language="es")
    for part in (
        "Registro en la línea 1: año de adjudicación 2026-27, procesado el 2025-10-02.",
        "Ingreso bruto ajustado: $31,000, del IRS.",
        "Ingreso total del estudiante: 31,500",
        "registro 5,198, ley 5,448. Difieren.",
    ):
        assert part in said, part


def test_the_same_as_data(file):
    held = json.loads(explain_isir(file, line=1, json=True))
    assert (held["line"], held["formula"], held["family_size"], held["dependent"]) == (1, "B", 1, False)
    (student,) = held["people"]
    assert {"name": "income_earned", "amount": 30_000, "source": "entered", "sent": 29_000} in student["given"]
    assert {"name": "adjusted_gross_income", "amount": 31_000, "source": "irs", "sent": None} in student["given"]
    assert held["derivation"][0]["name"] == "income for Pell" and held["derivation"][0]["amount"] == 31_500
    index = {"name": "Student Aid Index", "record": 5_198, "computed": 5_448, "equal": False}
    assert index in held["compared"]


def test_a_rejected_record_says_what_was_given_and_that_nothing_is_computed(file):
    said = explain_isir(file, line=3)
    assert "rejected the application; its reject reasons: AB, 12" in said and "Cash, savings" in said
    assert "line by line" not in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (0, "There is no line 0"),
        (-1, "There is no line -1"),
        (2, "Line 2 is blank"),
        (4, "The file has 3 lines"),
    ],
)
def test_a_line_that_is_not_there_is_said(file, line, says):
    with pytest.raises(InvalidInput, match=says):
        explain_isir(file, line=line)


def test_what_cannot_be_explained_is_said(file, tmp_path):
    with pytest.raises(InvalidInput, match=r"no text in 'fr'\. Choose one of en, es"):
        explain_isir(file, line=1, language="fr")
    for no_file in (tmp_path / "nowhere.txt", tmp_path):
        with pytest.raises(InvalidInput, match="There is no file"):
            explain_isir(no_file, line=1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Dear Sir or Madam", "begins with 'D', which is no award year known here"),
        (b"4" + b" " * 7_703, "of one of the years 2024-25, 2025-26, 2026-27"),  # 2023-24 had another form.
        (record_of("2026-27")[:5_000].encode(), "has 5,000 characters; one of 2026-27 has 7,944. Fetch the file again"),
        (record_of("2026-27", **STUDENT, at_175="12X4").encode(), "'sai' holds '12X4' where a whole number belongs"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip. Unpack it first"),
        (b"", "The file has 0 lines. Give the line of a record"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_with_what_to_do(tmp_path, content, says):
    (tmp_path / "file.txt").write_bytes(content)
    with pytest.raises(InvalidInput, match=re.escape(says)):
        explain_isir(tmp_path / "file.txt", line=1)


def test_a_value_for_which_the_law_has_no_line_is_not_passed_over(file):
    line = record_of("2026-27", **STUDENT, at_175="5448", at_7714="42")  # A family with parents has this line.
    file.write_text(line)
    assert "Parents available income: record 42, law 0. They differ." in explain_isir(file, line=1)


def test_a_flag_that_differs_has_its_name_in_the_language_of_the_text(tmp_path):
    file = tmp_path / "file.txt"
    file.write_text(record_of("2026-27", **STUDENT, at_175="4698"))
    english, spanish = (explain_isir(file, line=1, language=language) for language in ("en", "es"))
    assert "differ from the law's: " in english and ", Pell Grant eligibility flag." in english
    assert ", Marca de elegibilidad para la Beca Pell." in spanish and "Pell flag" not in english + spanish


def numbers(text):
    return set(re.findall(r"\d+", text.replace(",", "")))


@records
@pytest.mark.slow
@pytest.mark.parametrize("year", ["2024-25", "2025-26", "2026-27"])
def test_of_every_record_nothing_is_invented_and_nobody_named(year):
    """Every number in a text is one of its data; the differences are those of the comparison; both languages agree."""
    english, spanish = Telling("en"), Telling("es")
    for path in files(year):
        for at, line in enumerate(path.read_text(encoding="latin-1").splitlines(), 1):
            if not line.strip():
                continue
            explained = explain(path, at)
            texts = english.text(explained), spanish.text(explained)
            law = " ".join(f"{step.line.formula} {step.line.citation}" for step in explained.steps)
            allowed = numbers(json.dumps(data(explained)) + law) | numbers(texts[0].partition("\n")[0])
            compared = len(explained.compared) + sum(step.record is not None for step in explained.steps)
            counted = {str(count) for count in range(compared + 1)}  # Of so many values, so many differ.
            assert numbers(texts[0]) <= allowed | counted, (path, at, numbers(texts[0]) - allowed - counted)
            assert numbers(texts[0]) == numbers(texts[1]), (path, at)
            for secret in (f"{line[FIRST].strip()} {line[LAST].strip()}", line[SOCIAL_SECURITY].strip()):
                assert secret.strip() == "" or secret not in texts[0], (path, at)
            if was_computed(explained.record):
                found = {each.name for each in differences(explained.record, explained.result)}
                told = {each.name for each in explained.compared if each.record != each.computed}
                told |= {s.line.name for s in explained.steps if s.record not in (None, s.line.amount)}
                assert found == told, (path, at)


@records
@pytest.mark.slow
def test_every_line_of_every_record_has_spanish():
    spanish = Telling("es")
    for year in ("2024-25", "2025-26", "2026-27"):
        for path in files(year):
            for at, line in enumerate(path.read_text(encoding="latin-1").splitlines(), 1):
                explained = explain(path, at) if line.strip() else None
                for step in explained.steps if explained else ():
                    for text in (step.line.name, step.line.formula, *step.line.inputs):
                        assert spanish.law(text) != text, text

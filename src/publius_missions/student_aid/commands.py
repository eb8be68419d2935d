"""The mission's own commands: a whole file of the Department's records recomputed, and one record explained."""

from json import dumps
from pathlib import Path
from typing import Annotated

from publius.kit import Progress, Unfinished, check_target, command, write_rows
from publius_missions.student_aid.isir.explain import explain
from publius_missions.student_aid.isir.files import WHOLE_FILE
from publius_missions.student_aid.isir.recompute import COLUMNS, Recomputation
from publius_missions.student_aid.isir.telling import Telling, data


@command
def recompute_isir(
    file: Annotated[Path, "the Department's fixed-width file of one award year"],
    progress: Progress,
    *,
    out: Annotated[Path, "where the rows go: a name that ends in .csv or .parquet"],
    json: Annotated[bool, "say the summary as JSON"] = False,
) -> str:
    """Recompute every record of an ISIR file from its raw inputs, and show where record and law disagree.

    One row a record, in the file's order; its note names every value that differs. The output is written whole or not
    at all: Ctrl-C or an error leaves what was there before. Of a file that is cut short every whole record is computed,
    and the command fails.
    """
    check_target(out, file)
    rows = Recomputation(file, progress)
    write_rows(out, COLUMNS, rows)
    summary = rows.summary()
    said = dumps(summary) if json else f"{_told(summary)} The rows are in {out}."
    if rows.cut_short:
        raise Unfinished(
            said,
            f"The file is cut short: it ends within the record of line {rows.cut_short:,}, which is not computed.",
            WHOLE_FILE,
        )
    if summary["unreadable"] == summary["records"]:
        raise Unfinished(
            said, "No record of the file could be read or computed.", "The rows say why, each in its note."
        )
    return said


def _told(summary: dict[str, int]) -> str:
    count = {name: f"{number:,}" for name, number in summary.items()}
    records = "1 record" if summary["records"] == 1 else f"{count['records']} records"
    one = {name: number == 1 for name, number in summary.items()}
    return (
        f"{records}, {count['with_index']} with a Student Aid Index:"
        f" {count['equal']} {'comes' if one['equal'] else 'come'} out the same to the dollar,"
        f" {count['differing']} {'differs' if one['differing'] else 'differ'}."
        f" {count['provisional']} {'has' if one['provisional'] else 'have'} a provisional index,"
        f" {count['rejected']} {'was' if one['rejected'] else 'were'} rejected by the Department,"
        f" {count['unreadable']} could not be read or computed."
    )


@command
def explain_isir(
    file: Annotated[Path, "the Department's fixed-width file"],
    *,
    line: Annotated[int, "the record's line in the file, counted from 1"],
    language: Annotated[str, "en or es"] = "en",
    json: Annotated[bool, "say it as JSON"] = False,
) -> str:
    """Explain one record of an ISIR file in plain words, line by line.

    Who gave what, and whether by hand or from the IRS; what the law makes of it, each line with its source; and where
    the record holds something else. Nobody is named.
    """
    telling = Telling(language)
    explained = explain(file, line)
    return dumps(data(explained), ensure_ascii=False) if json else telling.text(explained)

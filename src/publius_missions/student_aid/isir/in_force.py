"""Which rules a record was made under: those of today, or those before the Department applied Public Law 119-21.

The days in a record do not tell: the Department's test files of July and August 2025 bear the 1st of December, later
than those of its file of December. What tells is the comment with which the Department, as long as it left excluded
foreign income out of the Pell test, asked the college to look at that income itself (Dear Colleague Letter GEN-23-11).
"""

import re
from functools import cache

from publius.kit import Tables, load
from publius_missions.student_aid.index import TABLES
from publius_missions.student_aid.isir.record import Record
from publius_missions.student_aid.pell import FOREIGN_INCOME

# Among the comments, three digits each, the one about the student's foreign income or about a parent's. They stand on a
# record exactly where someone on it has excluded foreign income and the maximum Pell indicator was set without it.
LEFT_OUT = re.compile("(?:...)*?(?:040|076)")


def foreign_income_left_out(record: Record) -> bool:
    """Whether the Department remarked on the record that foreign income was left out of its Pell test."""
    return LEFT_OUT.match(record.fields["comment_codes"]) is not None


def tables(record: Record) -> Tables:
    """The year's figures, as they stood when the record was made."""
    if foreign_income_left_out(record):
        return before_law_119_21(record.award_year)
    return load(TABLES, record.award_year)


@cache
def before_law_119_21(award_year: str) -> Tables:
    """The year's figures before the Department applied Public Law 119-21; a year that it left alone has no others."""
    year = load(TABLES, award_year)
    since = year[FOREIGN_INCOME].since if FOREIGN_INCOME in year else None
    return year.before(since) if since else year

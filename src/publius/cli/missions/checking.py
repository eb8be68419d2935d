"""`publius missions check | run | new`: whether a pack is as it must be, and whether its answers are."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from publius import flow
from publius.application import Application
from publius.cli.missions.targets import Target, agency_with, targets
from publius.cli.missions.trial import try_out
from publius.cli.terminal import (
    NO,
    AsJson,
    console,
    local_principal,
    print_json,
    print_rows,
    progress,
    with_application,
)
from publius.errors import InvalidRequest
from publius.missions.beginning import begin
from publius.missions.cases import cases_of, read_all
from publius.missions.checking import Finding, check
from publius.missions.faults import BrokenMission
from publius.missions.pack import read_pack
from publius.missions.running import Outcome, run
from publius.missions.verdicts import Verdict
from publius.settings import read
from publius.types import Role

Wanted = Annotated[list[str] | None, typer.Option("--case", help="Only cases with this in their place or question.")]


def check_(
    pack: Annotated[
        str | None, typer.Argument(help="Id, AGENCY/ID or a folder; all that are found if left out.")
    ] = None,
    cases: Annotated[
        bool, typer.Option("--cases/--no-cases", help="Whether to run its code and ask its cases.")
    ] = True,
    case: Wanted = None,
    json: AsJson = False,
) -> None:
    """Read a pack without running it; if nothing is wrong, then ask its README's example and its cases.

    They are asked in a building that is thrown away afterwards, so no ledger and no budget knows of it. Exit code 3 if
    anything is wrong. A note is nothing wrong, but worth knowing. Reading is no cage: a pack's code runs in the server,
    with the server's rights, so only an operator puts a pack there.

    Example: `publius missions check ./water_access --no-cases`
    """
    rows: list[dict[str, Any]] = []
    for target in targets(pack):
        found = check(target.folder, target.package, datetime.now(UTC).date())
        if cases and not any(not finding.note for finding in found):
            found += _tried(target, case or [])
        elif cases:
            console.print(f"{target.name}: its cases were not asked, since it is not as it must be.", soft_wrap=True)
        rows += [
            {
                "mission": target.name,
                "file": finding.file,
                "line": finding.line or None,
                "finding": finding.said,
                "level": "note" if finding.note else "wrong",
            }
            for finding in found
        ]
    print_rows(rows, as_json=json, empty="Nothing is wrong.")
    if any(row["level"] == "wrong" for row in rows):
        raise typer.Exit(NO)


def run_(
    mission: Annotated[str, typer.Argument(help="Id of the mission; AGENCY/ID for one of an agency's own folder.")],
    case: Wanted = None,
    agency: Annotated[
        str | None, typer.Option("--agency", "-a", help="Whose member asks; the first that has it on, if left out.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Ask a mission's cases as a member of an agency does, and show each verdict. Exit code 3 if one is not met.

    The answers are real: they are in the agency's ledger and count against its budget.

    Example: `publius missions run bus_fare --case passes --agency transit`
    """
    owner, _, id = mission.rpartition("/")

    async def work(app: Application) -> list[Outcome]:
        where = await agency_with(app, id, agency or owner)
        pack = await app.missions.pack(where, id)
        chosen = list(cases_of(read_all(pack.folder), case or []))
        if not chosen:
            raise InvalidRequest(f"{id} has no such case.", cure="Leave out --case for all of them.")
        who = local_principal(where, Role.MEMBER)
        with progress() as bar:
            reading = bar.add_task("Reading its sources", total=len(pack.sources), note="")
            task = bar.add_task("Asking", total=len(chosen), note="")
            await app.desk.shelf.prepare(pack, lambda: bar.update(reading, advance=1))
            return await run(
                chosen, pack.model, who, partial(flow.answer, app=app), lambda _: bar.update(task, advance=1)
            )

    console.print("Starting Llama …")
    outcomes = with_application(work, engine=True)
    if json:
        print_json([_as_data(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _show(outcome)
        passed = sum(outcome.passed for outcome in outcomes)
        console.print(f"{passed} of {len(outcomes)} cases passed.")
    if not all(outcome.passed for outcome in outcomes):
        raise typer.Exit(NO)


def new(
    id: Annotated[str, typer.Argument(help="Lower-case letters, digits and _, such as water_access.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to write it; a folder of that name here if left out.")
    ] = None,
) -> None:
    """Write a small whole pack for you to write over: one tool, one source, three cases, a README with its example.

    Example: `publius missions new water_access`
    """
    where = folder or Path(id)
    for name in begin(id, where, datetime.now(UTC).date()):
        print(where / name)
    named = where if where.is_absolute() else f"./{where}"
    console.print(f"Next: write your own words over it, then publius missions check {named}", soft_wrap=True)


def _tried(target: Target, wanted: list[str]) -> list[Finding]:
    """What running the pack's code and asking its cases finds."""
    pack = read_pack(target.folder, target.package, agency=target.agency)
    chosen = list(cases_of(read_all(pack.folder), wanted))
    try:
        with progress() as bar:
            task = bar.add_task(f"Asking {pack.id}", total=len(chosen), note="")
            found, outcomes = try_out(read(), pack, chosen, lambda _: bar.update(task, advance=1))
    except BrokenMission as error:
        return [Finding(error.file, error.line, error.said)]
    passed = sum(outcome.passed for outcome in outcomes)
    console.print(f"{target.name}: {passed} of {len(outcomes)} cases passed.")
    for outcome in outcomes:
        if not outcome.passed:
            said = "; ".join(_told(verdict) for verdict in outcome.verdicts if not verdict.met)
            asked = outcome.placed.case.asked[-1]
            found.append(
                Finding(outcome.placed.file, outcome.placed.line, f"{asked!r}: {said}; it said {outcome.text!r}")
            )
    return found


def _told(verdict: Verdict) -> str:
    return f"expected: {verdict.expected}" + (f", but {verdict.found}" if verdict.found else "")


def _show(outcome: Outcome) -> None:
    mark = "✓" if outcome.passed else "✗"
    print(f"{mark} {outcome.placed.name}  {outcome.placed.case.asked[-1]}  ({outcome.seconds:.1f} s)")
    for verdict in outcome.verdicts:
        print(f"    {'✓' if verdict.met else '✗'} {verdict.expected}" + ("" if verdict.met else f": {verdict.found}"))
    if not outcome.passed:
        print(f"    It said: {outcome.text}")


def _as_data(outcome: Outcome) -> dict[str, Any]:
    case = outcome.placed.case
    return {
        "case": outcome.placed.name,
        "asked": case.asked,
        "passed": outcome.passed,
        "answer": outcome.text,
        "seconds": round(outcome.seconds, 3),
        "verdicts": [verdict._asdict() for verdict in outcome.verdicts],
    }

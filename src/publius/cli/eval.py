"""`publius eval`: questions with known answers through the whole building, and how good the answers are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from publius.application import Application
from publius.cli.terminal import AsJson, console, local_principal, print_json, print_rows, progress, with_application
from publius.evaluation import (
    Baselines,
    Case,
    Outcome,
    evaluate,
    open_baselines,
    page,
    read_questions,
    summarise,
    table,
)
from publius.types import Agency, Principal, Role


def eval_(
    questions: Annotated[Path, typer.Argument(help="A file with one JSON object a line: id, question, gold_docs …")],
    agency: Annotated[str, typer.Option("--agency", "-a", help="Only this agency's questions.")] = "",
    search_only: Annotated[bool, typer.Option("--search-only", help="Measure search, and ask nothing.")] = False,
    baselines: Annotated[
        bool,
        typer.Option("--baselines", help="Also measure BM25 alone, the embedding alone and today's default recipe."),
    ] = False,
    cache: Annotated[
        Path | None, typer.Option(help="A folder that keeps what --baselines embeds, for the next time.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write every outcome, as JSON, to this file.")] = None,
    misses: Annotated[Path | None, typer.Option(help="Also write a page with each miss and why it was one.")] = None,
    json: AsJson = False,
) -> None:
    """Measure search and answers on questions whose answers are known; the documents are the agencies' own.

    Example: `publius eval questions.jsonl --agency education --misses misses.html`
    """
    cases = read_questions(questions, agency)

    async def work(app: Application) -> list[Outcome]:
        agencies = [await app.database.agency_by_slug(slug) for slug in sorted({case.agency for case in cases})]
        others = {each.slug: await _baselines(app, each, cache) for each in agencies} if baselines else None
        who = {each.slug: local_principal(each, Role.MEMBER) for each in agencies}
        return await _all(app, cases, who, answers=not search_only, baselines=others)

    outcomes = with_application(work, engine=not search_only)
    summary = summarise(outcomes)
    if out:
        out.write_bytes(msgspec.json.encode({"summary": summary, "outcomes": outcomes}))
    if misses:
        misses.write_text(page(outcomes, summary), encoding="utf-8")
        console.print(f"The misses are in {misses}.")
    if json:
        print_json(summary)
    else:
        print_rows([_told(row) for row in table(summary)], as_json=False, empty="")


async def _baselines(app: Application, agency: Agency, cache: Path | None) -> Baselines:
    with progress() as bar:
        task = bar.add_task(f"Indexing {agency.slug} for the baselines", total=None, note="")
        return await open_baselines(
            app, agency, cache, lambda done, total: bar.update(task, completed=done, total=total)
        )


async def _all(
    app: Application,
    cases: list[Case],
    who: Mapping[str, Principal],
    *,
    answers: bool,
    baselines: Mapping[str, Baselines] | None,
) -> list[Outcome]:
    done: list[Outcome] = []
    with progress() as bar:
        task = bar.add_task("Asking" if answers else "Searching", total=len(cases), note="")
        async for outcome in evaluate(app, cases, who, answers=answers, baselines=baselines):
            done.append(outcome)
            correct = sum(bool(each.judgement and each.judgement.correct) for each in done)
            bar.update(task, advance=1, note=f"{correct} correct" if answers else "")
    return done


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{value:.3f}" if isinstance(value, float) else value for name, value in row.items()}

"""The promise: what the pages can do, a script can do, with data on standard output and exit codes to act on."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs

FEES = "# Fees\n\nThe filing fee for a protest is $350. It is due within 10 days of the award.\n"


@pytest.fixture(scope="module")
def fees(publius: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "deep").mkdir()
    (folder / "deep" / "fees.md").write_text(FEES)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / ".hidden").write_text("not meant for anyone")
    added = publius.json("documents", "add", str(folder), "--agency", "education", code=3)
    assert [(row["name"], row["status"]) for row in added] == [("broken.pdf", "failed"), ("deep/fees.md", "new")]
    assert added[0]["reason"]
    return folder


def test_ask_prints_the_answer_with_exact_citations(publius: Program, fees: Path) -> None:
    answer = publius.json("ask", "How much is the filing fee for a protest?", "--agency", "education")
    assert set(answer) >= {"answer", "answered", "citations", "withheld", "model", "receipt", "timing"}
    assert answer["answered"] and "$350" in answer["answer"]
    [citation] = [c for c in answer["citations"] if "$350" in c["quote"]]
    assert set(citation) >= {"document", "page", "start", "end", "quote"}
    shown = publius.json("documents", "show", citation["document_id"], "--agency", "education")
    assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_ask_says_no_with_exit_code_3(publius: Program, fees: Path) -> None:
    answer = publius.json("ask", "Who won the 1954 world cup?", "--agency", "education", code=3)
    assert not answer["answered"] and not answer["citations"]


def test_the_same_files_again_change_nothing_and_a_changed_one_is_revised(publius: Program, fees: Path) -> None:
    again = publius.json("documents", "add", str(fees / "deep"), "--agency", "education")
    assert [row["status"] for row in again] == ["unchanged"]
    (fees / "deep" / "fees.md").write_text(FEES.replace("$350", "$375"))
    revised = publius.json("documents", "add", str(fees), "--agency", "education", code=3)
    assert [row["status"] for row in revised if row["name"] == "deep/fees.md"] == ["revised"]
    answer = publius.json("ask", "How much is the filing fee for a protest?", "--agency", "education")
    assert "$375" in answer["answer"] and "$350" not in answer["answer"]


def test_what_does_not_exist_is_said_in_one_sentence(publius: Program) -> None:
    publius("ask", "Anything?", "--agency", "atlantis", code=1)
    assert "There is no agency 'atlantis'." in publius.said and "Traceback" not in publius.said
    publius("documents", "add", "/nowhere/at-all", "--agency", "education", code=1)
    assert "There is no file or folder" in publius.said
    publius("ask", code=2)


def test_keys_are_shown_once_and_revoked(publius: Program) -> None:
    made = publius.json("key", "create", "for a test", "--agency", "education", "--days", "1", "--scope", "ask")
    assert made["key"].startswith("pb-education-")
    [listed] = [k for k in publius.json("key", "list", "--agency", "education") if k["id"] == made["id"]]
    assert listed["scopes"] == ["ask"] and made["key"] not in json.dumps(listed)
    publius("key", "revoke", made["id"], "--agency", "education")
    [listed] = [k for k in publius.json("key", "list", "--agency", "education") if k["id"] == made["id"]]
    assert listed["revoked"]


def test_people_get_a_link(publius: Program) -> None:
    link = publius("user", "create", "ada", "--agency", "education", "--role", "administrator")
    assert link.startswith("http://127.0.0.1:8080/sign-in/pl-education-")
    assert [u["username"] for u in publius.json("user", "list", "--agency", "education")] == ["ada"]
    publius("user", "disable", "ada", "--agency", "education", "--yes")


def test_the_ledger_is_proved_here_and_from_a_file(publius: Program, fees: Path, tmp_path: Path) -> None:
    answer = publius.json("ask", "When is the filing fee due?", "--agency", "education")
    receipt, export, proof = tmp_path / "answer.json", tmp_path / "education.jsonl", tmp_path / "proof.json"
    receipt.write_text(json.dumps(answer))
    assert "Proved" in publius("ledger", "verify", "--receipt", str(receipt))
    publius("ledger", "export", str(export), "--agency", "education")
    [report] = publius.json("ledger", "verify", str(export), "--receipt", str(receipt))
    assert report["records"] >= 1 and report["verdict"] == "proved"
    publius("ledger", "prove", str(receipt), "--out", str(proof))
    publius("ledger", "check-proof", str(proof))
    lines = (
        export.read_text().replace('"not-answered', '"answered').replace('\\"door\\":\\"cli\\"', '\\"door\\":\\"api\\"')
    )
    export.write_text(lines)
    publius("ledger", "verify", str(export), code=3)


def test_all_logs_go_into_a_folder(publius: Program, tmp_path: Path) -> None:
    publius("ledger", "export", str(tmp_path / "all"))
    assert {path.name for path in (tmp_path / "all").iterdir()} == {"education.jsonl", "platform.jsonl"}
    assert len(publius.json("ledger", "verify", str(tmp_path / "all"))) == 2


def test_weights_are_checked_by_digest(publius: Program) -> None:
    assert {row["verdict"] for row in publius.json("models", "verify")} == {"ok"}
    assert {row["name"] for row in publius.json("models", "list")} >= {"smollm2-135m", "minilm-l6"}


def test_the_doctor_finds_what_is_amiss(publius: Program) -> None:
    assert all(row["ok"] for row in publius.json("doctor"))
    ill = Program(publius.home, {"PUBLIUS_ENGINE": "embedded", "PUBLIUS_MODEL": "llama-9"})
    rows = ill.json("doctor", code=3)
    assert [row["check"] for row in rows if not row["ok"]] == ["llama"]
    rows = Program(publius.home, {"PUBLIUS_TRACES": "http://127.0.0.1:1/v1/traces"}).json("doctor", code=3)
    assert [row["check"] for row in rows if not row["ok"]] == ["traces"]


def test_a_setting_that_makes_no_sense_is_named(publius: Program) -> None:
    Program(publius.home, {"PORT": "eighty"})("agency", "list", code=1)
    wrong = Program(publius.home, {"PORT": "eighty"})
    wrong("agency", "list", code=1)
    assert "PORT='eighty' is not a whole number." in wrong.said


def test_removing_needs_a_yes(publius: Program, fees: Path) -> None:
    [document] = publius.json("documents", "list", "--agency", "education", "--matching", "fees")
    publius("documents", "remove", document["id"], "--agency", "education", code=1)
    publius("documents", "remove", document["id"], "--agency", "education", "--yes")
    assert publius.json("documents", "list", "--agency", "education", "--matching", "fees") == []


def test_an_agencys_share_of_the_engine_is_set_and_listed(publius: Program) -> None:
    publius("agency", "create", "shares", "Office of Shares")
    publius("agency", "set", "shares", "--weight", "2.5", "--exclusive-engine")
    [row] = [row for row in publius.json("agency", "list") if row["slug"] == "shares"]
    assert (row["weight"], row["exclusive_engine"]) == (2.5, True)
    rows = publius.json("doctor", code=3)
    [amiss] = [row for row in rows if not row["ok"]]
    assert amiss["check"] == "engines" and "shares" in amiss["found"] and "--shared-engine" in amiss["found"]
    publius("agency", "set", "shares", "--shared-engine")
    [row] = [row for row in publius.json("agency", "list") if row["slug"] == "shares"]
    assert (row["weight"], row["exclusive_engine"]) == (2.5, False)
    publius("agency", "set", "shares", "--weight", "0", code=1)
    assert "A weight is from 0.01 to 1,000" in publius.said and "Traceback" not in publius.said

"""Help: what a mission can do, at once, in either language, without losing what was asked before."""

from pathlib import Path
from uuid import uuid4

import pytest
from tests.missions.test_desk import ALL, Conversation, pack, tools

from publius.kit import Tool
from publius.missions import helping
from publius.missions.helping import wants_help
from publius.missions.pack import read_pack
from publius.types import Door, Message, Question
from publius_missions.student_aid import tools as student_aid

__all__ = ["pack", "tools"]


@pytest.mark.parametrize(
    "text",
    ["help", "Help!", "help me please", "hi", "Hello, what can you do?", "What can I ask you here?",
     "how does this work?", "menu", "ayuda", "¡Hola!", "Hola, ¿qué puede hacer?",
     "¿En qué me puedes ayudar?", "¿Cómo funciona esto?",
     "¿Qué puedo preguntar?", "por favor ayúdame", "I need help"],
)  # fmt: skip
def test_a_call_for_help_is_known(text):
    assert wants_help(text)


@pytest.mark.parametrize(
    "text",
    ["", "?", "yes", "help with my FAFSA", "Can you help me pay for college?", "What can I do if my parents refuse?",
     "How does the Student Aid Index work?", "ayuda federal", "¿Cómo funciona la Beca Pell?", "4", "no",
     "what can I do with a Pell Grant", "hi, I am a freshman"],
)  # fmt: skip
def test_a_question_of_its_own_is_none(text):
    assert not wants_help(text)


async def test_help_lists_the_tools_and_leads_to_them(pack, tools, tmp_path):
    talk = Conversation(pack, tools, tmp_path)
    for asked, language in (("help", "en"), ("ayuda", "es")):
        reply = (await talk.say(asked)).reply
        assert reply is not None and (reply.kind, reply.language) == ("help", language)
        assert all((tool.title_es if language == "es" else tool.title) in reply.text for tool in tools)


async def test_help_in_the_middle_keeps_what_was_asked_and_said(pack, tools, tmp_path):
    talk = Conversation(pack, tools, tmp_path)
    confirm = await talk.say(ALL)
    assert confirm.reply is not None and confirm.reply.kind == "confirm"
    assert (await talk.say("help")).reply.kind == "help"
    assert (await talk.say("yes")).tools, "the confirmation still stands"


def test_student_aid_names_its_interview_and_an_example():
    folder = Path(student_aid.__file__).parent
    student = read_pack(folder, "publius_missions.student_aid")
    every = [each for each in vars(student_aid).values() if isinstance(each, Tool)]
    for said, link in (("help", "http://here/missions/student_aid/interview"), ("ayuda", "interview?lang=es")):
        asked = Question(id=uuid4(), door=Door.API, model="mission:student_aid", messages=(Message("user", said),))
        found = helping.helped(student, every, asked, "http://here")
        assert found is not None and found.reply is not None
        assert link in found.reply.text and "Pell" in found.reply.text and "2026-27?" in found.reply.text

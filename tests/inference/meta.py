"""Run by the Python that holds Meta's `llama-models`: renders conversations and encodes text, one JSON line for each.

In: {"family": "llama3", "messages": [...], "form": "json"} or {"family": "llama4", "text": "..."}.
Out: token ids. Text is encoded as carelessly as the tokenizer can: what spells a special token becomes one.
"""

import json
import sys
from unittest.mock import MagicMock

for missing in ("torch", "torchvision", "torchvision.transforms", "torchvision.transforms.v2"):
    sys.modules[missing] = MagicMock()  # Meta's module imports them for images alone.

from llama_models.datatypes import RawMessage, ToolPromptFormat  # noqa: E402
from llama_models.llama3.chat_format import ChatFormat as ChatFormat3  # noqa: E402
from llama_models.llama3.tokenizer import Tokenizer as Tokenizer3  # noqa: E402
from llama_models.llama4.chat_format import ChatFormat as ChatFormat4  # noqa: E402
from llama_models.llama4.tokenizer import Tokenizer as Tokenizer4  # noqa: E402

FORMATS = {
    "llama3": lambda: ChatFormat3(Tokenizer3.get_instance()),
    "llama4": lambda: ChatFormat4(Tokenizer4.get_instance()),
}


def main() -> None:
    formats = {}
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked["family"]
        formats[name] = formats.get(name) or FORMATS[name]()
        tokenizer = formats[name].tokenizer
        if "text" in asked:
            answer = tokenizer.encode(asked["text"], bos=False, eos=False, allowed_special="all")
        elif "messages" in asked:
            messages = [RawMessage(**message) for message in asked["messages"]]
            answer = formats[name].encode_dialog_prompt(messages, ToolPromptFormat(asked["form"])).tokens
        else:
            pieces = [""] * tokenizer.n_words
            for piece, i in tokenizer.model._mergeable_ranks.items():
                pieces[i] = piece.hex()
            for spelling, i in tokenizer.special_tokens.items():
                pieces[i] = spelling.encode().hex()
            answer = {"tokens": pieces, "special": sorted(tokenizer.special_tokens.values())}
        print(json.dumps(answer), flush=True)


main()

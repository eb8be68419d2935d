"""Each field that the official client can send is served, ignored or refused on purpose."""

from typing import Any, get_type_hints

import openai_page
import pytest
from openai.types import completion_create_params
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.responses import response_create_params

from publius.api.fields import fates

OFFICIAL: dict[str, Any] = {
    "POST /v1/chat/completions": chat_create_params.CompletionCreateParamsStreaming,
    "POST /v1/completions": completion_create_params.CompletionCreateParamsStreaming,
    "POST /v1/responses": response_create_params.ResponseCreateParamsStreaming,
}


@pytest.mark.parametrize("endpoint", OFFICIAL)
def test_no_field_of_the_official_client_is_forgotten(endpoint: str) -> None:
    ours = set(fates(openai_page.ENDPOINTS[endpoint]))
    theirs = set(get_type_hints(OFFICIAL[endpoint]))
    assert theirs - ours == set()
    assert ours - theirs == set()
    assert ours == set(openai_page.ENDPOINTS[endpoint].__struct_fields__), "every field says what becomes of it"

"""One server for the tests that leave it as it was."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from finetune_studio.local.serve import Address
from tests.helpers.local_server import running_server


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with running_server(tmp_path_factory.mktemp("local")) as found:
        yield found


@pytest.fixture(scope="session")
def client(address: Address) -> Iterator[OpenAI]:
    with OpenAI(base_url=address.base_url, api_key=address.token, max_retries=0) as found:
        yield found

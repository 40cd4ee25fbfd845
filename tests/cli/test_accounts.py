"""A server with accounts as people meet it: the first start, the first admin, keys, and every client with one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tertulia.client import Client, Unauthenticated
from tests.cli.server_process import ServerProcess, environment, serving
from tests.llama_stack.client_environments import PythonClient

pytestmark = pytest.mark.slow

OFFICIAL = """
import sys
from llama_stack_client import AuthenticationError, LlamaStackClient
url, key = sys.argv[1:]
with LlamaStackClient(base_url=url, api_key=key) as client:
    model = client.models.list()[0].identifier
    print(len(client.agents.create(agent_config={"model": model, "instructions": "Be brief."}).agent_id) > 10)
with LlamaStackClient(base_url=url) as client:
    try:
        client.models.list()
    except AuthenticationError as error:
        print(error.status_code)
"""


class Accounts:
    """A running server, the link that it printed, and a key of the admin who used it."""

    def __init__(self, server: ServerProcess) -> None:
        assert server.process.stdout is not None
        self.url = server.url
        self.said = server.process.stdout.readline()
        self.token = self.said.rstrip().rpartition("/set-up#")[2]
        with httpx.Client(base_url=server.url) as browser:
            body = {"token": self.token, "name": "ana", "password": "correct horse"}
            assert browser.post("/v1/set-up", json=body).status_code == 201
            self.key: str = browser.post("/v1/account/keys", json={"name": "test"}).json()["key"]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    with serving(tmp_path_factory.mktemp("server") / "data", TERTULIA_AUTH="accounts") as server:
        yield Accounts(server)


def test_the_first_start_says_how_to_become_the_first_admin(accounts: Accounts) -> None:
    assert re.fullmatch(rf"Nobody can sign in yet\..* {accounts.url}/set-up#[\w-]{{32}}\n", accounts.said)


def test_the_terminal_talks_with_a_key_and_not_without(accounts: Accounts) -> None:
    command = [sys.executable, "-m", "tertulia.cli", "chat", "--url", accounts.url, "Hello"]
    for key, code, word in ((accounts.key, 0, ""), ("", 1, "Sign in first")):
        done = subprocess.run(
            command,
            env=environment(TERTULIA_API_KEY=key),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, word in done.stderr) == (code, True), done.stderr
        assert bool(done.stdout.strip()) == (code == 0)


def test_the_python_client_has_a_key_and_admins_have_users(accounts: Accounts) -> None:
    with Client(accounts.url) as nobody, pytest.raises(Unauthenticated):
        nobody.list_agents()
    with Client(accounts.url, api_key=accounts.key) as client:
        assert client.get_account().user.name == "ana"
        ben = client.create_user("ben", role="reader")
        assert [user.name for user in client.iter_users()] == ["ana", "ben"]
        assert client.update_user(ben.user_id, disabled=True).disabled
        client.delete_user(ben.user_id)
        made = client.create_key("short", scopes=["read"])
        assert [key.scopes for key in client.iter_keys()][1] == ["read"]
        client.delete_key(made.key_id)


def test_the_official_client_of_llama_stack_works_as_it_is(accounts: Accounts, request: pytest.FixtureRequest) -> None:
    python, *_ = PythonClient("0.2.12").command(request.config.cache.mkdir("llama-stack-clients"))
    done = subprocess.run(
        [python, "-c", OFFICIAL, accounts.url, accounts.key],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["True", "401"], done.stderr


def test_a_lost_link_or_password_is_made_good_by_another(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tertulia.cli",
        "set-up",
        "--data-dir",
        str(tmp_path / "data"),
        "--host",
        "0.0.0.0",
    ]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=True)
    token = done.stdout.rstrip().rpartition("http://localhost:8321/set-up#")[2]
    with serving(tmp_path / "data", TERTULIA_AUTH="accounts") as server, Client(server.url) as client:
        signed_in = client.set_up(token, name="ana", password="correct horse")
        assert (signed_in.user.role, client.get_sign_in_options().set_up) == ("admin", False)

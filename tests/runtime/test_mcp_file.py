"""The operator's MCP servers, and what is said when they are wrong."""

from pathlib import Path

import pytest

from tertulia.domain.errors import StartupError
from tertulia.domain.toolgroups import McpEndpoint, McpServer
from tertulia.domain.tools import ToolPolicy
from tertulia.runtime.mcp_file import configured_servers, read_mcp_file
from tertulia.settings.values import Settings

FILE = """
[[servers]]
toolgroup_id = "tickets"
uri = "https://tickets.example/mcp"
authorization = "Bearer ${TOKEN}"
approval = "always"
policies.search = { approval = "never", is_idempotent = true }

[[servers]]
toolgroup_id = "git"
command = "uvx"
args = ["mcp-server-git"]
env = { KEY = "${TOKEN}-2" }
"""
TICKETS = McpServer(
    toolgroup_id="tickets",
    endpoint=McpEndpoint(uri="https://tickets.example/mcp"),
    authorization="Bearer canary-1",
    approval="always",
    policies={"search": ToolPolicy(approval="never", is_idempotent=True)},
)
GIT = McpServer(
    toolgroup_id="git", endpoint=McpEndpoint(command="uvx", args=["mcp-server-git"]), env={"KEY": "canary-1-2"}
)


def test_the_file_says_which_servers_there_are_and_where_their_credentials_are(tmp_path: Path) -> None:
    (tmp_path / "mcp.toml").write_text(FILE)
    assert read_mcp_file(tmp_path / "mcp.toml", {"TOKEN": "canary-1"}) == [TICKETS, GIT]


def test_servers_are_given_by_name_and_url_too(tmp_path: Path) -> None:
    (tmp_path / "mcp.toml").write_text('[[servers]]\ntoolgroup_id = "git"\ncommand = "uvx"')
    environ = {
        "TERTULIA_MCP_SERVERS": "a=http://x/mcp, b=https://y/?k=v",
        "TERTULIA_MCP_FILE": str(tmp_path / "mcp.toml"),
    }
    servers = configured_servers(Settings.from_env(environ))
    assert [(each.toolgroup_id, each.endpoint.uri or each.endpoint.command) for each in servers] == [
        ("a", "http://x/mcp"),
        ("b", "https://y/?k=v"),
        ("git", "uvx"),
    ]


def test_two_servers_whose_tools_would_be_called_alike_end_the_start() -> None:
    settings = Settings.from_env({"TERTULIA_MCP_SERVERS": "files=http://x mcp::files=http://y"})
    with pytest.raises(StartupError, match="files, mcp::files"):
        configured_servers(settings)


@pytest.mark.parametrize("given", ["http://x/mcp", "a=x", "a b=http://x", "=http://x"])
def test_what_is_not_name_and_url_names_the_variable(given: str) -> None:
    with pytest.raises(StartupError, match="TERTULIA_MCP_SERVERS"):
        Settings.from_env({"TERTULIA_MCP_SERVERS": given})


SERVER = '[[servers]]\ntoolgroup_id = "x"\n'


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("[[servers", "Expected"),
        ("", "missing required field `servers`"),
        (SERVER, "either a `uri` or a `command`"),
        (SERVER + 'uri = "ftp://x"', "/mcp_endpoint/uri"),
        (SERVER + 'uri = "http://x"\nurl = "http://y"', "url"),
        (SERVER + 'uri = "http://x"\nauthorization = "${NOT_SET}"', "NOT_SET"),
        (SERVER + 'uri = "http://x"\napproval = "maybe"', "approval"),
        (SERVER + 'uri = "http://x"\npolicies.read = { aproval = "never" }', "aproval"),
        ('[[servers]]\ntoolgroup_id = "a/b"\nuri = "http://x"', "toolgroup_id"),
        (SERVER + 'uri = "http://x"\nheaders = { Host = "canary" }', "Host"),
    ],
)
def test_a_file_that_is_wrong_ends_the_start_with_a_sentence(tmp_path: Path, written: str, complaint: str) -> None:
    path = tmp_path / "mcp.toml"
    path.write_text(written)
    with pytest.raises(StartupError) as refused:
        read_mcp_file(path, {})
    assert str(path) in refused.value.message
    assert complaint in refused.value.message
    assert "canary" not in refused.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"mcp\.toml, cannot be read"):
        read_mcp_file(tmp_path / "mcp.toml")

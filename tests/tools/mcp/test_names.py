"""What models call the tools of MCP servers: no server gets to choose a name that is another's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.tools.mcp.names import name_for, prefix_of

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", fullmatch=True)


@pytest.mark.parametrize(
    ("group", "tool", "name"),
    [
        ("files", "read", "files__read"),
        ("mcp::files", "read", "files__read"),
        ("my.files_2", "read_file", "my_files_2__read_file"),
        ("files", "a.b/c", "files__a_b_c_"),
        ("files", "x" * 100, f"files__{'x' * 48}_"),
        ("f" * 64, "read", f"{'f' * 23}_"),
    ],
)
def test_a_name_says_the_group_and_the_tool(group: str, tool: str, name: str) -> None:
    assert name_for(group, tool).startswith(name)


@given(IDS, st.text(max_size=100))
def test_every_name_is_one_that_model_servers_take(group: str, tool: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name_for(group, tool))


@given(IDS, st.text(max_size=100), IDS, st.text(max_size=100))
def test_groups_of_different_prefixes_never_share_a_name(one: str, tool: str, other: str, another: str) -> None:
    if prefix_of(one) != prefix_of(other):
        assert name_for(one, tool) != name_for(other, another)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "_b"), ("a_", "b")),
        (("a", "b__c"), ("a__b", "c")),
        (("a_b", "c"), ("a", "b__c")),
        (("a", "b"), ("a-b", "")),
    ],
)
def test_underscores_do_not_help_to_shadow_a_tool(one: tuple[str, str], other: tuple[str, str]) -> None:
    if prefix_of(one[0]) == prefix_of(other[0]):
        return  # such groups cannot be registered side by side
    assert name_for(*one) != name_for(*other)

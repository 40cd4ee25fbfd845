"""docs/reference/cli.md has every command, and every option of it."""

from pathlib import Path

import click
import pytest

from tertulia.cli.main import COMMANDS, main

PAGE = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text()


def section_of(name: str) -> str:
    return PAGE.partition(f"## tertulia {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_section_with_all_its_options(name: str) -> None:
    section = section_of(name)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    # What `doctor` shares with `serve` is described there.
    if name == "doctor":
        section += section_of("serve")
    subcommands = command.commands.values() if isinstance(command, click.Group) else ()
    parameters = [parameter for each in (command, *subcommands) for parameter in each.params]
    options = [one for parameter in parameters if isinstance(parameter, click.Option) for one in parameter.opts]
    assert [option for option in options if f"`{option}" not in section] == []


def test_no_section_is_of_a_command_that_does_not_exist() -> None:
    documented = [line.removeprefix("## tertulia ") for line in PAGE.splitlines() if line.startswith("## tertulia ")]
    assert documented == list(COMMANDS)

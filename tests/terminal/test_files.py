"""Files named in a terminal: typed, completed, dropped; and what is said of those that cannot be sent."""

from pathlib import Path

import pytest

from tertulia.terminal.commands import command_in, commands_for, complete
from tertulia.terminal.files import Unreadable, pasted_files, path_typed, read_file
from tertulia.terminal.text import size_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("plan.md", "plan of Lisbon.pdf", "photo.png"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "more").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_file_is_read_whole(folder: Path) -> None:
    assert read_file(folder / "plan.md", 5) == b"12345"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.md", "There is no file {}. Tab completes"),
        ("more", "{} is no file: name one, or pack a folder"),
        ("plan.md", "{} has 5 B, and this server takes 4 B of a file."),
    ],
)
def test_what_cannot_be_sent_is_named_with_a_remedy(folder: Path, name: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as failure:
        read_file(folder / name, 4)
    assert sentence.format(folder / name) in str(failure.value)


def test_a_name_that_would_steer_the_terminal_is_told_in_plain_letters(folder: Path) -> None:
    with pytest.raises(Unreadable) as failure:
        read_file(folder / "a\x1b[2J\u202e.md", 4)
    assert "a\\u001b[2J\\u202e.md" in str(failure.value)


def test_what_a_terminal_pastes_for_dropped_files_is_understood(folder: Path) -> None:
    plan, lisbon = folder / "plan.md", folder / "plan of Lisbon.pdf"
    assert pasted_files(str(plan)) == [plan]
    assert pasted_files(f"'{lisbon}' ") == [lisbon]
    assert pasted_files(str(lisbon)) == [lisbon]
    assert pasted_files(f"{str(lisbon).replace(' ', chr(92) + ' ')} {plan}\n") == [lisbon, plan]
    assert pasted_files(lisbon.as_uri()) == [lisbon]
    assert pasted_files("~/plan.md") == [plan]


@pytest.mark.parametrize("text", ["plan.md", "", " ", "look at {}", "{}/more", "{}/none.md", "don't {}", "x" * 10_000])
def test_all_else_that_is_pasted_is_text(folder: Path, text: str) -> None:
    assert pasted_files(text.format(folder)) == []


def test_a_typed_path_may_have_spaces_quotes_and_a_tilde(folder: Path) -> None:
    lisbon = folder / "plan of Lisbon.pdf"
    for typed in ("plan of Lisbon.pdf", "'plan of Lisbon.pdf'", "plan\\ of\\ Lisbon.pdf", "~/plan of Lisbon.pdf"):
        assert path_typed(typed).resolve() == lisbon.resolve()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("/att", "/attach "),
        ("/e", "/export "),
        ("/", "/"),
        ("/attach ph", "/attach photo.png"),
        ("/attach pl", "/attach plan"),
        ("/attach mo", "/attach more/"),
        ("/attach ~/ph", "/attach ~/photo.png"),
        ("/attach none", "/attach none"),
        ("/attach no/where", "/attach no/where"),
        ("/rename pl", "/rename pl"),
        ("/ta", "/tag "),
        ("say pl", "say pl"),
    ],
)
def test_tab_completes_commands_and_their_paths(folder: Path, typed: str, completed: str) -> None:
    assert complete(typed) == completed


def test_a_command_is_told_from_a_message() -> None:
    assert command_in("/attach  a b.md ") == ("attach", "a b.md")
    assert command_in("/new") == ("new", "")
    assert command_in("/usr/bin/env fails, why?") is None
    assert command_in(" /new") is None
    assert command_in("What is /new?") is None
    assert commands_for("/e") == ["export"]
    assert commands_for("hello") == []


def test_sizes_are_told_as_people_say_them() -> None:
    assert [size_of(count) for count in (0, 999, 1500, 12_345, 25_000_000)] == [
        "0 B",
        "999 B",
        "1.5 kB",
        "12 kB",
        "25 MB",
    ]

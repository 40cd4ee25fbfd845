"""The operator's file of shields, and what is said when it is wrong."""

from pathlib import Path

import pytest

from tertulia.domain.errors import Conflict, InvalidRequest, ShieldNotFound, StartupError
from tertulia.domain.shields import ModelShield, PatternShield
from tertulia.runtime.shields import MAX_REGISTERED
from tertulia.runtime.shields_file import read_shields
from tertulia.settings.values import Settings
from tertulia.testing import services
from tertulia.wiring import Services

FILE = """
[[shields]]
shield_id = "cards"
kind = "pattern"
patterns = ['\\b\\d{16}\\b']
words = ["password"]
message = "Leave that out, please."

[[shields]]
shield_id = "meta-llama/Llama-Guard-3-8B"
kind = "model"
model = "ollama/llama-guard3"
"""
CARDS = PatternShield(
    shield_id="cards", patterns=[r"\b\d{16}\b"], words=["password"], message="Leave that out, please."
)
GUARD = ModelShield(shield_id="meta-llama/Llama-Guard-3-8B", model="ollama/llama-guard3")


def test_the_file_says_which_shields_there_are(tmp_path: Path) -> None:
    (tmp_path / "shields.toml").write_text(FILE)
    assert read_shields(tmp_path / "shields.toml") == [CARDS, GUARD]


async def test_the_setting_names_it(tmp_path: Path) -> None:
    (tmp_path / "shields.toml").write_text(FILE)
    environ = {"TERTULIA_SHIELDS": str(tmp_path / "shields.toml"), "TERTULIA_DATABASE_URL": "sqlite:///:memory:"}
    wired = Services.from_settings(Settings.from_env(environ))
    await wired.store.open()
    assert await wired.shields.list_shields("ana") == [CARDS, GUARD]
    await wired.store.close()


SHIELD = '[[shields]]\nshield_id = "x"\n'


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("[[shields", "Expected"),
        ("", "missing required field `shields`"),
        ("shields = 3", "`$.shields`"),
        (SHIELD + 'kind = "magic"', "'magic'"),
        (SHIELD + 'kind = "pattern"', "neither words nor patterns"),
        (SHIELD + "kind = \"pattern\"\npatterns = ['(']", "not a regular expression"),
        (SHIELD + 'kind = "pattern"\nwords = ["x"]\nlevle = "warn"', "levle"),
        (SHIELD + 'kind = "model"\nmodel = "guard"', "server/model"),
        ((SHIELD + 'kind = "pattern"\nwords = ["x"]\n') * 2, "x more than once"),
        ('[[shields]]\nshield_id = "a b"\nkind = "pattern"\nwords = ["x"]', "shield_id"),
    ],
)
def test_a_file_that_is_wrong_ends_the_start_with_a_sentence(tmp_path: Path, written: str, complaint: str) -> None:
    path = tmp_path / "shields.toml"
    path.write_text(written)
    with pytest.raises(StartupError) as refused:
        read_shields(path)
    assert str(path) in refused.value.message
    assert complaint in refused.value.message


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match=r"shields\.toml, cannot be read"):
        read_shields(tmp_path / "shields.toml")


async def test_the_operators_shields_are_everybodys_and_cannot_be_changed() -> None:
    wired = services(shields=[CARDS])
    await wired.store.open()
    mine = PatternShield(shield_id="mine", words=["x"])
    await wired.shields.register("ana", mine)
    assert await wired.shields.list_shields("ana") == [CARDS, mine]
    assert await wired.shields.list_shields("ben") == [CARDS]
    with pytest.raises(Conflict, match="TERTULIA_SHIELDS"):
        await wired.shields.register("ana", PatternShield(shield_id="cards", words=["x"]))
    with pytest.raises(Conflict, match="TERTULIA_SHIELDS"):
        await wired.shields.unregister("ana", "cards")
    with pytest.raises(ShieldNotFound):
        await wired.shields.unregister("ben", "mine")


async def test_how_many_an_owner_registers_is_bounded_but_each_can_be_changed() -> None:
    wired = services()
    await wired.store.open()
    for number in range(MAX_REGISTERED):
        await wired.shields.register("ana", PatternShield(shield_id=f"s{number}", words=["x"]))
    await wired.shields.register("ana", PatternShield(shield_id="s7", words=["y"]))
    with pytest.raises(Conflict, match=str(MAX_REGISTERED)):
        await wired.shields.register("ana", PatternShield(shield_id="one-more", words=["x"]))


async def test_what_cannot_work_is_not_registered() -> None:
    wired = services()
    await wired.store.open()
    with pytest.raises(InvalidRequest, match="regular expression"):
        await wired.shields.register("ana", PatternShield(shield_id="x", patterns=["["]))
    assert await wired.shields.list_shields("ana") == []

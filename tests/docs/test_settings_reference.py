"""docs/reference/settings.md says what the settings are: all of them, as they are, and no others."""

import re
from pathlib import Path

import pytest

from tertulia.settings.checks import ELSEWHERE
from tertulia.settings.described import SettingInfo
from tertulia.settings.values import describe

PAGE = (Path(__file__).parents[2] / "docs/reference/settings.md").read_text()
SETTINGS = list(describe())


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
def test_a_setting_is_documented_as_it_is(setting: SettingInfo) -> None:
    row = f"| `{setting.variable}` | {setting.takes} | {setting.default} | {setting.sentence} |"
    assert row in PAGE.splitlines()


def test_no_variable_is_documented_that_nothing_reads() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", PAGE, flags=re.MULTILINE))
    assert documented == {one.variable for one in SETTINGS} | ELSEWHERE


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
def test_a_setting_is_described_in_a_sentence(setting: SettingInfo) -> None:
    assert re.fullmatch(r"[A-Z].{15,}\.", setting.sentence)

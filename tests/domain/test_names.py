"""Names that people give: what is not seen is no part of one."""

from typing import Any

import msgspec
import pytest

from tertulia.domain.preferences import Name
from tertulia.domain.shields import ShieldId
from tertulia.domain.tags import Tag
from tertulia.domain.toolgroups import ToolgroupId
from tertulia.domain.users import UserName

NAMES = {"tag": Tag, "shield": ShieldId, "toolgroup": ToolgroupId, "preference": Name, "user": UserName}


@pytest.mark.parametrize("kind", NAMES)
def test_a_line_break_at_the_end_is_no_part_of_a_name(kind: str) -> None:
    type_: Any = NAMES[kind]
    assert msgspec.convert("travel", type_) == "travel"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("travel\n", type_)

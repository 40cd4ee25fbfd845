"""The history checker finds what is wrong, and nothing in what is right."""

import random

import pytest

from tests.faults.history import Append, History, Outcome, Read


def history(*operations: Append | Read) -> History:
    return History(
        [each for each in operations if isinstance(each, Append)],
        [each for each in operations if isinstance(each, Read)],
    )


def append(value: str, begun: float, ended: float, outcome: Outcome = "ok") -> Append:
    return Append("s", value, begun, ended, outcome)


def read(values: str, begun: float, ended: float) -> Read:
    return Read("s", values.split(), begun, ended)


GOOD = {
    "nothing": history(),
    "one after the other": history(append("a", 0, 1), append("b", 2, 3), read("a b", 4, 5)),
    "side by side in either order": history(append("a", 0, 9), append("b", 0, 9), read("b", 3, 4), read("b a", 10, 11)),
    "a read that began before the acknowledgement": history(append("a", 0, 3), read("", 2, 4)),
    "no answer, and it did not happen": history(append("a", 0, 1, "info"), read("", 5, 6)),
    "no answer, and it happened later": history(append("a", 0, 1, "info"), read("", 5, 6), read("a", 7, 8)),
    "no answer, and it stands behind what began later": history(
        append("a", 0, 1, "info"), append("b", 2, 3), read("b a", 7, 8)
    ),
    "a refused one is not there": history(append("a", 0, 1, "refused"), append("b", 2, 3), read("b", 4, 5)),
    "reads side by side": history(append("a", 0, 9), read("a", 1, 5), read("", 2, 6)),
    "two lists": History(
        [Append("s", "a", 0, 1), Append("t", "b", 2, 3)], [Read("s", ["a"], 4, 5), Read("t", ["b"], 4, 5)]
    ),
}
BAD = {
    "phantom: x": history(read("x", 0, 1)),
    "phantom: refused": history(append("refused", 0, 1, "refused"), read("refused", 2, 3)),
    "duplicate: a": history(append("a", 0, 1), read("a a", 2, 3)),
    "fork: [… a] of 1 is not the beginning of [… b, a]": history(
        append("a", 0, 9), append("b", 0, 9), read("a", 1, 8), read("b a", 1, 8)
    ),
    "lost: a": history(append("a", 0, 1), read("", 2, 3)),
    "lost: b": history(append("a", 0, 1), append("b", 0, 1), append("c", 0, 9), read("a c", 2, 3)),
    "backwards: a read has 1 values": history(
        append("a", 0, 9, "info"), append("b", 0, 9, "info"), read("a b", 1, 2), read("a", 3, 4)
    ),
    "order: b stands before a": history(append("a", 0, 1), append("b", 2, 3), read("b a", 4, 5)),
    "order: c stands before a": history(
        append("a", 0, 1), append("b", 0, 9, "info"), append("c", 2, 9, "info"), read("c b a", 10, 11)
    ),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_can_happen_is_no_anomaly(what: str) -> None:
    assert GOOD[what].anomalies() == []


@pytest.mark.parametrize("begin", BAD)
def test_what_cannot_happen_is_named(begin: str) -> None:
    assert any(found.startswith(begin) for found in BAD[begin].anomalies()), BAD[begin].anomalies()


def test_lists_are_looked_at_one_by_one() -> None:
    mixed = History([Append("s", "a", 0, 1)], [Read("t", ["a"], 2, 3), Read("s", ["a"], 2, 3)])
    assert mixed.anomalies() == ["phantom: a was read, and nobody has appended it (list t)"]


def run_on_a_real_list(chance: random.Random) -> History:
    """Appends and reads of a list that is one: each takes effect at one moment between its begin and its end."""
    moments = sorted((chance.random() * 100, chance.random() < 0.6) for _ in range(60))
    values: list[str] = []
    found = History()
    for number, (moment, is_append) in enumerate(moments):
        begun, ended = moment - chance.random() * 5, moment + chance.random() * 5
        if is_append:
            values.append(str(number))
            found.appends.append(append(str(number), begun, ended, chance.choice(["ok", "ok", "info"])))
        else:
            found.reads.append(Read("s", list(values), begun, ended))
    return found


@pytest.mark.parametrize("seed", range(50))
def test_a_list_that_is_one_has_no_anomaly_and_one_without_an_acknowledged_value_has(seed: int) -> None:
    chance = random.Random(seed)
    found = run_on_a_real_list(chance)
    assert found.anomalies() == []
    last = max(found.reads, key=lambda read: read.begun)
    sure = [each.value for each in found.appends if each.outcome == "ok" and each.ended < last.begun]
    if not sure:
        return
    lost = chance.choice(sure)
    spoilt = Read("s", [value for value in last.values if value != lost], last.begun, last.ended)
    kinds = {each.partition(":")[0] for each in History(found.appends, [*found.reads, spoilt]).anomalies()}
    assert "lost" in kinds

"""The calculator: right in decimal, and at no expense whatever is asked."""

import time

import pytest

from tertulia.tools.builtin.calculator import LONGEST, NotCalculable, calculate


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.333333333333333333333333333333"),
        ("2 / 3 * 3", "2"),
        ("2 ** 100", "1267650600228229401496703205376"),
        ("2^10 + 1", "1025"),
        ("-7 % 3", "2"),
        ("7 % -3", "-2"),
        ("-7 // 2", "-4"),
        ("7.5 // 2", "3"),
        ("1_000 * 3", "3000"),
        ("1.50", "1.5"),
        ("-0.0", "0"),
        ("2.5e10", "25000000000"),
        ("10 ** 300", "1E+300"),
        ("5e-50", "5E-50"),
        ("sqrt(2) ** 2", "2"),
        ("round(2.675, 2)", "2.68"),
        ("round(10.5)", "11"),
        ("floor(-1.5) + ceil(1.2)", "0"),
        ("max(1, 2.5, -3) - min(4, 1)", "1.5"),
        ("sin(pi / 2) + cos(0)", "2"),
        ("ln(e)", "1"),
        ("log10(1000)", "3"),
        ("factorial(20)", "2432902008176640000"),
        ("abs(-3)", "3"),
        ("0x10", "16"),
        ("1+" * 400 + "1", "401"),
    ],
)
def test_arithmetic(expression: str, result: str) -> None:
    assert calculate(expression) == result


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("1 / 0", "divides by zero"),
        ("1 // 0", "divides by zero"),
        ("1 % 0", "divides by zero"),
        ("sqrt(-1)", "no result"),
        ("(-8) ** (1/3)", "no result"),
        ("0 ** 0", "no result"),
        ("ln(0)", "no result"),
        ("max()", "no result"),
        ("sqrt(1, 2, 3)", "no result"),
        ("factorial(2.5)", "whole numbers"),
        ("factorial(1001)", "whole numbers"),
        ("1e99999", "no result that is a number"),
        ("1 +", "not an expression"),
        ("", "not an expression"),
        ("x = 1", "not an expression"),
        ("5%", "not an expression"),
        ("x + 1", "`x` is no arithmetic"),
        ("'a' * 3", "no arithmetic"),
        ("True", "no arithmetic"),
        ("1j", "no arithmetic"),
        ("[1, 2]", "no arithmetic"),
        ("1 < 2", "no arithmetic"),
        ("(lambda: 1)()", "no arithmetic"),
        ("max(*[1])", "no arithmetic"),
        ("round(1, ndigits=2)", "no arithmetic"),
        ("__import__('os').system('true')", "no arithmetic"),
        ("(1).__class__", "no arithmetic"),
        ("sqrt.__globals__", "no arithmetic"),
        ("[x for x in (1,)]", "no arithmetic"),
        ("f'{1}'", "no arithmetic"),
    ],
)
def test_what_has_no_result_is_refused_with_the_reason(expression: str, why: str) -> None:
    with pytest.raises(NotCalculable, match=why):
        calculate(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "9 ** 9 ** 9",
        "9 ** 9 ** 9 ** 9 ** 9",
        "10 ** 9999 ** 2",
        "1.0000001 ** (10 ** 40)",
        "exp(10 ** 30)",
        "9" * 900 + " ** " + "9" * 50,
        "round(1.5, 10 ** 20)",
        "sin(10 ** 400)",
        "10 ** 9000 % 7",
        "-" * 900 + "1",
        "(" * 400 + "1" + ")" * 400,
        "1" * (LONGEST + 1),
        "factorial(1000) ** 1000",
    ],
)
def test_what_would_cost_much_is_refused_at_once(expression: str) -> None:
    begun = time.process_time()
    with pytest.raises(NotCalculable):
        calculate(expression)
    assert time.process_time() - begun < 1

"""The tool `calculator`: arithmetic, in decimal, of a text that a model wrote.

The text is parsed as Python's expressions are and walked; nothing of it is ever run. What it may cost is bounded before
it begins, by its length and depth, and in every operation, by the digits that a number has here: a power of powers is a
number with an exponent, or too large.
"""

import ast
import decimal
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolResult
from tertulia.tools.functions import tool

LONGEST = 1_000
DEEPEST = 500
"""Operations within operations; a sum of so many numbers is as deep."""
DIGITS = 60
SHOWN_DIGITS = 30
LARGEST_FACTORIAL = 1_000
TOO_DEEP = "The expression is nested too deeply."

CONTEXT = decimal.Context(
    prec=DIGITS,
    Emin=-9_999,
    Emax=9_999,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

CONSTANTS = {
    "pi": Decimal("3.14159265358979323846264338327950288419716939937510582097494"),
    "e": Decimal("2.71828182845904523536028747135266249775724709369995957496697"),
}


class NotCalculable(Exception):
    """The text is not arithmetic, or has no answer. The message is for the model."""


def _by_float(function: Callable[[float], float]) -> Callable[[Decimal], Decimal]:
    """Make a function of decimals of one that is exact to the 15 digits of a float."""
    return lambda number: Decimal(repr(function(float(number))))


def _floor(number: Decimal) -> Decimal:
    return number.to_integral_value(decimal.ROUND_FLOOR)


def _ceil(number: Decimal) -> Decimal:
    return number.to_integral_value(decimal.ROUND_CEILING)


def _round(number: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-int(digits)), decimal.ROUND_HALF_UP)


def _factorial(number: Decimal) -> Decimal:
    if not 0 <= number <= LARGEST_FACTORIAL or number != _floor(number):
        raise NotCalculable(f"factorial takes whole numbers from 0 to {LARGEST_FACTORIAL}.")
    return CONTEXT.create_decimal(math.factorial(int(number)))


def _modulo(one: Decimal, other: Decimal) -> Decimal:
    """What is left over has the sign of the divisor, as in Python and in mathematics."""
    if not other:
        raise decimal.DivisionByZero
    left = one % other
    return left + other if left and (left < 0) != (other < 0) else left


BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: Decimal.__add__,
    ast.Sub: Decimal.__sub__,
    ast.Mult: Decimal.__mul__,
    ast.Div: Decimal.__truediv__,
    ast.FloorDiv: lambda one, other: (one - _modulo(one, other)) / other,
    ast.Mod: _modulo,
    ast.Pow: Decimal.__pow__,
}
UNARY: dict[type[ast.unaryop], Callable[[Decimal], Decimal]] = {ast.UAdd: Decimal.__pos__, ast.USub: Decimal.__neg__}
FUNCTIONS: dict[str, Callable[..., Decimal]] = {
    "abs": Decimal.copy_abs,
    "ceil": _ceil,
    "cos": _by_float(math.cos),
    "exp": Decimal.exp,
    "factorial": _factorial,
    "floor": _floor,
    "ln": Decimal.ln,
    "log10": Decimal.log10,
    "max": lambda *numbers: max(numbers),
    "min": lambda *numbers: min(numbers),
    "round": _round,
    "sin": _by_float(math.sin),
    "sqrt": Decimal.sqrt,
    "tan": _by_float(math.tan),
}


def calculate(expression: str) -> str:
    """Return what an expression comes to. Raises NotCalculable."""
    if len(expression) > LONGEST:
        raise NotCalculable(f"The expression is longer than {LONGEST} characters.")
    try:
        tree = ast.parse(expression.strip().replace("^", "**"), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise NotCalculable("This is not an expression. Write it like (2 + 3) * 4 / sqrt(2).") from None
    try:
        with decimal.localcontext(CONTEXT):
            number = _value(tree.body, DEEPEST)
    except decimal.DivisionByZero:
        raise NotCalculable("It divides by zero.") from None
    except (decimal.Overflow, OverflowError):
        raise NotCalculable("The result is too large.") from None
    except (decimal.InvalidOperation, ValueError, TypeError):
        raise NotCalculable("It has no result: something in it is not defined for what it is given.") from None
    except RecursionError:
        raise NotCalculable(TOO_DEEP) from None
    if not number.is_finite():
        raise NotCalculable("It has no result that is a number.")
    return _written(number)


def _value(node: ast.expr, depth: int) -> Decimal:
    if depth == 0:
        raise NotCalculable(TOO_DEEP)
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return CONTEXT.create_decimal(repr(number))
        case ast.Name(id=name) if name in CONSTANTS:
            return CONSTANTS[name]
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in UNARY:
            return UNARY[type(sign)](_value(operand, depth - 1))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in BINARY:
            return BINARY[type(sign)](_value(left, depth - 1), _value(right, depth - 1))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](*(_value(each, depth - 1) for each in args))
        case _:
            raise NotCalculable(f"`{ast.unparse(node)[:60]}` is no arithmetic. {CAN}")


def _written(number: Decimal) -> str:
    """Return a number as people write it: whole ones to the last digit, very large or small ones with an exponent."""
    if number == number.to_integral_value() and number.adjusted() < DIGITS:
        return f"{number.to_integral_value():f}"
    number = number.normalize(decimal.Context(prec=SHOWN_DIGITS))
    return f"{number:f}" if abs(number.adjusted()) < SHOWN_DIGITS else f"{number:E}"


CAN = f"There are + - * / // % **, parentheses, {', '.join(CONSTANTS)}, and {', '.join(FUNCTIONS)}."


@tool(
    description="Calculate exactly. Use it for every sum, product or percentage instead of doing it in your head.",
    toolgroup="builtin::calculator",
    policy=ToolPolicy(is_idempotent=True),
)
async def calculator(
    expression: Annotated[str, Meta(description=f"What to calculate, such as (2 + 3) * 4 / sqrt(2). {CAN}")],
) -> ToolResult:
    """Answer with the result as a text; what cannot be calculated is an error that says why."""
    try:
        return ToolResult(content=calculate(expression))
    except NotCalculable as error:
        return ToolResult(content=str(error), is_error=True)

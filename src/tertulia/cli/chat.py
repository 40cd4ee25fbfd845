"""`tertulia chat`: a session in a terminal, through the HTTP client.

Ctrl+C stops the turn that runs, a second one leaves. Whatever happens to the terminal or the connection, the server
keeps the turn, and the last line says how to come back.
"""

import asyncio
import os
import sys
from contextlib import suppress
from importlib import import_module

import click

from tertulia.cli.console import Failure, dim
from tertulia.cli.conversation import Conversation, find_conversation
from tertulia.cli.decisions import ask_about
from tertulia.cli.turn_printer import TurnPrinter
from tertulia.client import (
    ApiError,
    AsyncClient,
    ClientError,
    Conflict,
    InvalidRequest,
    ServerUnreachable,
    StreamLost,
)
from tertulia.domain.events import TurnAwaitingInput, TurnCancelled, TurnCompleted
from tertulia.domain.messages import text_of
from tertulia.domain.steps import ToolCallStep
from tertulia.domain.turns import AT_REST, Turn
from tertulia.settings.values import Settings
from tertulia.terminal.asking import undecided
from tertulia.terminal.text import plain

PROMPT = "you> "
INTERRUPTED = 130
"""The exit code of a command that Ctrl+C ended."""


@click.command()
@click.argument("message", required=False)
@click.option("--url", envvar="TERTULIA_URL", metavar="URL", help="The server. [TERTULIA_URL; this machine's]")
@click.option(
    "--api-key",
    envvar="TERTULIA_API_KEY",
    metavar="KEY",
    help="Says who you are to a server with accounts; better given as the variable. [TERTULIA_API_KEY]",
)
@click.option("--agent", "agent", metavar="NAME", help="The agent to talk with, or its id. [the default agent]")
@click.option("--session", "session_id", metavar="ID", help="The session to go on with. [a new one]")
@click.option("--continue", "goes_on", is_flag=True, help="Go on with the agent's newest session.")
@click.option("--plain", "is_plain", is_flag=True, help="Ask and answer line by line, without the page.")
def chat(  # noqa: PLR0913, PLR0917 - each is an option
    message: str | None,
    url: str | None,
    api_key: str | None,
    agent: str | None,
    session_id: str | None,
    goes_on: bool,
    is_plain: bool,
) -> None:
    """Talk with an agent in this terminal.

    With a MESSAGE, or with words from a pipe, it answers once and ends. Without, it opens a page: F1 tells its keys,
    Ctrl+Q leaves. With --plain it asks line by line until Ctrl+D; Ctrl+C stops an answer, and a second one leaves.
    """
    if session_id and goes_on:
        raise click.UsageError("--session and --continue both name a session: give one of them.")
    with asyncio.Runner() as runner:
        terminal = Terminal(runner, AsyncClient(_address(url), api_key=api_key), is_named=url is not None)
        try:
            found = terminal.find(agent, session_id, goes_on=goes_on)
            words = message or _piped()
            sys.exit(terminal.open_page(found) if not words and _has_page(is_plain) else terminal.talk(found, words))
        finally:
            terminal.close()


class Terminal:
    """One person's talk: asks, shows, and says at its end how to come back."""

    def __init__(self, runner: asyncio.Runner, client: AsyncClient, *, is_named: bool) -> None:
        self._runner = runner
        self._client = client
        self._is_named = is_named

    def find(self, agent: str | None, session_id: str | None, *, goes_on: bool) -> Conversation:
        """Find what to go on with, or whom to begin with. Raises Failure."""
        try:
            return self._runner.run(find_conversation(self._client, agent, session_id, goes_on=goes_on))
        except ServerUnreachable as error:
            raise Failure(self._nobody()) from error
        except ClientError as error:
            raise Failure(str(error)) from error

    def open_page(self, conversation: Conversation) -> int:
        """Show the page until the person leaves it, and return the exit code."""
        from tertulia.terminal.opening import open_page  # noqa: PLC0415 - what draws it takes long to import

        try:
            left = self._runner.run(open_page(self._client, conversation.agent_id, conversation.session))
        except ClientError as error:
            raise Failure(str(error)) from error
        conversation.session = left.session
        if left.unsent:
            click.echo(dim("Not sent:") + "\n" + plain("\n\n".join(left.unsent)))
        self._say_how_to_return(conversation)
        return 0

    def talk(self, conversation: Conversation, message: str | None) -> int:
        """Talk until the end and return the exit code."""
        try:
            return self._once(conversation, message) if message else self._until_left(conversation)
        except KeyboardInterrupt:
            return INTERRUPTED
        except ClientError as error:
            sentence = str(error) if isinstance(error, ApiError | StreamLost) else self._nobody()
            click.echo("\n" + plain(sentence), err=True)
            return 1
        finally:
            self._say_how_to_return(conversation)

    def close(self) -> None:
        """Let go of the connections."""
        self._runner.run(self._client.close())

    def _once(self, conversation: Conversation, message: str) -> int:
        printer = TurnPrinter()
        self._runner.run(conversation.say(message, printer.show))
        self._let_decide(conversation, printer)
        match printer.end:
            case TurnCompleted():
                return 0
            case TurnCancelled():
                return INTERRUPTED
            case _:
                return 1

    def _until_left(self, conversation: Conversation) -> int:
        with suppress(ImportError):
            import_module("readline")  # line editing for `input`, where there is such a thing
        self._show_where_we_were(conversation)
        while (words := _ask()) is not None:
            try:
                if words.strip():
                    printer = TurnPrinter()
                    self._runner.run(conversation.say(words, printer.show))
                    self._let_decide(conversation, printer)
            except ApiError as error:
                click.echo(plain(str(error)), err=True)
        return 0

    def _show_where_we_were(self, conversation: Conversation) -> None:
        session = conversation.session
        if session is None:
            click.echo(dim("A new session. Ctrl+C stops an answer, Ctrl+D leaves."), err=True)
            return
        click.echo(dim(f"{session.session_name} · {session.turn_count} turns"), err=True)
        for turn in session.turns[-1:]:
            words = " ".join(text_of(message.content) for message in turn.input_messages)
            click.echo(PROMPT + plain(words))
            if turn.status in AT_REST and turn.status != "awaiting_input":
                click.echo(plain(turn.output_message.content))
            else:
                printer = TurnPrinter()
                self._runner.run(conversation.rejoin(turn, printer.show))
                self._let_decide(conversation, printer)

    def _let_decide(self, conversation: Conversation, printer: TurnPrinter) -> None:
        """Ask the person about the calls that a turn waits for, until it waits for none.

        Ctrl+C stops the turn, Ctrl+D lets it wait.
        """
        while isinstance(printer.end, TurnAwaitingInput) and printer.end.reason != "client_tools":
            if not sys.stdin.isatty():
                click.echo(
                    dim("The turn waits for a person's decision. Come back in a terminal, or decide in the page."),
                    err=True,
                )
                return
            turn = self._runner.run(conversation.read())
            try:
                for step in undecided(turn):
                    self._decide(conversation, turn, step)
            except EOFError:
                click.echo("\n" + dim("It goes on waiting."), err=True)
                return
            except KeyboardInterrupt:
                click.echo(err=True)
                self._runner.run(conversation.stop(turn))
            self._runner.run(conversation.go_on(printer.show))

    def _decide(self, conversation: Conversation, turn: Turn, step: ToolCallStep) -> None:
        """Ask about a call until the server takes the answer, or says that there is one already."""
        while True:
            said = ask_about(step)
            try:
                self._runner.run(conversation.decide(turn, step, said))
                return
            except InvalidRequest as error:
                click.echo(plain(str(error)), err=True)
            except Conflict as error:
                click.echo(plain(str(error)), err=True)
                return

    def _nobody(self) -> str:
        way = "name another with --url" if self._is_named else "name the one that runs with --url"
        return f"No Tertulia server answers at {self._client.base_url}. Start one with `tertulia serve`, or {way}."

    def _say_how_to_return(self, conversation: Conversation) -> None:
        if conversation.session is not None:
            where = f" --url {self._client.base_url}" if self._is_named else ""
            again = f"tertulia chat{where} --session {conversation.session.session_id}"
            click.echo(dim(f"To come back: {again}"), err=True)


def _ask() -> str | None:
    try:
        return input(PROMPT)
    except (EOFError, KeyboardInterrupt):
        click.echo(err=True)
        return None


def _has_page(is_plain: bool) -> bool:
    """Tell whether this is a terminal on which a page can be drawn."""
    return not is_plain and sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb")


def _piped() -> str | None:
    """Return what is piped in, if this is no terminal. Raises UsageError when it is nothing."""
    if sys.stdin.isatty():
        return None
    words = sys.stdin.read().strip()
    if not words:
        raise click.UsageError("There is no message: give one as an argument, in a pipe, or talk in a terminal.")
    return words


def _address(url: str | None) -> str:
    if url is None:
        settings = Settings.from_env(os.environ)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return f"http://{host}:{settings.port}"
    return url if "://" in url else f"http://{url}"

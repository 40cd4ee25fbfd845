"""What `tertulia doctor` finds of model servers: those that were named, those at their usual ports, and the demo."""

from tertulia.cli.findings import Finding
from tertulia.domain.errors import StartupError
from tertulia.domain.models import ModelList, ServerStatus
from tertulia.models.catalog import ModelCatalog
from tertulia.models.discovery import discover
from tertulia.models.http import open_session
from tertulia.models.openai_chat import OpenAIChat
from tertulia.models.server_spec import ServerSpec, server_specs, with_found
from tertulia.settings.values import Settings

HOW_TO_CONNECT = "Start Ollama, or name a server with --model-server URL"


async def find_models(settings: Settings) -> list[Finding]:
    """Ask every model server what it has. One that is silent is a note: the server starts without it."""
    try:
        named = server_specs(
            settings.model_servers,
            openai_base_url=settings.openai_base_url,
            openai_api_key=settings.openai_api_key.reveal() if settings.openai_api_key else None,
        )
    except StartupError as error:
        return [Finding(matter="models", level="problem", text=error.message)]
    found = await discover() if settings.discover else []
    listing = await _ask(with_found(named, found))
    return [*(_server(status, listing) for status in listing.servers), *_demo(settings, listing)]


async def _ask(specs: list[ServerSpec]) -> ModelList:
    async with open_session() as session:
        return await ModelCatalog([OpenAIChat(spec, session) for spec in specs]).list_models()


def _server(status: ServerStatus, listing: ModelList) -> Finding:
    if status.status != "ready":
        text = status.detail or f"The model server {status.name} at {status.url} is {status.status}."
        return Finding(matter="models", level="note", text=text)
    names = [model.name for model in listing.models if model.server == status.name]
    text = f"{status.name} at {status.url} has {_counted(names)}"
    return Finding(matter="models", level="ok" if names else "note", text=text)


def _counted(names: list[str]) -> str:
    if not names:
        return "no models"
    more = f", and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{len(names)} model{'s' if len(names) > 1 else ''}: {', '.join(names[:3])}{more}"


def _demo(settings: Settings, listing: ModelList) -> list[Finding]:
    if settings.demo == "never":
        text = f"No model server is found, and the demo model is turned off. {HOW_TO_CONNECT}."
        return [] if listing.servers else [Finding(matter="models", level="note", text=text)]
    if settings.demo == "auto" and listing.servers:
        return []
    text = "The demo model, a script and no AI, is offered."
    if not listing.servers:
        text = f"No model server is found. {text} {HOW_TO_CONNECT}."
    return [Finding(matter="models", level="ok" if listing.servers else "note", text=text)]

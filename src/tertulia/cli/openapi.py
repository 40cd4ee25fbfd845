"""`tertulia openapi`: the document that describes the HTTP interface, the same on every machine."""

import json

import click

from tertulia.asgi import create_app
from tertulia.settings.values import Settings


@click.command()
def openapi() -> None:
    """Print the OpenAPI document of the server, as JSON."""
    document = create_app(Settings()).openapi
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True))

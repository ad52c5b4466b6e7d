"""The `gridwarden` command: the demo, and the doors to edge, models and dispatcher."""

import typer

import dispatcher.cli
import models.cli

app = typer.Typer(
    help="Street cameras that find what is wrong, and a dispatcher that has it put right.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(models.cli.app, name="models")
app.add_typer(dispatcher.cli.app, name="dispatcher")


def main() -> None:
    """Run the command that the command line names."""
    app()


if __name__ == "__main__":
    main()

"""`gridwarden models`: use detectors, measure them, make them."""

import typer

from models.commands import data, listing, make, measure, use
from models.synth.cli import app as synth_app

app = typer.Typer(no_args_is_help=True, help="Detectors: use them, measure them, make them.")
app.add_typer(synth_app, name="synth")
app.command("list")(listing.list_models)
app.command("predict")(use.predict_pictures)
app.command("dataset")(data.dataset)
app.command("train")(make.train)
app.command("scene")(make.scene)
app.command("export")(make.export)
app.command("second")(make.second)
app.command("tune")(make.tune)
app.command("evaluate")(measure.evaluate)
app.command("calibrate")(measure.calibrate)
app.command("compare")(measure.compare)

if __name__ == "__main__":
    app()

"""Measure a detector, choose its thresholds, compare it with another."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.commands.looking import judge_labels, known_labels, look_at, look_into, tell_skipped
from models.commands.shared import (
    AnyVariant,
    AsJson,
    DatasetFolder,
    ModelName,
    PerPicture,
    model_folder,
    notes,
    open_model,
    plain_errors,
)
from models.manifest import load_manifest, save_manifest
from models.recipe import RecipeError

if TYPE_CHECKING:
    from models.alarms import Folder, Question
    from models.answers import Answer
    from models.compare import Comparison
    from models.detector import Detector
    from models.evaluate import Figures
    from models.report import Evaluation

Labels = Annotated[list[str] | None, typer.Option("--label", help="These labels only. Repeatable.")]
With = Annotated[
    list[Path] | None, typer.Option("--with", help="A folder of pictures or clips that show it. Repeatable.")
]
Without = Annotated[
    list[Path] | None, typer.Option("--without", help="A folder that does not show it. Repeatable.")
]


def evaluate(  # noqa: PLR0913, PLR0917  a command takes what it offers
    model: ModelName,
    data: Annotated[Path | None, typer.Option("--dataset", help="A dataset: its validation part.")] = None,
    shown: With = None,
    free: Without = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="With folders: any of these. Repeatable.")
    ] = None,
    variant: AnyVariant = None,
    of_pictures: PerPicture = False,  # noqa: FBT002
    html: Annotated[Path | None, typer.Option("--html", help="Write a report with plots here.")] = None,
    renders: Annotated[
        Path | None, typer.Option("--renders", help="Show these rendered pictures in the report.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Measure a model on a dataset, or how well it tells folders with a thing from folders without.

    With --dataset: AP50, AP50-95, precision and recall of each label with 95 % intervals,
    by light, weather and size, what is taken for what, and the worst cases.
    With --with and --without: AUROC of the surest box of a picture, and the share of each folder
    that reaches the thresholds. Several --label are one question; without any, each label is asked.

    What cannot be read is named, counted and left out.
    """
    if not (data or shown or free):
        raise typer.BadParameter("give --dataset, or folders --with and --without")
    if label and not (shown or free):
        raise typer.BadParameter("--label asks of folders: give --with or --without, or leave it out")
    if renders and not html:
        raise typer.BadParameter("--renders are shown in the report: give --html, or leave it out")
    with plain_errors():
        from models import report, sheet
        from models.alarms import ask

        if html:
            report.check_place(html)
        if renders:
            sheet.pictures_in(renders)
        detector, skipped = open_model(model, variant), list[str]()
        wanted = known_labels(detector, label)
        yes, no = (_folders(detector, part, skipped) for part in (shown, free))
        questions = ([wanted] if label else [(one,) for one in wanted]) if yes or no else []
        answers = _answers(detector, data, skipped) if data else []
        judged = judge_labels(detector, answers, of_pictures=of_pictures) if data else []
        measured = report.evaluate(detector, answers, judged, data, of_pictures=of_pictures)
        asked = tuple(ask(one, detector.thresholds, yes, no) for one in questions)
        measured = replace(measured, questions=asked, skipped=tuple(skipped))
        tell_skipped(skipped)
        if measured.not_judged:
            names = ", ".join(measured.not_judged)
            text = f"not judged: {names}; nothing in {data} is labelled so; false alarms: --without FOLDER"
            notes.print(text, markup=False, highlight=False, soft_wrap=True)
        _tell(measured, as_json=as_json)
        if html:
            report.write_page(html, report.to_html(measured, judged, renders))
            notes.print(f"report: {html}", markup=False, highlight=False, soft_wrap=True)


def calibrate(
    model: ModelName,
    data: DatasetFolder,
    target: Annotated[float, typer.Option("--target", min=0.5, max=1.0, help="Precision wanted.")] = 0.95,
    free: Without = None,
    share: Annotated[
        float, typer.Option("--false-alarms", min=0.0, max=1.0, help="Share of --without that may alarm.")
    ] = 0.02,
    label: Labels = None,
    of_pictures: PerPicture = False,  # noqa: FBT002
) -> None:
    """Choose each label's threshold on the validation part and write it into the manifest.

    Measured is what a box runs: INT8 where shipped, else fp32. Chosen is the lowest threshold where the
    95 % interval of the precision begins at the target. With --without, it is raised until at most
    --false-alarms of these pictures reach it. A label of which too few are in the pictures keeps its own.
    """
    with plain_errors():
        from models.alarms import scores_of
        from models.calibrate import choose_threshold, raise_threshold

        detector, skipped = open_model(model, None), list[str]()
        wanted = known_labels(detector, label)
        if free and not label and len(wanted) > 1:
            raise typer.BadParameter("with --without, name the labels that are not there by --label")
        judged = judge_labels(detector, _answers(detector, data, skipped), of_pictures=of_pictures)
        found = [one for folder in _folders(detector, free, skipped) for one in folder.found]
        tell_skipped(skipped)
        manifest = load_manifest(model_folder(model))
        thresholds = dict(manifest.thresholds)
        for one in (each for each in judged if each.label in wanted):
            chosen = choose_threshold(one, target, thresholds[one.label])
            if found:
                chosen = raise_threshold(chosen, scores_of([one.label], found), share)
            thresholds[one.label] = chosen.threshold
            typer.echo(f"{chosen.label}: {chosen.threshold:g}, {chosen.reason}")
        save_manifest(manifest.model_copy(update={"thresholds": thresholds}), model_folder(model))


def compare(
    challenger: Annotated[str, typer.Argument(help="The new model: of the catalog, or a folder.")],
    champion: Annotated[str, typer.Argument(help="The model in use: of the catalog, or a folder.")],
    data: DatasetFolder,
    tolerance: Annotated[float, typer.Option("--tolerance", min=0.0, help="May be worse by so much.")] = 0.01,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Tell whether a model may replace another: better at some label, at none worse than the tolerance.

    The same pictures for both, differences with 95 % intervals. Exit code 0 when it may, else 1.
    """
    with plain_errors():
        from models import compare as comparison
        from models.answers import check_numbering
        from models.report import to_json

        new, old = (open_model(one, None) for one in (challenger, champion))
        check_numbering(data, new, old)
        skipped = list[str]()
        answers = _answers(new, data, skipped), _answers(old, data, skipped)
        compared = comparison.compare((new, answers[0]), (old, answers[1]), tolerance)
        tell_skipped(list(dict.fromkeys(skipped)))  # mostly the same for both
        if as_json:
            typer.echo(to_json(compared))
        else:
            _tell_comparison(compared)
    raise typer.Exit(0 if compared.replaces else 1)


def _answers(detector: "Detector", data: Path, skipped: list[str]) -> "list[Answer]":
    """Return the answers to a dataset; tell where nothing says what its class ids mean."""
    from models.dataset_folder import labels_of

    is_named = labels_of(data) is not None
    answers = look_at(detector, data, skipped)
    if not is_named:
        order = ", ".join(f"{number} {label}" for number, label in enumerate(detector.labels))
        notes.print(f"{data} has no data.yaml: its ids are taken for {detector.info.name}'s, {order}")
    return answers


def _folders(detector: "Detector", folders: list[Path] | None, skipped: list[str]) -> "list[Folder]":
    """Return what is found in each folder; refuse one of which nothing can be read."""
    looked = [look_into(detector, folder, skipped) for folder in folders or ()]
    empty = [folder.name for folder in looked if not folder.found]
    if empty:
        tell_skipped(skipped)
        raise RecipeError(f"nothing in {', '.join(empty)} can be read")
    return looked


def _tell(measured: "Evaluation", *, as_json: bool) -> None:
    from models.report import to_json

    if as_json:
        typer.echo(to_json(measured))
        return
    for one in measured.figures:
        typer.echo(_sentence(one, boxes=not measured.per_picture))
    for condition in measured.conditions:
        averages = ", ".join(f"{one.label} {one.ap50:.2f} of {one.truths}" for one in condition.figures)
        about = f"{condition.kind} {condition.value}"
        if averages:
            typer.echo(f"{about:18} ({condition.source}), {condition.pictures} pictures, AP50: {averages}")
    for question in measured.questions:
        _tell_question(question)


def _sentence(one: "Figures", *, boxes: bool) -> str:
    from models.report import spread

    if not one.truths:
        return f"{one.label:11}     0 in these pictures"
    strict = f"  AP50-95 {spread(one.ap50_95, one.ap50_95_interval)}" if boxes else ""
    return (
        f"{one.label:11} {one.truths:5}  AP50 {spread(one.ap50, one.ap50_interval)}{strict}"
        f"  at {one.threshold:.3f}: precision {spread(one.precision, one.precision_interval)}"
        f" recall {spread(one.recall, one.recall_interval)}"
    )


def _tell_question(question: "Question") -> None:
    from models.report import spread

    about = ""
    if question.found and question.false:
        about = f": AUROC {spread(question.auroc, question.auroc_interval)}"
    typer.echo(f"{' or '.join(question.labels)}{about}")
    for word, folders in (("found in", question.found), ("false alarm in", question.false)):
        for one in folders:
            low, high = one.alarms.interval
            share = f"{one.alarms.share:.1%} [{low:.1%}, {high:.1%}]"
            typer.echo(f"  {word} {share} of {one.alarms.total}, {one.folder}")


def _tell_comparison(compared: "Comparison") -> None:
    for one in compared.verdicts:
        typer.echo(f"{one.label}: {one.word} ({one.reason})")
    for who, labels in (("challenger", compared.only_challenger), ("champion", compared.only_champion)):
        if labels:
            typer.echo(f"only the {who} knows: {', '.join(labels)}")
    verdict = "replaces" if compared.replaces else "does not replace"
    typer.echo(f"{verdict} the champion: {compared.reason}")

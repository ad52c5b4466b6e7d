"""Recipes are read whole or refused whole."""

import re
from pathlib import Path

import pytest

from models.recipe import RECIPES, RecipeError, load_recipe


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_recipe_is_valid_and_names_licences(path: Path) -> None:
    recipe = load_recipe(path)

    assert recipe.name == path.stem
    assert all(source.licence for source in recipe.sources)


def test_the_own_recipe_of_the_readme_is_valid(tmp_path: Path) -> None:
    readme = (RECIPES.parent / "README.md").read_text(encoding="utf-8")
    (own,) = re.findall(r"```toml\n(name = .*?)```", readme, re.DOTALL)
    (tmp_path / "yard.toml").write_text(own, encoding="utf-8")

    recipe = load_recipe(tmp_path / "yard.toml")

    assert (recipe.name, list(recipe.labels)) == ("yard", ["truck", "cart"])
    assert recipe.start["cart"] in load_recipe(RECIPES / "street.toml").labels


def test_nothing_kept_for_evaluation_is_trained_on() -> None:
    sources = [source for path in RECIPES.glob("*.toml") for source in load_recipe(path).sources]

    assert sources
    assert not [source.name for source in sources if "eval_only" in source.pictures]


def test_a_new_label_begins_with_the_class_that_it_names() -> None:
    recipe = load_recipe(RECIPES / "street.toml")

    assert recipe.start_classes("muck_truck") == ("truck",)
    assert recipe.start_classes("table") == ("dining table",)


def test_a_missing_recipe_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="one of: street, water"):
        load_recipe(tmp_path / "boats.toml")


def test_a_start_that_is_no_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "boats.toml"
    path.write_text(
        'name = "boats"\ninput_px = 320\ntrain_px = 320\nepochs = 1\nsources = []\n'
        "learning_rate = 1e-3\nfrozen_layers = 0\n"
        '[labels]\nboat = ["boat"]\n[start]\nferry = "boat"\n'
    )

    with pytest.raises(RecipeError, match="start names what is no label: ferry"):
        load_recipe(path)


def test_a_label_that_nobody_answers_for_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "street.toml"
    shipped = (RECIPES / "street.toml").read_text()
    path.write_text(
        shipped.replace("[labels]", "[labels]\nlorry = []").replace("[start]", '[start]\nlorry = "truck"')
    )

    with pytest.raises(RecipeError, match="nobody answers for lorry: put what is new into learn"):
        load_recipe(path)


def test_a_group_that_is_no_pattern_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "street.toml"
    path.write_text((RECIPES / "street.toml").read_text().replace('"^s\\\\d+"', '"("'))

    with pytest.raises(RecipeError, match=r"group \( is no pattern"):
        load_recipe(path)


def test_a_recipe_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "boats.toml"
    path.write_text("name = ")

    with pytest.raises(RecipeError, match=r"boats\.toml cannot be read"):
        load_recipe(path)


def test_a_scene_that_is_no_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "water.toml"
    shipped = (RECIPES / "water.toml").read_text()
    path.write_text(shipped.replace('scene = "water"', 'scene = "flood"'))

    with pytest.raises(RecipeError, match="scene names what is no label: flood"):
        load_recipe(path)


def test_a_second_look_at_what_is_no_label_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    text = (RECIPES / "street.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('against = ["truck", ', 'against = ["lorry", '), encoding="utf-8")

    with pytest.raises(RecipeError, match="second names what is no label: lorry"):
        load_recipe(path)


@pytest.mark.parametrize("also", ["muck_truck", "faint_stall"])
def test_a_look_does_not_also_look_at_what_is_judged_by_itself(tmp_path: Path, also: str) -> None:
    path = tmp_path / "recipe.toml"
    text = (RECIPES / "street.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('also = ["truck"]', f'also = ["{also}"]'), encoding="utf-8")

    with pytest.raises(RecipeError, match=f"second.also names what is looked at by itself: {also}"):
        load_recipe(path)


def test_what_is_seen_faintly_is_taught_by_the_truth_of_what_it_is(tmp_path: Path) -> None:
    recipe = load_recipe(RECIPES / "street.toml")
    labels = list(recipe.labels)

    assert recipe.truth_ids(("faint_goods", "car")) == [labels.index("goods"), labels.index("car")]
    path = tmp_path / "recipe.toml"
    text = (RECIPES / "street.toml").read_text(encoding="utf-8")
    path.write_text(text.replace('faint_stall = "stall"', 'faint_stall = "booth"'), encoding="utf-8")
    with pytest.raises(RecipeError, match="truth names what is no label: booth"):
        load_recipe(path)


def test_odds_of_what_the_base_model_answers_for_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    text = (RECIPES / "street.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("goods = 2\n", "car = 2\n"), encoding="utf-8")

    with pytest.raises(RecipeError, match="odds moves what is not learnt: car"):
        load_recipe(path)

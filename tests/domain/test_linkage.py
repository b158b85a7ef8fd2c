"""Seven of the eight stage sets with consumption are forms."""

from itertools import chain, combinations

import pytest

from marketplace.domain.errors import Refused
from marketplace.domain.linkage import (
    CLASS_TITLES,
    STAGES_OF_FORM,
    find_form,
    form_of,
    stage_titles,
    statistics_class,
)
from marketplace.domain.words import LinkageClass, LinkageForm, Stage

ALL_SETS = list(chain.from_iterable(combinations(Stage, n) for n in range(5)))


def test_a_form_needs_consumption_and_one_stage_more():
    for stages in ALL_SETS:
        form = find_form(stages)

        assert (form is not None) == (Stage.CONSUMPTION in stages and len(stages) > 1)


def test_each_form_has_its_own_stages():
    assert len(set(STAGES_OF_FORM.values())) == len(LinkageForm) == 7
    assert all(form_of(stages) is form for form, stages in STAGES_OF_FORM.items())


def test_no_form_is_refused_at_the_stages():
    with pytest.raises(Refused) as refused:
        form_of([Stage.CONSUMPTION])

    assert refused.value.field == "stages"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("F1", "production_processing_consumption"),
        ("F2", "other"),
        ("F3", "production_consumption"),
        ("F4", "production_consumption"),
        ("F5", "production_processing_consumption"),
        ("F6", "processing_consumption"),
        ("F7", "processing_consumption"),
    ],
)
def test_statistics_roll_the_forms_up(form, expected):
    assert statistics_class(LinkageForm(form)) == expected
    assert set(CLASS_TITLES) == set(LinkageClass)


def test_stages_are_told_upstream_to_downstream():
    titles = stage_titles(LinkageForm.F3)

    assert titles == ["tổ chức sản xuất, thu hoạch", "tiêu thụ sản phẩm"]

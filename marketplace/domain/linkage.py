"""The seven forms of linkage: a form is a function of the stages it joins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketplace.domain.errors import N_, Refused
from marketplace.domain.words import LinkageClass, LinkageForm, Stage

_I, _P, _R, _C = Stage

STAGES_OF_FORM: Mapping[LinkageForm, frozenset[Stage]] = {
    LinkageForm.F1: frozenset({_I, _P, _R, _C}),
    LinkageForm.F2: frozenset({_I, _C}),
    LinkageForm.F3: frozenset({_P, _C}),
    LinkageForm.F4: frozenset({_I, _P, _C}),
    LinkageForm.F5: frozenset({_P, _R, _C}),
    LinkageForm.F6: frozenset({_I, _R, _C}),
    LinkageForm.F7: frozenset({_R, _C}),
}
_FORM_OF_STAGES = {stages: form for form, stages in STAGES_OF_FORM.items()}

_STAGE_TITLES: Mapping[Stage, str] = {
    Stage.INPUT: N_("cung ứng vật tư, dịch vụ đầu vào"),
    Stage.PRODUCTION_HARVEST: N_("tổ chức sản xuất, thu hoạch"),
    Stage.PROCESSING: N_("sơ chế hoặc chế biến"),
    Stage.CONSUMPTION: N_("tiêu thụ sản phẩm"),
}

CLASS_TITLES: Mapping[LinkageClass, str] = {
    LinkageClass.PRODUCTION_PROCESSING_CONSUMPTION: N_(
        "sản xuất – chế biến – tiêu thụ"
    ),
    LinkageClass.PRODUCTION_CONSUMPTION: N_("sản xuất – tiêu thụ"),
    LinkageClass.PROCESSING_CONSUMPTION: N_("chế biến – tiêu thụ"),
    LinkageClass.OTHER: N_("hình thức khác"),
}


def find_form(stages: Iterable[Stage]) -> LinkageForm | None:
    """The form with exactly these stages, or None if the law knows none."""
    return _FORM_OF_STAGES.get(frozenset(stages))


def form_of(stages: Iterable[Stage]) -> LinkageForm:
    """The form with exactly these stages; refuse a set that is no linkage."""
    form = find_form(stages)
    if form is None:
        raise Refused(
            N_("Liên kết phải có tiêu thụ và ít nhất một công đoạn khác"), "stages"
        )
    return form


def stage_titles(form: LinkageForm) -> list[str]:
    """Message ids of the stages a form joins, upstream to downstream."""
    return [_STAGE_TITLES[stage] for stage in Stage if stage in STAGES_OF_FORM[form]]


def statistics_class(form: LinkageForm) -> LinkageClass:
    """The class in which national statistics count a form."""
    stages = STAGES_OF_FORM[form]
    if _P in stages:
        if _R in stages:
            return LinkageClass.PRODUCTION_PROCESSING_CONSUMPTION
        return LinkageClass.PRODUCTION_CONSUMPTION
    if _R in stages:
        return LinkageClass.PROCESSING_CONSUMPTION
    return LinkageClass.OTHER

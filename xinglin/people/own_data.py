"""What people knows of somebody, for themselves to read: the sections of their copy."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xinglin.lib.whole_person import Section, Whole
from xinglin.people import asking, assisting, documents, practical, queries, words
from xinglin.people.households import person as households
from xinglin.people.models import AskedTie, Guardianship, Membership, SavedList
from xinglin.people.vetting import person as vetting


def sections_of(who: Whole) -> list[Section]:
    """Everything, the document's number in full: it is theirs."""
    if who.person is None:
        return [section for section in [_lists(who)] if section.rows]
    sections = [_who_they_are(who), _applications(who), _consents(who), *_ties(who), _lists(who)]
    if who.volunteer is not None:
        sections.insert(1, _as_volunteer(who))
        sections.append(_qualifications(who))
        sections.append(_moves(who))
        sections += vetting.export(who.volunteer)
    return [section for section in sections if section.rows]


def _who_they_are(who: Whole) -> Section:
    person = who.person
    known = practical.of(person)
    row = {
        "code": person.code,
        "name": person.name,
        "sex": person.get_sex_display(),
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "document": words.said("id_document", person.id_kind),
        "number": documents.number_of(person.id_sealed) if person.id_sealed else "",
        "political_status": words.said("political_status", person.political_status),
        "education": words.said("education", person.education),
        "employment": words.said("employment", person.employment),
        "township": person.township,
        "vest": known.vest,
        "emergency": " ".join(part for part in (known.emergency_name, known.emergency_phone) if part),
        "meal": known.takes_meal,
        "fare": known.takes_fare,
        "note": known.note,
    }
    labels = {
        "code": _("人员代号"),
        "name": _("姓名"),
        "sex": _("性别"),
        "born_on": _("出生日期"),
        "document": _("证件"),
        "number": _("证件号码"),
        "political_status": _("政治面貌"),
        "education": _("学历"),
        "employment": _("从业状况"),
        "township": _("住在"),
        "vest": _("马甲尺码"),
        "emergency": _("紧急联系人"),
        "meal": _("用餐"),
        "fare": _("领交通补贴"),
        "note": _("备注"),
    }
    return Section("person", _("我是谁"), labels, [row])


def _lists(who: Whole) -> Section:
    lists = SavedList.objects.filter(owner=who.user).order_by("made_at")
    rows = [{"what": one.name, "at": one.made_at.isoformat()} for one in lists]
    return Section("lists", _("存下的名单"), {"what": _("名单的名字"), "at": _("时间")}, rows)


def _as_volunteer(who: Whole) -> Section:
    volunteer = who.volunteer
    teams = Membership.objects.filter(volunteer=volunteer).select_related("unit").order_by("joined_on", "pk")
    row = {
        "number": volunteer.number,
        "state": volunteer.get_state_display(),
        "why": volunteer.state_reason,
        "joined_on": volunteer.joined_on.isoformat(),
        "specialities": "、".join(words.all_said("speciality", volunteer.specialities)),
        "half_days": "、".join(words.all_said("availability_half_day", volunteer.half_days)),
        "note": volunteer.note,
        "teams": "、".join(one.unit.name for one in teams),
    }
    labels = {
        "number": _("志愿者编号"),
        "state": _("状态"),
        "why": _("原因"),
        "joined_on": _("加入日期"),
        "specialities": _("特长"),
        "half_days": _("有空的时段"),
        "note": _("备注"),
        "teams": _("队伍"),
    }
    return Section("volunteer", _("作为志愿者"), labels, [row])


def _applications(who: Whole) -> Section:
    rows = [
        {
            "unit": one.unit.name,
            "state": one.get_state_display(),
            "at": one.submitted_at.isoformat(),
            "note": one.note,
            "why": one.reason,
        }
        for one in who.person.applications.select_related("unit").order_by("submitted_at")
    ]
    labels = {"unit": _("单位"), "state": _("状态"), "at": _("时间"), "note": _("附言"), "why": _("答复")}
    return Section("applications", _("申请"), labels, rows)


def _consents(who: Whole) -> Section:
    rows = [
        {
            "what": str(one.text),
            "given": one.given_at.isoformat(),
            "withdrawn": one.withdrawn_at.isoformat() if one.withdrawn_at else "",
            "paper": one.paper,
            "by": next((hand.name for hand in (one.given_by, one.entered_by) if hand is not None), ""),
        }
        for one in who.person.consents.select_related("text", "given_by", "entered_by").order_by("given_at")
    ]
    if who.volunteer is not None:
        rows += [
            {"what": str(one.text), "given": one.signed_at.isoformat(), "withdrawn": "", "paper": one.paper, "by": ""}
            for one in who.volunteer.agreements.select_related("text").order_by("signed_at")
        ]
    labels = {
        "what": _("文本"),
        "given": _("时间"),
        "withdrawn": _("撤回时间"),
        "paper": _("签在纸上"),
        "by": _("谁替着办的"),
    }
    return Section("consents", _("同意与签署"), labels, rows)


def _ties(who: Whole) -> list[Section]:
    """Others stand here by what they are to this person, with their names, as the person's own page says them."""
    ties = queries.ties_of(who.person)
    rows = [{"who": tie.other.name, "what": tie.said, "paper": tie.relation.paper} for tie in ties]
    kin = Section("relations", _("亲友"), {"who": _("姓名"), "what": _("关系"), "paper": _("看过的材料")}, rows)
    hardships = [
        {"until": one.until.isoformat(), "paper": one.paper, "ended": one.ended_at.isoformat() if one.ended_at else ""}
        for one in who.person.hardships.order_by("decided_at")
    ]
    labels = {"until": _("到"), "paper": _("看过的材料"), "ended": _("结束时间")}
    helped = [
        {
            "who": assisting.consented_by(one),
            "what": one.get_capacity_display(),
            "paper": one.paper,
            "version": one.text.version if one.text else "",
        }
        for one in who.person.assistances.select_related("text").order_by("registered_at")
    ]
    help_labels = {"who": _("谁同意的"), "what": _("身份"), "paper": _("看过的材料"), "version": _("文本版本")}
    return [
        kin,
        households.export(who.person),
        Section("hardships", _("困难登记"), labels, hardships),
        Section("assistances", _("代办"), help_labels, helped),
        *_of_guardians(who),
        _asked_ties(who),
    ]


def _asked_ties(who: Whole) -> Section:
    """What they were asked, and whom the desk asked about them: by number until there is a yes."""
    both = AskedTie.objects.filter(Q(person=who.person) | Q(other=who.person))
    answers = {None: _("没有回答"), True: _("答应了"), False: _("没有答应")}
    rows = [
        {
            "who": _asked_one(one, who),
            "what": f"{one.get_what_display()} · {asking.said(one)}",
            "paper": one.paper,
            "at": one.asked_at.isoformat(),
            "answer": str(answers[one.is_yes]),
        }
        for one in both.select_related("person", "other__volunteer").order_by("asked_at", "pk")
    ]
    labels = {"who": _("和谁"), "what": _("关系"), "paper": _("看过的材料"), "at": _("时间"), "answer": _("答复")}
    return Section("asked_ties", _("问过的亲友与监护"), labels, rows)


def _asked_one(row: AskedTie, who: Whole) -> str:
    if row.other_id == who.person.pk:
        return row.person.name
    return row.other.name if row.is_yes else queries.number_of(row.other)


def _of_guardians(who: Whole) -> list[Section]:
    """Who decides for them, for whom they decide, and what they wished for as a child."""
    both = Guardianship.objects.filter(Q(child=who.person) | Q(guardian=who.person))
    rows = [
        {
            "who": one.guardian.name if one.child_id == who.person.pk else one.child.name,
            "what": str(_("我的监护人") if one.child_id == who.person.pk else _("我监护的孩子")),
            "capacity": one.get_capacity_display(),
            "paper": one.paper,
            "since": one.registered_at.isoformat(),
            "consented": one.consented_at.isoformat() if one.consented_at else "",
            "version": one.text.version if one.text else "",
            "on_paper": one.consent_paper,
            "ended": one.ended_at.isoformat() if one.ended_at else "",
        }
        for one in both.select_related("child", "guardian", "text").order_by("registered_at", "pk")
    ]
    labels = {
        "who": _("姓名"),
        "what": _("关系"),
        "capacity": _("身份"),
        "paper": _("看过的材料"),
        "since": _("登记时间"),
        "consented": _("同意的时间"),
        "version": _("文本版本"),
        "on_paper": _("签在纸上"),
        "ended": _("结束时间"),
    }
    answers = {None: _("还没有回答"), True: _("同意了"), False: _("这次没有同意")}
    wishes = [
        {"what": one.source, "at": one.asked_at.isoformat(), "answer": str(answers[one.is_granted])}
        for one in who.person.wishes.order_by("asked_at", "pk")
    ]
    return [
        Section("guardianships", _("监护"), labels, rows),
        Section("wishes", _("想参加的"), {"what": _("班次岗位的代号"), "at": _("时间"), "answer": _("答复")}, wishes),
    ]


def _moves(who: Whole) -> Section:
    rows = [
        {
            "what": one.get_kind_display(),
            "to": one.to_unit.name,
            "from": one.starts_on.isoformat(),
            "until": str(one.until or ""),
            "state": one.get_state_display(),
            "why": one.reason,
            "answer": one.answer,
        }
        for one in who.volunteer.moves.select_related("to_unit").order_by("asked_at")
    ]
    labels = {
        "what": _("怎么去"),
        "to": _("去哪支队伍"),
        "from": _("从哪天起"),
        "until": _("到"),
        "state": _("状态"),
        "why": _("为什么"),
        "answer": _("答复"),
    }
    return Section("moves", _("转队与借调"), labels, rows)


def _qualifications(who: Whole) -> Section:
    rows = [
        {
            "kind": one.kind,
            "checked": one.checked_at.isoformat(),
            "until": str(one.valid_until or ""),
            "ended": one.ended_at.isoformat() if one.ended_at else "",
            "why": one.end_reason,
        }
        for one in who.volunteer.qualifications.order_by("checked_at")
    ]
    labels = {
        "kind": _("证书"),
        "checked": _("看过的时间"),
        "until": _("有效期到"),
        "ended": _("结束时间"),
        "why": _("原因"),
    }
    return Section("qualifications", _("证书"), labels, rows)

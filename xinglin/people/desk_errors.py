"""Refusals of what is put right at the desk, and of whom it asks first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, Refusal


class DocumentNotSeen(BadInput):
    """A name, a document or a phone is changed at the desk only by whoever has the document before them."""

    code = "document_not_seen"
    message = _("请本人带证件来，看过原件再改，并勾上“已看过证件原件”")


class DocumentTaken(Refusal):
    """One document is one person."""

    code = "document_taken"
    message = _("这个证件号码已经登记在另一位名下，请核对。是同一个人的两份登记，请办合并账号")


class NothingToCorrect(Refusal):
    """All of it stands there already."""

    code = "nothing_to_correct"
    message = _("和现在登记的一样，没有要改的")


class NoPhone(Refusal):
    """There is no phone to take away."""

    code = "no_phone"
    message = _("现在没有登记手机号，不用取下")


class TieAskedAlready(Refusal):
    """They were asked and have not answered."""

    code = "tie_asked_already"
    message = _("已经请过对方了，等本人在手机上答应就好")


class TieQuestionOver(Refusal):
    """It was answered, or taken back."""

    code = "tie_question_over"
    message = _("这一条已经过去了，需要的话请服务台再登记一次")

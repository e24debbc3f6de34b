"""Refusals of people: what cannot be done about a person, and what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import BadInput, NotAllowed, Refusal


class DocumentOfAnotherAccount(Refusal):
    """The document belongs to a person who has an account already. Whose it is stays unsaid."""

    code = "document_of_another_account"
    message = _("这个证件号码已经登记过了。请带上证件，找要加入的队伍的协调员核对，当面就能办好")


class TooYoungToApply(Refusal):
    """Below the age that the unit's policy asks for."""

    code = "too_young_to_apply"
    message = _("要满 {minimum_age} 岁才能自己申请。请和家长一起到医院的志愿服务台，协调员会告诉您现在能参加什么")


class RegisteredAlready(Refusal):
    """The desk types a document whose person is here. Within one's scope the page shows who; elsewhere it does not."""

    code = "registered_already"
    message = _("这个证件已经登记过了，不用再登记一次")


class RegisteredElsewhere(Refusal):
    """The same, and the person belongs to units of which the asker sees nobody."""

    code = "registered_elsewhere"
    message = _("这个证件已经在别的单位登记过了。请本人申请加入这支队伍，或请上级单位的协调员来办")


class TooYoungToServe(Refusal):
    """Below the age from which a child takes part at all, also with a guardian."""

    code = "too_young_to_serve"
    message = _("要满 {age} 岁才能登记。可以先登记家长，等孩子大一些再来")


class GuardianConsents(BadInput):
    """A minor's account rests on a guardian's word, not on the minor's own or somebody else's."""

    code = "guardian_consents"
    message = _("不满 {age} 岁要监护人同意，请选“监护人”，写上监护人的姓名")


class BadDocument(BadInput):
    """The number cannot be a number of this kind of document."""

    code = "bad_document"
    message = _("{why}")


class ConsentNeeded(BadInput):
    """Personal data may not be taken without the person's consent."""

    code = "consent_needed"
    message = _("同意个人信息处理说明以后，才能提交申请")


class TextHasChanged(Refusal):
    """A newer version of the text was published while the page was open."""

    code = "text_has_changed"
    message = _("这份文本刚刚更新了，请看过新的一版再同意")


class UnitTakesNobody(Refusal):
    """The unit is closed."""

    code = "unit_takes_nobody"
    message = _("这支队伍现在不接收新成员，请换一支队伍")


class AlreadyApplied(Refusal):
    """One open application at a time."""

    code = "already_applied"
    message = _("您已经有一份申请在审核，看看进度就好")


class AlreadyVolunteer(Refusal):
    """Who serves already need not apply again."""

    code = "already_volunteer"
    message = _("您已经是志愿者了，不用再申请")


class AlreadyDecided(Refusal):
    """Somebody else decided while the page was open, or the applicant withdrew."""

    code = "already_decided"
    message = _("这份申请现在是“{state}”，不能再这样处理了，请看看最新的情况")


class OwnApplication(Refusal):
    """Nobody decides about themselves."""

    code = "own_application"
    message = _("自己的申请要由别人来审核，请交给同事")


class NotAboutOneself(NotAllowed):
    """Nobody registers their own papers, and nobody suspends or takes up again themselves."""

    code = "not_about_oneself"
    message = _("自己的证书和在岗状态要由别人来办，请交给同事")


class ReasonNeeded(BadInput):
    """Asking back, refusing and suspending are always explained."""

    code = "reason_needed"
    message = _("请写一句原因，对方会看到")


class TooLateToReopen(Refusal):
    """A decision can be taken back for a few minutes only."""

    code = "too_late_to_reopen"
    message = _("已经过了可以撤销的时间，请联系申请人重新申请")


class NoneChosen(BadInput):
    """Cards were to be printed of nobody."""

    code = "none_chosen"
    message = _("先勾选要打印志愿者卡的人，再按打印")


class NoCard(Refusal):
    """There is no card to report as lost."""

    code = "no_card"
    message = _("现在没有在用的志愿者卡，需要的话做一张新的")


class TakenInAlready(Refusal):
    """Something hangs on the approval: the volunteer has signed, signed up, or was given another role."""

    code = "taken_in_already"
    message = _("这位志愿者已经用上了新身份（签了协议、报了班次或有了新的角色），不能再撤销。需要的话可以暂停他的服务")


class DecisionOfAnother(Refusal):
    """Only whoever decided takes the decision back."""

    code = "decision_of_another"
    message = _("这是同事做的决定，要撤销请和同事商量")


class NameDiffers(BadInput):
    """The agreement is signed with one's own name."""

    code = "name_differs"
    message = _("签名和登记的姓名不一样，请再看一眼")


class ConsentGivenAlready(Refusal):
    """This consent stands."""

    code = "consent_given_already"
    message = _("您已经同意过了，不用再点一次")


class NoSuchConsent(Refusal):
    """There is no consent to withdraw."""

    code = "no_such_consent"
    message = _("这一项现在没有同意的记录，不用撤回")


class NotActive(Refusal):
    """The volunteer is not on duty."""

    code = "volunteer_not_active"
    message = _("这位志愿者现在不是在岗状态，请看看最新的情况")


class NotSuspended(Refusal):
    """Only who was suspended can be taken up again."""

    code = "volunteer_not_suspended"
    message = _("这位志愿者现在不是暂停状态，请看看最新的情况")


class ProofNotSeen(BadInput):
    """A qualification counts only when somebody saw the paper."""

    code = "proof_not_seen"
    message = _("看过证书原件再登记，并勾上“已看过原件”")


class StillServing(Refusal):
    """A shift is under way, or waits for its leader: that comes first."""

    code = "still_serving"
    message = _("还有班次没有结束，或者还带着班次。办好以后再退出")


class ReturnInPast(BadInput):
    """A suspension ends on a day to come."""

    code = "return_in_past"
    message = _("恢复的日子要在今天以后。不知道哪天恢复，就空着")


class BirthdayKnown(Refusal):
    """Somebody was quicker, or the document tells it."""

    code = "birthday_known"
    message = _("出生日期已经登记过了，请看看最新的情况")


class BirthdayUnlikely(BadInput):
    """Nobody was born tomorrow, or before 1900."""

    code = "birthday_unlikely"
    message = _("出生日期好像不对，再看一眼")


class ValidityPast(BadInput):
    """An expired paper allows nothing."""

    code = "validity_past"
    message = _("有效期已经过了，请核对日期")


class ImportCollided(Refusal):
    """Somebody was registered with the same document or phone while the roster came in; nothing was written."""

    code = "import_collided"
    message = _("导入时正好有人在登记同一个证件或手机号，什么都没有写入，请再运行一次")


class NoSuchVolunteer(BadInput):
    """Nobody has this number."""

    code = "no_such_volunteer"
    message = _("没有找到编号为 {number} 的志愿者，请核对后再试")


class RelatedToOneself(BadInput):
    """The two are one person."""

    code = "related_to_oneself"
    message = _("这是同一个人，请填另一位的编号")


class RelatedAlready(Refusal):
    """A relation of these two stands."""

    code = "related_already"
    message = _("这两位的关系已经登记过了。要改的话，请先结束原来的")


class RelationEnded(Refusal):
    """Somebody ended the relation before."""

    code = "relation_ended"
    message = _("这条关系已经结束了")


class PaperNeeded(BadInput):
    """Nothing is registered that nobody has seen a paper for."""

    code = "paper_needed"
    message = _("请写上看过什么材料，例如户口簿、结婚证")


class HardshipStands(Refusal):
    """The person is in hardship already, until some day."""

    code = "hardship_stands"
    message = _("已经登记过，到 {until} 为止。要改的话，请先结束原来的")


class HardshipInThePast(BadInput):
    """What ends before today need not begin."""

    code = "hardship_in_the_past"
    message = _("截止日期要在今天或以后")


class HardshipEnded(Refusal):
    """Somebody ended it before."""

    code = "hardship_ended"
    message = _("这一条已经结束了")


class ContactIncomplete(BadInput):
    """A name without a phone, or a phone without a name, helps nobody."""

    code = "contact_incomplete"
    message = _("紧急联系人的姓名和手机要一起写，或者都空着")


class AssistedAlready(Refusal):
    """A consent stands."""

    code = "assisted_already"
    message = _("已经登记过代办，要改的话，请先结束原来的")


class NoAssistance(Refusal):
    """Nobody acts for somebody who did not say yes."""

    code = "no_assistance"
    message = _("还没有登记谁同意代办。先写下谁同意、凭什么材料，再替他办")


class WhoConsented(BadInput):
    """Somebody else's yes has a name."""

    code = "who_consented"
    message = _("请写上同意人的姓名")


class RosterBusy(Refusal):
    """Somebody else pressed before, or the work is still going on."""

    code = "roster_busy"
    message = _("这份名册现在是“{state}”，不能再这样处理了，请看看最新的情况")


class NothingToImport(Refusal):
    """No line of the roster would bring anybody in."""

    code = "nothing_to_import"
    message = _("这份名册里没有可以导入的新内容。请下载退回的行，改好以后再交一次")


class LookingReasonNeeded(BadInput):
    """The person reads why somebody looked."""

    code = "looking_reason_needed"
    message = _("请写一句为什么要看，本人看得到")


class NumberNotKnown(Refusal):
    """There is nothing to look at."""

    code = "number_not_known"
    message = _("没有登记这个号码")


class ExportReasonNeeded(BadInput):
    """Nobody takes a list of people away without saying what for."""

    code = "export_reason_needed"
    message = _("请写一句为什么要导出，会记入审计")


class NobodyToExport(Refusal):
    """The list is empty, or holds only people whom the user may see but not take away."""

    code = "nobody_to_export"
    message = _("这样筛选下来没有可以导出的人，请换个条件")


class TooManyToExport(Refusal):
    """More than one file of a list may hold."""

    code = "too_many_to_export"
    message = _("一次最多导出{most}人，请换个条件，或者一个单位一个单位地导出")


class GuardianOfOneself(BadInput):
    """The two are one person."""

    code = "guardian_of_oneself"
    message = _("监护人不能是孩子自己，请填家长的编号")


class GuardianTooYoung(BadInput):
    """Only a grown-up, whose birthday is known, decides for a minor."""

    code = "guardian_too_young"
    message = _("监护人要满 {age} 岁，出生日期也要登记过")


class GuardedAlready(Refusal):
    """A guardianship of these two stands."""

    code = "guarded_already"
    message = _("这位已经登记为监护人了")


class GuardianshipEnded(Refusal):
    """Somebody ended it before."""

    code = "guardianship_ended"
    message = _("这条监护关系已经结束了")


class NotAMinor(Refusal):
    """Whoever is of age decides for themselves."""

    code = "not_a_minor"
    message = _("已经满 {age} 岁，不用监护人，自己决定就好")


class ListNameTaken(BadInput):
    """Two lists of one person cannot be told apart by one name."""

    code = "list_name_taken"
    message = _("您已经有一个叫这个名字的名单，请换个名字")


class TooManyLists(Refusal):
    """Somebody keeps more lists than they could look through."""

    code = "too_many_lists"
    message = _("您已经存了 {most} 个名单，先删掉用不着的再存")


class NotYourList(NotAllowed):
    """Somebody else's list, or one that was deleted meanwhile."""

    code = "not_your_list"
    message = _("这个名单已经删掉了，或者不归您改。回到名单看看最新的")

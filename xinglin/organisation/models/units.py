"""The tree of units: what each is, where it stands and stood, with whom it works, what it is known for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from xinglin.lib.ids import short_code


class Unit(MP_Node):  # type: ignore[misc]  # treebeard says no types
    """A node of the organisation: bureau, association, brigade, hospital, team … Its path prefix is a scope."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("卫生健康局")
        ASSOCIATION = "association", _("志愿者协会")
        BRIGADE = "brigade", _("志愿服务大队")
        HOSPITAL = "hospital", _("医院")
        HEALTH_CENTRE = "health_centre", _("卫生院")
        VILLAGE_CLINIC = "village_clinic", _("村卫生室")
        INSTITUTION = "institution", _("公共卫生机构")
        DEPARTMENT = "department", _("科室")
        TEAM = "team", _("志愿服务队")
        STATION = "station", _("志愿服务站")
        PARTY_BRANCH = "party_branch", _("党支部")
        COLLEGE = "college", _("院校合作基地")
        CHARITY = "charity", _("公益慈善组织")
        FIRM = "firm", _("企业")
        PARTNER = "partner", _("合作团体")

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡镇级")
        VILLAGE = "village", _("村级")

    class Service(models.TextChoices):
        """The kinds of service by which a city divides its teams."""

        CIVILITY = "civility", _("文明新风")
        PSYCHOLOGY = "psychology", _("心理支持")
        CONVENIENCE = "convenience", _("便民服务")
        POVERTY = "poverty", _("健康扶贫")
        FAMILIES = "families", _("计生家庭帮扶")
        HYGIENE = "hygiene", _("爱国卫生")
        OTHER = "other", _("其他服务")

    class Joining(models.TextChoices):
        REVIEW = "review", _("申请后审核")
        OPEN = "open", _("在岗志愿者可以直接加入")
        PASSWORD = "password", _("凭入队口令加入")
        CLOSED = "closed", _("暂不收人")

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True, default="", db_default="")
    division_code = models.CharField(max_length=12, blank=True, help_text="GB/T 2260 code, to township where known")
    credit_code = models.CharField(
        max_length=18, blank=True, default="", db_default="", help_text="unified social credit code, GB 32100"
    )
    service = models.CharField(max_length=12, choices=Service.choices, blank=True, default="", db_default="")
    joining = models.CharField(
        max_length=10, choices=Joining.choices, default=Joining.REVIEW, db_default=Joining.REVIEW.value
    )
    password = models.CharField(
        max_length=128, blank=True, default="", db_default="", help_text="hash of the word by which one joins"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    node_order_by: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(closed_at__isnull=True), name="one_open_unit_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=models.Q(closed_at__isnull=True) & ~models.Q(credit_code=""),
                name="one_open_unit_of_a_credit_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# Who belongs to one of these belongs to a house above it.
PARTS_OF_A_HOUSE = (
    Unit.Kind.TEAM,
    Unit.Kind.STATION,
    Unit.Kind.DEPARTMENT,
    Unit.Kind.PARTY_BRANCH,
    Unit.Kind.PARTNER,
)
# What a volunteer can belong to.
TAKES_VOLUNTEERS = (
    Unit.Kind.TEAM,
    Unit.Kind.STATION,
    Unit.Kind.PARTY_BRANCH,
    Unit.Kind.COLLEGE,
    Unit.Kind.CHARITY,
    Unit.Kind.FIRM,
    Unit.Kind.PARTNER,
)


class FormerPath(models.Model):
    """Where a unit stood until it was moved. What names units by their path, such as the trail, is read through it."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="former_paths")
    path = models.CharField(max_length=255)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "until"], name="former_path_by_path")]

    def __str__(self) -> str:
        return f"{self.unit_id} until {self.until:%Y-%m-%d}"


class Succession(models.Model):
    """Who took over what a closed unit left."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="succession")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="predecessors")

    def __str__(self) -> str:
        return f"{self.unit_id} → {self.successor_id}"


class Joint(models.Model):
    """A unit that several parents carry: beside the one it stands below, this one has it in its scope too."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="joints")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="joint_units")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "parent"], condition=models.Q(ended_at__isnull=True), name="joint_once_per_parent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} with {self.parent_id}"


class Brand(models.Model):
    """What a unit is known for: a name, who leads it, and its story."""

    code = models.CharField(max_length=12, unique=True, default=short_code, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="brands")
    name = models.CharField(max_length=40)
    leader = models.CharField(
        max_length=40, blank=True, help_text="whose name stands for it, as they wish to be called"
    )
    story = models.TextField(max_length=2000)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=models.Q(ended_at__isnull=True), name="brand_named_once_per_unit"
            )
        ]

    def __str__(self) -> str:
        return self.name

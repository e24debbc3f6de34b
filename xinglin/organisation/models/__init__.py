"""The tree of units, who holds which role where, and the policies a unit sets; one module per thought."""

from xinglin.organisation.models.roles import Policy, Role
from xinglin.organisation.models.units import Brand, FormerPath, Joint, Succession, Unit

__all__ = ["Brand", "FormerPath", "Joint", "Policy", "Role", "Succession", "Unit"]

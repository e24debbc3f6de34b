"""What a policy of the time bank would change for whom: nothing is written, and names stay out."""

from collections.abc import Callable

from xinglin.organisation.previews import Preview, Question
from xinglin.timebank.previews import giving, holding, setting_aside

LOOKS: dict[str, Callable[[Question], Preview]] = {
    "holding_cap_hours": holding.look_at_cap,
    "overflow_to": holding.look_at_overflow,
    "low_balance_minutes": holding.look_at_warning,
    "starting_minutes": holding.look_at_start,
    "expiry_months": holding.look_at_expiry,
    "expiry_warning_days": holding.look_at_expiry_warning,
    "overdraft_minutes": holding.look_at_spending,
    "spending_age": holding.look_at_spending,
    "hardship_age": holding.look_at_spending,
    "adult_age": holding.look_at_spending,
    "donate_only": holding.look_at_spending,
    "permitted_gifts": giving.look_at_permitted,
    "gift_confirmation": giving.look_at_confirmation,
    "gift_hold_days": giving.look_at_waiting,
    "team_gifts": giving.look_at_team_gifts,
    "order_payment": setting_aside.look_at_payment,
    "order_hold_days": setting_aside.look_at_order_days,
}

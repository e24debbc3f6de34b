"""The mail that brings a checkpoint. It speaks both languages at once: nobody knows who will read it in ten years."""

from __future__ import annotations

import datetime as dt

from xinglin.lib.web.words import in_china

MAIL = """您好：

这是{city}时间银行今天的存证点。请把它原样存好，不用回复。
以后任何一天，都可以用它查出账目、时长和审计记录有没有被悄悄改过：{how}
附件 checkpoint.txt 是存证点；{growth}
日志共 {size} 条，签于北京时间 {time}。

This is today's checkpoint of the log of the time bank of {city}. Please keep it as it is.
With it one can find out, on any later day, whether anything that stood in the log was changed: {how}

{note}"""
GROWTH = "consistency.json 证明它是从上次寄给您的那一份（{old} 条）原样长出来的。"
NO_GROWTH = "从下次起，还会附上它是从上一份原样长出来的证明。"


def mail_text(*, city: str, how: str, note: str, size: int, at: dt.datetime, old: int) -> str:
    """The whole text of a day's mail."""
    growth = GROWTH.format(old=f"{old:,}") if old else NO_GROWTH
    time = in_china(at).strftime("%Y-%m-%d %H:%M")
    return MAIL.format(city=city, how=how, note=note, size=f"{size:,}", time=time, growth=growth)

"""What the short words of `readiness` mean to whoever runs the installation, and what to do about each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# word → (what is wrong, what to do)
COMPLAINTS: dict[str, tuple[Any, Any]] = {
    "database_down": (_("数据库没有回答"), _("到服务器上看数据库是否在运行：systemctl status postgresql")),
    "migrations_missing": (_("数据表还没有更新"), _("运行 xinglin upgrade；有城市没成功时，它会写明是哪一个")),
    "jobs_wait_long": (_("到期的任务等了五分钟以上"), _("看后台任务在不在做事：systemctl status xinglin-worker")),
    "no_worker": (_("后台任务没有在运行"), _("运行 systemctl restart xinglin-worker，再看它的日志")),
    "records_delayed": (_("有时长到期了还没有生效"), _("先看后台任务；它正常的话，看日志里 hours 的错误")),
    "clock_differs_from_database": (_("网站和数据库的时钟不一样"), _("在两台机器上运行 chronyc tracking")),
    "clock_not_synchronised": (_("没有谁在校准时钟"), _("运行 chronyc tracking；内网里要写上医院自己的时间服务器")),
    "backup_failed": (
        _("上一次每夜备份没有成功"),
        _("原因写在备份目录的 status.json 里；改好后运行 xinglin nightly"),
    ),
    "backup_old": (_("最近 26 小时没有备份"), _("看定时器：systemctl list-timers xinglin-backup.timer")),
    "disk_nearly_full": (_("磁盘剩不到一成"), _("先看备份和日志占了多少，再决定加磁盘")),
    "certificate_ends_soon": (_("证书剩不到 14 天"), _("运行 systemctl start xinglin-certificate，再看它的日志")),
}

DEEDS: dict[str, Any] = {
    "created_operator": _("新建操作员"),
    "closed_operator": _("停用操作员"),
    "reset_operator": _("重置操作员的密码和验证器"),
    "signed_in": _("登录"),
    "set_up_second_factor": _("设置验证器"),
    "made_recovery_codes": _("做了新的备用码"),
    "used_recovery_code": _("用掉一个备用码"),
    "changed_password": _("换密码"),
    "created_city": _("新建城市"),
    "exported_city": _("导出城市"),
    "imported_city": _("导入城市"),
    "closed_city": _("停用城市"),
    "reopened_city": _("恢复城市"),
    "added_host": _("加域名"),
    "removed_host": _("删域名"),
}

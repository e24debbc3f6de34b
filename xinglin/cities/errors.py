"""The refusals of cities, said to whoever runs the installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinglin.lib.errors import Refusal


class BadSlug(Refusal):
    """The short word would not do as the name of a schema and of a folder."""

    code = "bad_city_slug"
    message = _("城市代号“{slug}”不行：用小写字母开头，只用小写字母、数字和下划线，最多 40 个字符")
    status = 422


class SlugTaken(Refusal):
    """There is a city of this name, open or closed."""

    code = "city_slug_taken"
    message = _("已经有代号“{slug}”的城市，请换一个代号")


class BadHost(Refusal):
    """What was given is no plain host name."""

    code = "bad_city_host"
    message = _("“{host}”不是域名，请写成 ruian.example.cn 这样")
    status = 422


class HostTaken(Refusal):
    """A host name leads to one city."""

    code = "city_host_taken"
    message = _("域名“{host}”已经属于另一个城市")


class HostOfConsole(Refusal):
    """The console's own host name serves nothing of a city."""

    code = "host_of_console"
    message = _("“{host}”是控制台自己的域名，不能通向城市。请另用一个域名")


class NoSuchHost(Refusal):
    """This host name does not lead to this city."""

    code = "no_such_host"
    message = _("域名“{host}”不属于这个城市，可能刚才已经删掉了")
    status = 404


class NoSuchCity(Refusal):
    """No city has this slug."""

    code = "no_such_city"
    message = _("没有代号“{slug}”的城市。现有：{known}")
    status = 404


class WhichCity(Refusal):
    """There are several cities, and none was named."""

    code = "which_city"
    message = _("这里有多个城市，请用 --city 代号 写明哪一个，或用 --all。现有：{known}")
    status = 422


class CityClosed(Refusal):
    """A closed city takes in nothing; it can still be exported."""

    code = "city_closed"
    message = _("城市“{slug}”已经停用")


class OtherMigrations(Refusal):
    """The file was written by another release; tables differ."""

    code = "other_migrations"
    message = _("文件来自另一个版本，数据表不一样：这里缺 {missing}，文件里缺 {extra}。请先把两边更新到同一版本再导出")


class BrokenFile(Refusal):
    """The file is not what was exported: cut short, changed, or something else altogether."""

    code = "broken_city_file"
    message = _("文件不完整或被改动过（{part}），没有导入任何内容。请重新导出或重新拷贝")
    status = 422


class FilesThere(Refusal):
    """No such city is here, yet a folder of its files is: left by somebody, so nobody's to overwrite."""

    code = "city_files_there"
    message = _("{folder} 里已经有文件，没有导入任何内容。请看看是什么，移走以后再导入")


class NotWritten(Refusal):
    """The disk is full, or the folder is closed to us."""

    code = "city_files_not_written"
    message = _("文件写不进 {place}（{reason}），没有导入任何内容")
    status = 503


class WrongPassphrase(Refusal):
    """The passphrase does not open this file."""

    code = "wrong_passphrase"
    message = _("口令打不开这个文件，请核对导出时用的口令")
    status = 422


class WeakPassphrase(Refusal):
    """Whoever finds the file may try passphrases as long as they like."""

    code = "weak_passphrase"
    message = _("口令至少 {letters} 个字符：拿到文件的人可以一直试")
    status = 422


class OldHouse(Refusal):
    """The tables of an installation from before cities stand in public."""

    code = "old_house"
    message = _("这个数据库是分城市以前的版本建的，不能直接更新。请换一个空数据库，再导入名册和计划")

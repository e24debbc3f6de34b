"""Backups: what the hospital gets back when a disk dies, a hand slips or a thief comes.

rules.py      which backups are kept: pure
stream.py     one sealed stream: encrypted to a key that this machine need not hold, in an order that is noticed
parts.py      several parts in one stream: the manifest, the database, the files
keys.py       the keys apart, in a file of their own under a passphrase
database.py   dump and restore with programs that fit the server
facts.py      what a database holds, so that a copy of it can be compared
files.py      the uploaded files
making.py     make one backup
checking.py   restore it into a scratch cluster and verify it there
restoring.py  put one back, beside what is there, and then switch
nightly.py    backup, verify, prune, and say so in a status file
archive.py    point in time: every finished piece of the write-ahead log goes to the archive
segment.py    what PostgreSQL calls for each of these pieces
base.py       point in time: the copy of the cluster that the log is replayed on
moment.py     point in time: back to a minute
upgrading.py  backup, packages, migrations, restart
doors.py      the make targets

docs/decisions/0005-backup.md has the format and its reasons.
"""

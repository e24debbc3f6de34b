"""Files of a city lie in its own folder, and cannot be opened from another."""

from __future__ import annotations

import os
from typing import Any

from django.core.files.storage import FileSystemStorage

from xinglin.cities import current


class CityStorage(FileSystemStorage):
    """`var/media/city_ruian/…`: which folder is asked anew each time, because one process serves many cities."""

    @property
    def base_location(self) -> Any:
        return os.path.join(super().base_location, current.demand().schema_name)

    @property
    def location(self) -> str:
        return str(os.path.abspath(self.base_location))

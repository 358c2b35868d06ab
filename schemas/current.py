"""The form in force: no other file outside its folder names it. A new year's form is a new folder, and these lines."""

from __future__ import annotations

from schemas.form_2023 import FORM, across, file, names
from schemas.form_2023.across import READABLE, UNITS, with_known_codes
from schemas.form_2023.file import FILE_RULES
from schemas.form_2023.members import MONEY_FIELDS
from schemas.form_2023.names import kind_by_name

__all__ = ["FILE_RULES", "FORM", "MONEY_FIELDS", "READABLE", "UNITS", "across", "file", "kind_by_name", "names",
           "with_known_codes"]

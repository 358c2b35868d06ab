"""What the folders and files of a workspace are called. Loads nothing, so that whoever names one can import it."""

from __future__ import annotations

from schemas import call

INBOX, OUTBOX, STATE = "inbox", "outbox", ".consortium"
# In the inbox, beside the cities' folders: what the centre has decided, in files that it names as it likes.
DECISIONS = "省级裁定"
# In the state folder; the journal is in that of the originals.
ORIGINALS, LOGS, PREFECT = "originals", "logs", "prefect"
LEDGER, JOURNAL = "ledger.db", "journal.jsonl"

# In the outbox: the province's folder, and in it the folder of the tables.
PROVINCE, DATA = "省级", "data"
# In the province's folder.
REGISTER = f"{call.PROVINCE}创新联合体名录.xlsx"
PENDING = "待核清单.xlsx"
BOARD = "报送情况.html"
# In a city's folder; RETURNED is a folder too, of the forms handed back.
RETURNED = "退改"
PROBLEMS = "问题清单.xlsx"
RECEIPT = "报送回执.html"
RECOMMENDATION = "推荐汇总表.xlsx"

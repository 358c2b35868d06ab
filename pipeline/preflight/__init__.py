"""What is looked at before a reader opens a workbook: containers that lie, swell or send readers in circles."""

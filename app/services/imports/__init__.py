"""批量导入: tables become drafts of records, units, accounts; first a dry run, then resumable batches (trust 1.10)."""

"""What a run wrote in its ledger, to be compared to the byte."""

import hashlib


def digests(run):
    """Of each table of a run as it was written."""
    tables = {}
    for name, rows in run.ledger.tables.items():
        whole = hashlib.sha256(str(len(rows)).encode())
        for column in rows.names:
            whole.update(rows.column(column).tobytes())
        tables[name] = whole.hexdigest()
    return tables

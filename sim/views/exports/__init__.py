"""Results in the formats of other tools: workbook, CSV, event logs, map."""

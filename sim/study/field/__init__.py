"""The tables of the field's own charts: CAREC, WCO, UNESCAP, event logs, train paths."""

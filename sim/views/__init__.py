"""What is shown: results as figures, reports, tables and replays. Nothing is simulated or estimated here."""

"""Answers as tables of words, for a console, a page or a workbook."""

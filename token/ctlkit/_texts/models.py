"""Texts about the file that lists a person's phones."""

from __future__ import annotations

__all__ = ["MODELS_TEXTS"]

MODELS_TEXTS: dict[str, tuple[str, str]] = {
    "phones-not-text": (
        "{file}, line {line}: this is no text",
        "Save the table as CSV in UTF-8; a spreadsheet's own file cannot be read.",
    ),
    "phones-broken": (
        "{file}, line {line}: the line is no CSV ({reason})",
        "Put a second quotation mark where one is missing, and double those inside a cell.",
    ),
    "phones-none": (
        "{file} lists no phones",
        "Write a line for each model, for instance 7960,120 for 120 phones of the model 7960.",
    ),
    "phones-no-model-column": (
        "{file}, line {line}: no column is the model",
        "Name the columns in the first line, one of them model; without such a line write model, model,count or model,count,registered.",
    ),
    "phones-without-model": (
        "{file}, line {line}: the line names no model",
        "Write the model, for instance 7960 or Cisco 7960, or take the line out.",
    ),
    "phones-device-name": (
        "{file}, line {line}: {name} is the name of one phone, not a model",
        "Write its model, for instance 7960; export the list of phones with the column Device Type.",
    ),
    "phones-count": (
        '{file}, line {line}: "{text}" is no number of phones',
        "Write a whole number in digits, from 0 to {most}; where the first line names the columns, one of them has to be model.",
    ),
    "phones-count-unnamed": (
        "{file}, line {line}: no column is the number of phones, and the column {column} holds nothing but numbers",
        "If these are numbers of phones, name the column count; if not, take it out: then each line is one phone.",
    ),
    "phones-registered": (
        '{file}, line {line}: "{text}" does not say whether the phones are registered',
        "Write yes or no, or what the server says: registered, unregistered, rejected, unknown or none.",
    ),
    "phones-too-many-lines": (
        "{file}, line {line}: more than {most} lines list phones",
        "Write one line for each model, with the number of its phones.",
    ),
    "phones-too-many-models": (
        "{file}, line {line}: more than {most} different models are named",
        "Check which column holds the models, and call that one model.",
    ),
}

"""The record of a decision: what stays of an interview that is erased, where a law wants that kept."""

"""The hash chain: every change that a session's result rests on is a link, so that none goes unnoticed."""

"""What the audit log tells of: stored keys and the words for them."""

from enum import StrEnum


class Action(StrEnum):
    """What somebody did."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    VIEWED = "viewed"
    REPORT = "report"
    EVIDENCE = "evidence"
    REVIEWED = "reviewed"
    EXPORTED = "exported"
    ERASED = "erased"
    ENDED = "ended"
    ADMITTED = "admitted"
    LINK = "link"
    POLICY = "policy"
    ACCOMMODATION = "accommodation"
    ACCOUNT = "account"
    COMMAND = "command"
    AUDIT = "audit"


LABELS = {
    Action.SIGNED_IN: "Signed in",
    Action.SIGNED_OUT: "Signed out",
    Action.VIEWED: "Opened an interview",
    Action.REPORT: "Opened a report",
    Action.EVIDENCE: "Was shown stills",
    Action.REVIEWED: "Reviewed an incident",
    Action.EXPORTED: "Exported an interview",
    Action.ERASED: "Erased an interview",
    Action.ENDED: "Ended an interview",
    Action.ADMITTED: "Answered a knock",
    Action.LINK: "Changed a join link",
    Action.POLICY: "Changed a policy",
    Action.ACCOMMODATION: "Changed accommodations",
    Action.ACCOUNT: "Changed an account",
    Action.COMMAND: "Ran a command",
    Action.AUDIT: "Exported the audit log",
}
# Who did what nobody with an account did.
OPERATOR, SYSTEM = "the operator", "the system"

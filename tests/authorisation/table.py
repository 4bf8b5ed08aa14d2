"""Who may do what: the expected answer for every route and every socket event, for everybody who may ask.

A route or an event without a row fails the suite, and so does a row for what is no more. Columns:

    nobody      a browser that knows the address and nothing else
    stranger    an interviewer with an account and an API token, and no part in this interview
    elsewhere   the candidate of another interview, with the cookie and the token of that one
    candidate   the candidate of this interview, in it
    after_end   the same, when the interview is over
    owner       the interviewer whose interview it is
    admin       an administrator (`is_admin`) whose interview it is not
    revoked     the owner's ended sign-in and revoked API token, and the candidate's cookie and tokens of a withdrawn link

The product knows neither teammates nor observers: an interview has one interviewer, and nobody else can be let into it
but as its candidate. Somebody who were both would be the `stranger`; their columns come with their roles.

Everybody sends all the credentials that they have, to every door. The answers:

    in          let in: the answer is the page, the data, or that what was sent does not fit
    sign-in     sent to the sign-in page, or told to send an API token (401)
    nothing     no such thing, as for an address that was made up (404)
    idle        answered as if it were done already; nothing is done
    no          known, and may not (403; on a socket, `not_allowed`)
    door        the page at which everybody may knock, the same for an id that was made up
    out         the socket is not let in, or not any more

Whoever is not `in` learns nothing of the interview, and changes nothing in it: that is tested for each cell, too.
"""

# ruff: noqa: E501 (a table is read across)
ROLES = ("nobody", "stranger", "elsewhere", "candidate", "after_end", "owner", "admin", "revoked")

ROUTES = """
                                                             nobody   stranger elsewhere candidate after_end owner    admin    revoked
GET    /                                                     sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /                                                     sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in

GET    /sessions/<session_id>                                sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/live                           sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/incidents/<incident_id>/review sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/phase                          sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/notes                          sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/knocks/<knock_id>              sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/invite                         sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/invite/withdraw                sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/end                            sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/end                            sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/report-status                  sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/report.pdf                     sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/report.json                    sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/compliance                     sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/data                           sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/export.zip                     sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/erase                          sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sessions/<session_id>/report/retry                   sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/incidents.csv                  sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/stills                         sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/stills/<incident_id>           sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /sessions/<session_id>/stills/<incident_id>.jpg       sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in

GET    /join/<session_id>                                    door     door     door      in        in        door     door     door
GET    /join/<session_id>/knock                              door     door     door      door      door      door     door     door
POST   /join/<session_id>/knock                              door     door     door      door      door      door     door     door
GET    /join/<session_id>/consent                            nothing  nothing  nothing   in        in        nothing  nothing  nothing
POST   /join/<session_id>/consent                            nothing  nothing  nothing   in        in        nothing  nothing  nothing
POST   /join/<session_id>/accommodation                      nothing  nothing  nothing   in        in        nothing  nothing  nothing
GET    /join/<session_id>/receipt                            nothing  nothing  nothing   in        in        nothing  nothing  nothing

GET    /policies                                             sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /policies                                             sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in
GET    /policies/new                                         sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in
POST   /policies/preview                                     sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
GET    /policies/<key>                                       sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /policies/<key>                                       sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in
POST   /policies/<key>/archive                               sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in
POST   /policies/<key>/restore                               sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in
POST   /policies/<key>/versions/<int:number>                 sign-in  no       sign-in   sign-in   sign-in   no       in       sign-in

GET    /accommodations                                       sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations                                       sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
GET    /accommodations/new                                   sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
GET    /accommodations/<profile_id>                          sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations/<profile_id>                          sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations/<profile_id>/archive                  sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations/<profile_id>/restore                  sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations/<profile_id>/codes                    sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
POST   /accommodations/<profile_id>/codes/<code_id>/withdraw sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in

GET    /audit                                                sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in
GET    /audit/export.<kind>                                  sign-in  nothing  sign-in   sign-in   sign-in   nothing  in       sign-in

GET    /account                                              sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account                                              sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/password                                     sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/tokens                                       sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/tokens/<token_id>/revoke                     sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /account/sign-ins/<sign_in_id>/end                    sign-in  idle     sign-in   sign-in   sign-in   in       idle     sign-in
POST   /account/sign-ins/end-others                          sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
GET    /account/second-factor                                sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/second-factor                                sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/second-factor/codes                          sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/second-factor/off                            sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in

GET    /sign-in                                              in       in       in        in        in        in       in       in
POST   /sign-in                                              in       in       in        in        in        in       in       in
POST   /account/passkeys                                     sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/passkeys/options                             sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /account/passkeys/<passkey_id>/remove                 sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /sign-in/passkey                                      in       in       in        in        in        in       in       in
POST   /sign-in/passkey/options                              in       in       in        in        in        in       in       in
GET    /sign-in/openid                                       nothing  nothing  nothing   nothing   nothing   nothing  nothing  nothing
GET    /sign-in/openid/back                                  nothing  nothing  nothing   nothing   nothing   nothing  nothing  nothing
GET    /sign-in/code                                         sign-in  sign-in  sign-in   sign-in   sign-in   sign-in  sign-in  sign-in
POST   /sign-in/code                                         sign-in  sign-in  sign-in   sign-in   sign-in   sign-in  sign-in  sign-in
GET    /sign-in/<token>                                      in       in       in        in        in        in       in       in
POST   /sign-out                                             in       in       in        in        in        in       in       in
GET    /forgotten                                            in       in       in        in        in        in       in       in
POST   /forgotten                                            in       in       in        in        in        in       in       in
GET    /reset/<token>                                        in       in       in        in        in        in       in       in
POST   /reset/<token>                                        in       in       in        in        in        in       in       in

GET    /api/v1/openapi.json                                  in       in       in        in        in        in       in       in
GET    /api/v1/policies                                      sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
GET    /api/v1/sessions                                      sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
POST   /api/v1/sessions                                      sign-in  in       sign-in   sign-in   sign-in   in       in       sign-in
GET    /api/v1/sessions/<session_id>                         sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
DELETE /api/v1/sessions/<session_id>                         sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /api/v1/sessions/<session_id>/export                  sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /api/v1/sessions/<session_id>/incidents               sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /api/v1/sessions/<session_id>/incidents/<incident_id>/review sign-in nothing sign-in sign-in sign-in  in       nothing  sign-in
POST   /api/v1/sessions/<session_id>/phase                   sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
POST   /api/v1/sessions/<session_id>/end                     sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in
GET    /api/v1/sessions/<session_id>/report                  sign-in  nothing  sign-in   sign-in   sign-in   in       nothing  sign-in

GET    /healthz                                              in       in       in        in        in        in       in       in
GET    /readyz                                               in       in       in        in        in        in       in       in
GET    /metrics                                              in       in       in        in        in        in       in       in
GET    /models/face_landmarker.task                          in       in       in        in        in        in       in       in
GET    /models/objects/<name>                                in       in       in        in        in        in       in       in
GET    /static/<path:filename>                               in       in       in        in        in        in       in       in
GET    /vendor/<package>/<path:name>                         in       in       in        in        in        in       in       in
"""

# `connect` is the way into the namespace: a client cannot send it, or `disconnect`, as an event (tests/security).
EVENTS = """
                           nobody   stranger elsewhere candidate after_end owner    admin    revoked
/candidate   connect       out      out      out       in        in        out      out      out
/candidate   clock         out      out      out       in        in        out      out      out
/candidate   observation   out      out      out       in        in        out      out      out
/candidate   heartbeat     out      out      out       in        in        out      out      out
/candidate   evidence      out      out      out       in        in        out      out      out
/candidate   consent       out      out      out       in        no        out      out      out
/candidate   signal        out      out      out       in        no        out      out      out
/candidate   chat          out      out      out       in        no        out      out      out
/candidate   media         out      out      out       in        in        out      out      out
/candidate   leave         out      out      out       in        in        out      out      out
/candidate   goodbye       out      out      out       in        in        out      out      out

/interviewer connect       out      out      out       out       out       in       out      out
/interviewer clock         out      out      out       out       out       in       out      out
/interviewer signal        out      out      out       out       out       in       out      out
/interviewer chat          out      out      out       out       out       in       out      out
/interviewer media         out      out      out       out       out       in       out      out
/interviewer take_call     out      out      out       out       out       in       out      out
/interviewer sync          out      out      out       out       out       in       out      out
/interviewer second_look   out      out      out       out       out       in       out      out
"""

NAMESPACES = ("/candidate", "/interviewer")
# Registered for what happens to a connection; a client that sends one as an event is refused before any handler.
NOT_SENT = ("disconnect",)

Key = tuple[str, str]
Row = dict[str, str]


def routes() -> dict[Key, Row]:
    """The expected answers by (method, route), by role."""
    return _read(ROUTES)


def events() -> dict[Key, Row]:
    """The expected answers by (namespace, event), by role."""
    return _read(EVENTS)


def _read(table: str) -> dict[Key, Row]:
    head, *lines = [line.split() for line in table.splitlines() if line.strip()]
    assert tuple(head) == ROLES, f"the table's columns are {head}"
    found: dict[Key, Row] = {}
    for first, second, *answers in lines:
        assert (first, second) not in found, f"{first} {second} stands in the table twice"
        found[first, second] = dict(zip(ROLES, answers, strict=True))
    return found

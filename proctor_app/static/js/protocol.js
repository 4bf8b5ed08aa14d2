/**
 * Names and shapes of every message between a page and the server. Mirrors docs/protocol.md.
 *
 * Times named `*_at` and `at` from a page are milliseconds since the epoch on that page's own clock; `now` from the
 * server is the server's. Nothing in this file runs: it is the dictionary that both entries and both sides of the call share.
 */

export const NAMESPACE = Object.freeze({ candidate: '/candidate', interviewer: '/interviewer' });

/** Event names. The comment says who sends it. */
export const EVENT = Object.freeze({
  clock: 'clock', // candidate → server
  observation: 'observation', // candidate → server
  evidence: 'evidence', // candidate → server
  consent: 'consent', // candidate → server
  heartbeat: 'heartbeat', // candidate → server, no acknowledgement
  goodbye: 'goodbye', // candidate → server
  leave: 'leave', // candidate → server
  takeCall: 'take_call', // interviewer → server
  sync: 'sync', // interviewer → server
  secondLook: 'second_look', // interviewer → server, no acknowledgement
  signal: 'signal', // both ways, relayed
  chat: 'chat', // both ways
  media: 'media', // both → server
  presence: 'presence', // server → both
  phase: 'phase', // server → both; interviewers get no policy
  ended: 'ended', // server → both
  replaced: 'replaced', // server → candidate
  shutOut: 'shut_out', // server → both
  restarting: 'restarting', // server → both
  noticed: 'noticed', // server → candidate
  score: 'score', // server → interviewer
  incident: 'incident', // server → interviewer
  fragment: 'fragment', // server → interviewer
});

/** Why the server refuses a connection: the `message` of the connection error. `data.message` is for people. */
export const REFUSAL = Object.freeze({
  consentRequired: 'consent_required',
  notAllowed: 'not_allowed',
  notFound: 'not_found',
});

/**
 * What a page says about itself when it connects; cookies or a token say who it is.
 * @typedef {Object} Auth
 * @property {string} session
 * @property {string} peer a UUID of this page load: it changes on reload and only then
 * @property {string} tab a UUID of this browser tab: it survives a reload
 * @property {string} [token] candidate: the link's token, for programs that keep no cookies
 * @property {string} [api_token] interviewer: an API token, for programs
 */

/** @typedef {{code: string, message: string, field?: string|null, retry_after?: number}} ErrorBody `retry_after` in seconds */
/** @typedef {{ok: true, [key: string]: any}} OkAck */
/** @typedef {{ok: false, error: ErrorBody}} ErrorAck */
/** @typedef {OkAck|ErrorAck} Ack */

/** @typedef {{at: number, echo?: number}} ClockMessage `echo` is the `now` of the answer before */
/** @typedef {{ok: true, now: number}} ClockAck */

/**
 * @typedef {Object} ObservationMessage
 * @property {string} id UUID; the same at opening and at closing
 * @property {number} seq grows with every message of this candidate
 * @property {string} kind
 * @property {string|null} [reason]
 * @property {number} started_at
 * @property {number|null} ended_at null while it lasts
 * @property {number} confidence 0..1
 * @property {Record<string, string|number|boolean|null>} detail
 */

/** @typedef {{observation: string, at: number, jpeg: ArrayBuffer}} EvidenceMessage a JPEG of 40 KB at most */

/** @typedef {{decision: 'withdrawn'}|{decision: 'accepted', version: string}} ConsentMessage withdrawn in the call, or given again */
/** @typedef {{ok: true, decision: string, at: number}} ConsentAck what holds now, and since when */

/** @typedef {'starting'|'watching'|'could_not_tell'|'paused'|'failed'} WatchState */
/**
 * @typedef {Object} HeartbeatMessage
 * @property {number} seq
 * @property {number} at
 * @property {number} fps
 * @property {number} frame_ms
 * @property {number} faces
 * @property {WatchState} state
 * @property {string|null} [reason] why it could not tell, or why it failed
 * @property {number|null} [since] when this state began
 * @property {number} [target_fps] the rate that the policy asks for
 * @property {'busy'|'battery'|null} [slowed_by] why it is slower than that
 * @property {import('./watch/speech/watch.js').SpeechState} [speech] how the listening for a second voice goes
 * @property {'left'|'right'|'down'|null} [notes] on which side of them the candidate said that their notes are
 */

/**
 * @typedef {Object} SecondLookMessage
 * @property {number} at when the received picture was looked at
 * @property {number|null} faces how many it showed; null where that could not be told
 * @property {string|null} could_not_tell why not
 */

/**
 * A WebRTC message on its way between two pages. `call` names the peer connection it belongs to: the page that offers
 * makes a new one for each connection, the other echoes it, so that both can tell a fresh connection from an old one.
 * @typedef {Object} SignalMessage
 * @property {RTCSessionDescriptionInit} [description]
 * @property {RTCIceCandidateInit} [ice_candidate]
 * @property {string} [call]
 * @property {string} [to] the `peer` it is for; a candidate's signals always carry it
 * @property {string} [from] the `peer` it comes from; the server writes it
 */

/** @typedef {{text: string}} ChatMessage from a page */
/** @typedef {{from: 'candidate'|'interviewer', name: string, text: string, at: number}} ChatLine to the pages */
/** @typedef {{microphone: boolean, camera: boolean}} MediaMessage */

/**
 * @typedef {'invited'|'knocking'|'consenting'|'declined'|'checking'|'in_call'|'reconnecting'|'left'|'offline'} CandidateState
 */
/**
 * @typedef {Object} Presence
 * @property {{state: CandidateState, name: string, consent: 'accepted'|'declined'|'withdrawn'|null, peer: string|null, microphone: boolean, camera: boolean}} candidate
 * @property {{peer: string, name: string, in_call: boolean, microphone: boolean, camera: boolean}[]} interviewers
 */

/**
 * What the interviewer says is going on. With what is watched for in it, for the candidate alone: it would tell the
 * interviewer what an accommodation takes off.
 * @typedef {Object} PhaseNotice
 * @property {'question'|'thinking'|'coding'|'reading'|'break'|null} phase
 * @property {number|null} since
 * @property {number} grace_ms how long the time to think goes on after a question
 * @property {number} now
 */
/**
 * @typedef {Object} PhaseOrders
 * @property {import('./watch/dwell.js').Policy} policy what is watched for in this phase
 * @property {import('./watch/dwell.js').Policy|null} grace_policy what is watched for in the first `grace_ms`
 * @property {string[]} relaxed what is not noted because of the phase
 */

/** @typedef {{ended_at: number, now: number}} Ended */
/**
 * What was seen elsewhere about the candidate; times are the server's.
 * @typedef {{id: string, kind: string, reason: string|null, started_at: number, ended_at: number|null, now: number}} Noticed
 */
/**
 * `coverage` in percent. Where `insufficient_data` is true, it is shown in place of the score.
 * @typedef {{score: number, raw: number, counts: Record<string, number>, coverage: number|null, insufficient_data: boolean}} Score
 */
/** @typedef {{ok: true, status: 'scheduled'|'live'|'ended'} & Score} SyncAck */

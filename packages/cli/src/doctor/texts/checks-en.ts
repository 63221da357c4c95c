/** What is said of each check, in English. */
export const checks = {
  'valid-refused': {
    title: 'refuses a right event',
    means: 'What the sender sends is lost. Nothing else can be told.',
    remedy: 'Check the secret, the address and the provider: `acuse explain` says why a request is refused.',
  },
  'valid-not-run': {
    title: 'acknowledges an event without an effect',
    means: 'The event is lost; or effects go to another place than the one that is looked at.',
    remedy:
      'Check that each effect adds a line with the id or the payload of its event to what --effect-file or --effect-url names.',
  },
  'documented-event-refused': {
    title: 'refuses an event that the sender documents',
    means: 'The sender retries, gives up, and may switch the endpoint off.',
    remedy: 'Acknowledge events that you have no use for.',
  },
  'order-assumed': {
    title: 'drops an event that a newer one overtook',
    means: 'Retries change the order. What comes late is lost.',
    remedy:
      'Compare times of the same thing only, and never drop an event for being older than the last one.',
  },
  'forged-accepted': {
    title: 'accepts a forged request',
    means: 'Anybody who knows the address can send events.',
    remedy:
      'Verify the signature over the raw bytes before anything else, and answer 401 where it does not match.',
  },
  'forged-run': {
    title: 'runs a forged request that it refuses',
    means: 'Anybody who knows the address can cause effects.',
    remedy: 'Verify first, and do nothing with a request before.',
  },
  'signature-prefix': {
    title: 'accepts a part of a signature',
    means: 'A signature is guessed piece by piece, within minutes.',
    remedy: 'Decode the signature, compare its length, and then all of its bytes in constant time.',
  },
  'signature-spellings': {
    title: 'accepts other spellings of a signature',
    means: 'Where the signature tells copies, one captured request is many.',
    remedy:
      'Take one canonical form: lower-case hex of the exact length, or base64 that re-encodes to itself.',
  },
  'signature-twice': {
    title: 'accepts two contradicting signature headers',
    means: 'A proxy in front may look at one, and the receiver at the other.',
    remedy: 'Refuse a security header that comes twice.',
  },
  'stale-accepted': {
    title: 'accepts an event of 8 days ago',
    means: 'A captured request can be replayed when its id is forgotten.',
    remedy: 'Refuse what is older than the sender can retry.',
  },
  'future-accepted': {
    title: 'accepts an event of the future',
    means: 'A request that is captured now stays fresh for longer than ids are remembered.',
    remedy: 'Compare the distance to now in both directions.',
  },
  'reserialised-json': {
    title: 'verifies JSON that it wrote again, not the bytes that came',
    means:
      'Right events are refused as soon as the sender writes JSON in another way, and some changes go unnoticed.',
    remedy: 'Read the raw body before any parser, and verify that.',
  },
  'text-decoded': {
    title: 'decodes the body as text before it verifies',
    means: 'Bytes that were not signed pass as those that were.',
    remedy: 'Hand the bytes to the MAC, and decode after it.',
  },
  'inflated-unverified': {
    title: 'decompresses a body before it verifies it',
    means: 'A stranger has your process inflate what it likes, and other bytes are verified than came.',
    remedy: 'Answer 415 to any Content-Encoding.',
  },
  'duplicate-run': {
    title: 'runs a copy again',
    means: 'Every retry of the sender, and every replay, has its effect twice.',
    remedy: 'Remember the id of each event in the same step as its effect.',
  },
  'effect-before-dedupe': {
    title: 'recognises a copy after it ran it',
    means: 'The copy is known as one, and has its effect twice all the same.',
    remedy: 'Look whether an event is known before its effect, not after it.',
  },
  'duplicate-refused': {
    title: 'refuses a copy of what it has handled',
    means: 'The sender lost your answer, and now retries until it gives up and reports a failure.',
    remedy: 'Acknowledge what you have with 2xx.',
  },
  'concurrent-duplicates-run': {
    title: 'runs copies that come at once',
    means: 'Between the look whether an event is known and the note of it another copy gets through.',
    remedy: 'Look and note in one atomic step, such as INSERT … ON CONFLICT DO NOTHING.',
  },
  'resigned-retry-run': {
    title: 'runs a retry that was signed anew',
    means: 'The sender signs each attempt; the signature or the time is not what tells events apart.',
    remedy: 'Tell events by the id that the sender signs.',
  },
  'unsigned-id-trusted': {
    title: 'takes an id that nobody signs',
    means: 'One captured request is run as often as an attacker likes.',
    remedy: 'Tell events by what the signature covers.',
  },
  'renamed-type-run': {
    title: 'runs a captured request under another event name',
    means: 'One captured request runs the handlers of other events.',
    remedy: 'Keep a name that nobody signs out of what tells events apart.',
  },
  'distinct-events-merged': {
    title: 'takes two events of one time for copies',
    means: 'One of them is lost.',
    remedy: 'Tell events by their ids, not by their time.',
  },
  'malformed-5xx': {
    title: 'fails at malformed input of a stranger',
    means: 'Alarms ring for what anybody can send.',
    remedy: 'Verify before you read, and answer 401.',
  },
  'malformed-signed-5xx': {
    title: 'fails at malformed input that is rightly signed',
    means: 'Only the sender can cause it; and then retries what can never succeed.',
    remedy: 'Answer 4xx to what cannot be read.',
  },
  'media-type-refused': {
    title: 'refuses application/json; charset=utf-8',
    means: 'Events are lost on the day on which the sender adds a parameter.',
    remedy: 'Read the raw body whatever its type, and compare the type without parameters.',
  },
  'cut-short-accepted': {
    title: 'accepts a body that was cut short',
    means: 'It acknowledges what it has not read.',
    remedy: 'Answer after all of the body was read and verified.',
  },
  'process-died': {
    title: 'dies of what a stranger can send',
    means: 'One request ends the process for all.',
    remedy: 'Catch what reading and verifying throw, and have the process started again.',
  },
  'process-died-signed': {
    title: 'dies of malformed input that is rightly signed',
    means: 'Only the sender can cause it; one such request ends the process for all, and so does its retry.',
    remedy: 'Catch what reading and handling throw, and have the process started again.',
  },
  'body-unlimited': {
    title: 'reads a forged body of any size',
    means: 'Strangers fill its memory.',
    remedy: 'Count bytes as they come, and answer 413 beyond a limit.',
  },
  'body-held': {
    title: 'waits for a body that does not end',
    means: 'A few slow connections hold its memory and its places.',
    remedy: 'Give a body a few seconds, and then answer 408 and close.',
  },
  'get-accepted': {
    title: 'answers GET or HEAD with 2xx',
    means: 'A wrong method is no delivery; a monitor takes it for one.',
    remedy: 'Answer 405 to what is not POST.',
  },
  'slow-answer': {
    title: 'takes longer than 5 s to answer',
    means: 'Senders time out, and send again what is being handled.',
    remedy: 'Write the event down, answer, and handle it afterwards.',
  },
  'acknowledged-before-safe': {
    title: 'acknowledges before the event is safe',
    means: 'What was acknowledged is lost with the process: nobody sends it again.',
    remedy: 'Write the event to disk, and answer after that.',
  },
  'in-flight-acknowledged': {
    title: 'acknowledges a copy while the first is not safe',
    means: 'The sender takes the 2xx for the event. When the first then fails, it is lost.',
    remedy: 'Let a copy wait for the first, or answer 409 or 503.',
  },
  'lost-after-crash': {
    title: 'loses an event that a crash interrupted',
    means: 'It was noted as seen before it was safe: the retry is taken for a copy.',
    remedy: 'Note an event and keep it in one atomic step.',
  },
  'forgotten-at-restart': {
    title: 'forgets at a restart what it has handled',
    means: 'After each deployment copies run again.',
    remedy: 'Keep ids on disk, for as long as the sender retries.',
  },
  'run-twice-after-crash': {
    title: 'runs an event again after a crash between its effect and its acknowledgement',
    means:
      'The effect is there, the note of it is not, and whoever has the effect is not told that it is a repeat.',
    remedy:
      'Write effect and id in one transaction; or hand the handler a stable `id` and an `attempt`, and make the effect idempotent by the id.',
  },
  'secret-answered': {
    title: 'tells its secret',
    means: 'Anybody can sign.',
    remedy: 'Replace the secret, and answer constant texts.',
  },
  'signature-answered': {
    title: 'tells the signature that it expected',
    means: 'Anybody can have any body signed.',
    remedy: 'Answer constant texts.',
  },
  'stack-answered': {
    title: 'answers with a stack trace',
    means: 'Strangers see paths, versions and code.',
    remedy: 'Answer constant texts, and log what happened.',
  },
  'body-echoed': {
    title: 'repeats what it refused',
    means: 'What a stranger wrote comes back under your name.',
    remedy: 'Answer constant texts.',
  },
  'reasons-told': {
    title: 'tells why it refused',
    means: 'A stranger learns which part of a forgery is right already.',
    remedy: 'Answer all of them with one status and one body, and log the reason.',
  },
  'secret-logged': {
    title: 'logs its secret',
    means: 'Whoever reads logs can sign.',
    remedy: 'Replace the secret, and never log it.',
  },
}

// Logs the events of a WebSocket connection, each in a line that websocket-health-checks understands exactly.
//
// Copy this file next to your Lambda function's handler; it needs nothing but Node.js.
//
//     import { logConnectionEvent } from "./connection_events.mjs";
//
//     logConnectionEvent(event.requestContext.connectionId, "connect");

const MOST_CHARACTERS = 8000;

/**
 * Log one line; it never throws, whatever the arguments.
 *
 * @param {string} connectionId As API Gateway gives it.
 * @param {string} eventType connect, disconnect, message, gone, welcome_sent, welcome_failed or welcome_retry.
 * @param {unknown} [details] More for people who read the log; it affects no metric. What JSON cannot hold becomes
 *   text, and long text is cut off.
 */
export function logConnectionEvent(connectionId, eventType, details) {
  const more = details === undefined ? "" : `, "details": ${encoded(details)}`;
  console.log(
    `CONNECTION_EVENT: {"connection_id": ${encoded(connectionId)}, "event_type": ${encoded(eventType)}${more}}`,
  );
}

/** A value as JSON, on one line. */
function encoded(value) {
  let text;
  try {
    text = JSON.stringify(value) ?? JSON.stringify(String(value));
  } catch {
    text = JSON.stringify(described(value)); // a circular reference, a BigInt, a toJSON that fails
  }
  if (text.length > MOST_CHARACTERS) {
    text = JSON.stringify(`${text.slice(0, MOST_CHARACTERS)}…`);
  }
  return text
    .replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === "\\\\" ? found : "\\ufffd")) // a lone surrogate
    .replace(/[\u0085\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function described(value) {
  try {
    return String(value);
  } catch {
    return `<${typeof value}>`; // logging must not break the handler
  }
}

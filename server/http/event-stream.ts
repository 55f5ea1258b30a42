import { factsOf } from "./facts.ts";

/** One event of a stream. `data` may be of several lines. A page's live part takes messages without a name. */
export interface StreamEvent {
  readonly event: string | null;
  readonly data: string;
}

/** A silent stream is cut by servers and proxies at about 30 s. */
const heartbeatMs = 12_000;
/** An open stream of a session that ended is closed after this time at most. */
const lookAgainMs = 600;

/**
 * Answers with server-sent events for as long as `produce` yields and the client stays; `signal` is set when it
 * goes. A heartbeat keeps a silent stream open. An error ends the stream: the client asks again.
 */
export function eventStream(
  request: Request,
  produce: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
): Response {
  const gone = new AbortController();
  const leave = () => gone.abort();
  request.signal.addEventListener("abort", leave, { once: true });
  const { stillOpen } = factsOf(request);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(text));
      };
      const beat = setInterval(() => send(": still here\n\n"), heartbeatMs);
      const close = () => {
        if (gone.signal.aborted) return;
        gone.abort();
        controller.close();
      };
      // Whoever is signed out, suspended or of another role sees no more of what they may not see.
      const guard = setInterval(async () => {
        // A database that can't be asked just now ends nobody's session.
        if (stillOpen !== null && !(await stillOpen().catch(() => true))) close();
      }, lookAgainMs);
      const run = async () => {
        try {
          for await (const event of produce(gone.signal)) send(written(event));
          if (!gone.signal.aborted) controller.close();
        } catch (error) {
          if (!gone.signal.aborted) controller.error(error);
        } finally {
          clearInterval(beat);
          clearInterval(guard);
          request.signal.removeEventListener("abort", leave);
        }
      };
      void run();
    },
    cancel: leave,
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    },
  });
}

function written({ event, data }: StreamEvent): string {
  const lines = data.split("\n").map((line) => `data: ${line}\n`);
  return `${event === null ? "" : `event: ${event}\n`}${lines.join("")}\n`;
}

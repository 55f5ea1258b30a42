/**
 * A load generator that costs little beside what it measures: keep-alive connections over plain sockets, each
 * sending the next request when the last answer is whole (a closed loop).
 */
export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A new body for each request; null where there is none. */
  readonly body: (() => string) | null;
}

export interface Load {
  /** Answers a second. */
  readonly rate: number;
  /** Answers that were not of the expected status; a bench with any says nothing. */
  readonly wrong: number;
}

const encoder = new TextEncoder();

function bytesOf(host: string, shot: Shot): Uint8Array {
  const body = shot.body?.() ?? null;
  const headers = {
    host,
    ...shot.headers,
    ...(body === null ? {} : { "content-length": String(encoder.encode(body).length) }),
  };
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  return encoder.encode(`${shot.method} ${shot.path} HTTP/1.1\r\n${head}\r\n${body ?? ""}`);
}

/** What one connection has of the answer it waits for. */
interface Reading {
  bytes: Buffer<ArrayBuffer>;
}

/** Where the first whole answer in the bytes ends and its status; null where more is to come. */
function wholeAnswer(bytes: Buffer): { readonly status: number; readonly end: number } | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const status = Number(head.slice(9, 12));
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = headEnd + 4 + Number(length);
    return bytes.length < end ? null : { status, end };
  }
  if (status === 204 || status === 304) return { status, end: headEnd + 4 };
  const last = bytes.indexOf("\r\n0\r\n\r\n", headEnd);
  return last < 0 ? null : { status, end: last + 7 };
}

/** Sends one kind of request for `seconds` over `connections`, and counts. */
export async function load(
  port: number,
  host: string,
  shot: Shot,
  options: { seconds: number; connections: number; expect: number },
): Promise<Load> {
  const until = performance.now() + options.seconds * 1000;
  const started = performance.now();
  let answers = 0;
  let wrong = 0;
  const one = async () => {
    const done = Promise.withResolvers<void>();
    const reading: Reading = { bytes: Buffer.alloc(0) };
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data(self, chunk) {
          reading.bytes =
            reading.bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([reading.bytes, chunk]);
          const answer = wholeAnswer(reading.bytes);
          if (answer === null) return;
          answers += 1;
          if (answer.status !== options.expect) wrong += 1;
          reading.bytes = reading.bytes.subarray(answer.end);
          if (performance.now() >= until) self.end();
          else self.write(bytesOf(host, shot));
        },
        close: () => done.resolve(),
        error: (_, error) => done.reject(error),
      },
    });
    socket.write(bytesOf(host, shot));
    await done.promise;
  };
  await Promise.all(Array.from({ length: options.connections }, one));
  return { rate: answers / ((performance.now() - started) / 1000), wrong };
}

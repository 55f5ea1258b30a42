import type { Socket as BunSocket, TCPSocketListener } from "bun";

/** A TCP proxy of ours between two parties, that can do to a connection what networks do. */
export interface Proxy {
  readonly port: number;
  /** Connections open through it now. */
  readonly open: number;
  /** Ends every connection, in order (FIN); new ones are taken as before. */
  cut(): void;
  /** Breaks every connection off (RST). */
  reset(): void;
  /** From now on, hangs up on whoever connects, as a forwarder does whose target is down. */
  refuse(): void;
  /** From now on, neither direction hears anything, and nothing says so: a cable pulled out. */
  freeze(): void;
  /** Each piece of data is held back this long; 0: no longer. */
  delay(milliseconds: number): void;
  /** Breaks a connection off once this many bytes have come from the target over it. */
  resetAfter(bytes: number): void;
  /** Passes this many bytes on to the target, then ends the connection in the middle of what it was saying. */
  truncateAfter(bytes: number): void;
  /** Once something holding this text has gone to the target, the answer to it is lost and the connection with it. */
  loseAnswerTo(text: string): void;
  /** Ends refusing, freezing, delaying and counting. What was frozen flows on. */
  heal(): void;
  /** Resolves when the next connection has been taken. */
  nextConnection(): Promise<void>;
  stop(): void;
}

interface Side {
  peer: BunSocket<Side> | null;
  /** What the peer could not take yet. */
  pending: Uint8Array[];
  received: number;
  ended: boolean;
  /** The answer to what it said last is to be lost. */
  answerLost: boolean;
}

/** Listens on a free port of 127.0.0.1 and forwards to `host`:`port`. */
export async function startProxy(target: { readonly host: string; readonly port: number }): Promise<Proxy> {
  const sides = new Set<BunSocket<Side>>();
  const clients = new Set<BunSocket<Side>>();
  const arrivals: (() => void)[] = [];
  let frozen = false;
  let refusing = false;
  let delayMs = 0;
  let resetAfterBytes = Number.POSITIVE_INFINITY;
  let truncateAfterBytes = Number.POSITIVE_INFINITY;
  let losingTo: Buffer | null = null;

  const flush = (to: BunSocket<Side>): void => {
    if (frozen) return;
    for (;;) {
      const chunk = to.data.pending.shift();
      if (chunk === undefined) break;
      const written = Math.max(0, to.write(chunk));
      if (written < chunk.length) {
        to.data.pending.unshift(chunk.subarray(written));
        return;
      }
    }
    if (to.data.ended) to.end();
  };

  const forward = (from: BunSocket<Side>, bytes: Uint8Array): void => {
    const to = from.data.peer;
    if (to === null) return;
    if (clients.has(from)) {
      if (truncateAfterBytes <= bytes.length) {
        to.data.pending.push(bytes.slice(0, truncateAfterBytes));
        to.data.ended = true;
        truncateAfterBytes = Number.POSITIVE_INFINITY;
        flush(to);
        from.end();
        return;
      }
      truncateAfterBytes -= bytes.length;
      if (losingTo !== null && Buffer.from(bytes).includes(losingTo)) {
        losingTo = null;
        from.data.answerLost = true;
      }
    } else {
      from.data.received += bytes.length;
      if (to.data.answerLost) {
        to.terminate();
        from.terminate();
        return;
      }
      if (from.data.received >= resetAfterBytes) {
        to.terminate();
        from.terminate();
        return;
      }
    }
    const copy = bytes.slice();
    const pass = (): void => {
      to.data.pending.push(copy);
      flush(to);
    };
    if (delayMs > 0) setTimeout(pass, delayMs);
    else pass();
  };

  const handlers = {
    data: forward,
    drain: flush,
    close(socket: BunSocket<Side>) {
      sides.delete(socket);
      clients.delete(socket);
      const peer = socket.data.peer;
      if (peer === null) return;
      peer.data.ended = true;
      flush(peer);
    },
    error() {},
  };

  const listener: TCPSocketListener<Side> = Bun.listen<Side>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...handlers,
      async open(client) {
        client.data = { peer: null, pending: [], received: 0, ended: false, answerLost: false };
        if (refusing) {
          client.end();
          return;
        }
        sides.add(client);
        clients.add(client);
        client.pause();
        try {
          await Bun.connect<Side>({
            hostname: target.host,
            port: target.port,
            socket: {
              ...handlers,
              open(server) {
                server.data = { peer: client, pending: [], received: 0, ended: false, answerLost: false };
                client.data.peer = server;
                sides.add(server);
                client.resume();
              },
            },
          });
        } catch {
          client.terminate();
        }
        for (const arrived of arrivals.splice(0)) arrived();
      },
    },
  });

  const each = (act: (socket: BunSocket<Side>) => void): void => {
    for (const socket of [...sides]) act(socket);
  };

  return {
    port: listener.port,
    get open() {
      return clients.size;
    },
    cut: () => each((socket) => socket.end()),
    reset: () => each((socket) => socket.terminate()),
    refuse() {
      refusing = true;
    },
    freeze() {
      frozen = true;
    },
    delay(milliseconds) {
      delayMs = milliseconds;
    },
    resetAfter(bytes) {
      resetAfterBytes = bytes;
    },
    truncateAfter(bytes) {
      truncateAfterBytes = bytes;
    },
    loseAnswerTo(text) {
      losingTo = Buffer.from(text);
    },
    heal() {
      frozen = false;
      refusing = false;
      delayMs = 0;
      resetAfterBytes = Number.POSITIVE_INFINITY;
      truncateAfterBytes = Number.POSITIVE_INFINITY;
      losingTo = null;
      each(flush);
    },
    nextConnection: () => new Promise((resolve) => arrivals.push(resolve)),
    stop() {
      each((socket) => socket.terminate());
      listener.stop(true);
    },
  };
}

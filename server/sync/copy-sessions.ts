import type postgres from "postgres";
import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";
import type { Session } from "./sides.ts";
import { watched } from "./watch.ts";

type Client = postgres.Sql;

/** Kept open this long after its last use, so that the chunks of one push share a connection. */
const idleSeconds = 30;
const tenMinutesMs = 10 * 60_000;
const atMost = 50;
const clients = new Map<string, Client>();

function clientOf(place: Place): Client {
  const key = `${place.host}:${place.port}/${place.database}/${place.schema}`;
  const known = clients.get(key);
  if (known !== undefined) {
    clients.delete(key);
    clients.set(key, known);
    return known;
  }
  const oldest = clients.keys().next();
  if (clients.size >= atMost && !oldest.done) {
    void clients.get(oldest.value)?.end({ timeout: 5 });
    clients.delete(oldest.value);
  }
  const client = openClient(place, {
    max: 3,
    idle_timeout: idleSeconds,
    fetch_types: false,
    connection: {
      application_name: "wardline-chunks",
      // A tick of a million rows is applied by one statement.
      statement_timeout: tenMinutesMs,
      lock_timeout: 20_000,
    },
  });
  clients.set(key, client);
  return client;
}

/**
 * Runs statements on a copy as the owner of its tables. Each is its own transaction: nothing is begun on the
 * session, so that the next user finds it as it was.
 */
export async function withCopy<T>(
  place: Place,
  work: (session: Session) => Promise<T>,
  lookEveryMs?: number,
): Promise<T> {
  const client = clientOf(place);
  const session = await client.reserve();
  const lose = async (): Promise<void> => {
    // Its other sessions go the same way; whoever comes next connects anew.
    for (const [key, known] of clients) if (known === client) clients.delete(key);
    await client.end({ timeout: 0 });
  };
  try {
    return await watched(place, session, () => work(session), lose, lookEveryMs);
  } finally {
    session.release();
  }
}

/** Ends what is kept open. */
export async function closeCopySessions(): Promise<void> {
  const open = [...clients.values()];
  clients.clear();
  await Promise.all(open.map((client) => client.end({ timeout: 2 })));
}

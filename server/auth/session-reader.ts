import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { SessionTables } from "../../db/schema/sessions.ts";
import type { Clock } from "../clock.ts";
import { type Keyring, sha256 } from "../crypto.ts";
import { ShortCache } from "./cache.ts";
import type { PlaneDb } from "./plane.ts";
import { type Audience, readAccessToken } from "./tokens.ts";

/** The life of what is remembered of a session: what ends one on another copy of the app counts here after it. */
const rememberedMs = 400;

type Session = SessionTables["sessions"]["$inferSelect"];

interface Door {
  readonly db: PlaneDb;
  readonly clock: Clock;
  readonly keyring: Keyring;
}

interface Reading<Gate extends Door, Found> {
  readonly tables: SessionTables;
  readonly rememberedAtMost: number;
  audienceOf(gate: Gate): Audience;
  /** The session that `which` names with its person, where the person may come in. */
  find(
    gate: Gate,
    which: SQL | undefined,
  ): Promise<{ readonly session: Session; readonly found: Found } | null>;
}

/** How a request learns who asks: from a browser's cookie or an access token to somebody who may come in. */
export interface SessionReader<Gate, Found> {
  ofCookie(gate: Gate, secret: string): Promise<Found | null>;
  ofToken(gate: Gate, token: string): Promise<Found | null>;
  /** Whether a session that was let in is still good: for answers that go on for long. */
  isOpen(gate: Gate, sessionId: string): Promise<boolean>;
  /** Looks again at the next request. */
  forget(): void;
}

/**
 * The reader of one plane's sessions, the same on both. A cookie's session and a token's are two kinds: the one's
 * secret opens nothing as the other.
 */
export function sessionReader<Gate extends Door, Found>(
  reading: Reading<Gate, Found>,
): SessionReader<Gate, Found> {
  const { sessions } = reading.tables;
  const known = new ShortCache<Found | null>(rememberedMs, reading.rememberedAtMost);

  const asked = new Map<string, Promise<Found | null>>();

  const look = async (gate: Gate, which: SQL | undefined): Promise<Found | null> => {
    const now = gate.clock.now();
    const row = await reading.find(gate, and(which, isNull(sessions.revokedAt)));
    const found = row === null || row.session.expiresAt <= now ? null : row.found;
    if (row !== null && found !== null && now.getTime() - row.session.lastSeenAt.getTime() > 60_000)
      await gate.db.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, row.session.id));
    return found;
  };

  /** Requests that come while one looks wait for what it finds, unless all was forgotten meanwhile. */
  const remembered = async (gate: Gate, key: string, which: () => SQL | undefined): Promise<Found | null> => {
    const cacheKey = `${reading.audienceOf(gate)} ${key}`;
    const cached = known.get(cacheKey);
    if (cached !== undefined) return cached;
    const others = asked.get(cacheKey);
    if (others !== undefined) return others;
    const own = look(gate, which());
    asked.set(cacheKey, own);
    try {
      const found = await own;
      if (asked.get(cacheKey) === own) known.set(cacheKey, found);
      return found;
    } finally {
      if (asked.get(cacheKey) === own) asked.delete(cacheKey);
    }
  };

  return {
    ofCookie(gate, secret) {
      const hash = sha256(secret);
      return remembered(gate, `cookie ${hash}`, () =>
        and(eq(sessions.tokenHash, hash), eq(sessions.kind, "browser")),
      );
    },
    async ofToken(gate, token) {
      const claims = await readAccessToken(gate.keyring, reading.audienceOf(gate), token, gate.clock.now());
      if (claims === null) return null;
      const { sessionId } = claims;
      return remembered(gate, `token ${sessionId}`, () =>
        and(eq(sessions.id, sessionId), eq(sessions.kind, "token")),
      );
    },
    isOpen: async (gate, sessionId) =>
      (await remembered(gate, `session ${sessionId}`, () => eq(sessions.id, sessionId))) !== null,
    forget() {
      known.clear();
      asked.clear();
    },
  };
}

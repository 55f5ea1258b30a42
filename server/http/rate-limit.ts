import { calls, type Standing } from "../auth/rates/windows.ts";
import { AppError } from "../errors.ts";

/** Calls a minute that one signed-in client may make; far above what a person or a well-made integration needs. */
export const apiCallsPerMinute = 120_000;
/** Calls a minute of a key that has no limit of its own. */
export const keyCallsPerMinute = 12_000;
/** Calls a minute of all programs of one hospital together. */
export const hospitalCallsPerMinute = 600_000;
/** Calls a minute from one address: a whole hospital may stand behind one. */
export const addressCallsPerMinute = 240_000;
/** Calls a minute without anybody's token from one address: sign-ins, and tries with what is no token. */
export const strangerCallsPerMinute = 12_000;

const dayMs = 86_400_000;
const standings = new WeakMap<Request, Standing>();

/** Who calls, and what is asked of them. */
export interface Caller {
  /** A session's or a key's id. */
  readonly id: string;
  /** The key's own limit a minute, where it is a key. */
  readonly perMinute?: number | null;
  readonly address?: string | null;
  /** `owner` or the hospital's id. */
  readonly where?: string;
  /** What the hospital's plan allows a day; null or left out: no limit. */
  readonly perDay?: number | null;
}

/** The headers tell of the limit that is nearest to being reached. */
function note(request: Request, standing: Standing): void {
  const before = standings.get(request);
  const share = (one: Standing) => one.remaining / one.limit;
  if (before === undefined || standing.refused || share(standing) < share(before))
    standings.set(request, standing);
  if (!standing.refused) return;
  throw new AppError("too-many", "rate.exceeded", "Too many calls. Wait a moment and go on.", {
    retryAfterSeconds: standing.resetSeconds,
  });
}

/** Counts one call by its caller, address and hospital. @throws AppError too-many (429) with Retry-After. */
export function limitApi(request: Request, caller: string | Caller): void {
  const who: Caller = typeof caller === "string" ? { id: caller } : caller;
  note(request, calls.take(`c ${who.id}`, who.perMinute ?? apiCallsPerMinute));
  if (who.address != null) note(request, calls.take(`a ${who.address}`, addressCallsPerMinute));
  if (who.where === undefined) return;
  note(request, calls.take(`h ${who.where}`, hospitalCallsPerMinute));
  if (who.perDay != null) note(request, calls.take(`d ${who.where}`, Math.max(1, who.perDay), dayMs));
}

/** Counts a call that nobody's token came with. @throws AppError too-many (429) with Retry-After. */
export function limitStranger(request: Request, address: string | null): void {
  note(request, calls.take(`s ${address ?? "unknown"}`, strangerCallsPerMinute));
}

/** The standard headers (RateLimit-Limit, -Remaining, -Reset in seconds, -Policy) of a counted call. */
export function rateLimitHeaders(request: Request, headers: Headers): void {
  const standing = standings.get(request);
  if (standing === undefined) return;
  headers.set("ratelimit-limit", String(standing.limit));
  headers.set("ratelimit-remaining", String(standing.remaining));
  headers.set("ratelimit-reset", String(standing.resetSeconds));
  headers.set("ratelimit-policy", `${standing.limit};w=${standing.windowSeconds}`);
}

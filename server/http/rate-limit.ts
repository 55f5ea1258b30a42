import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../errors.ts";

/** Calls a minute that one signed-in client may make; far above what a person or a well-made integration needs. */
export const apiCallsPerMinute = 120_000;

const windowSeconds = 60;
const byClient = new RateLimiterMemory({ points: apiCallsPerMinute, duration: windowSeconds });

const states = new WeakMap<Request, RateLimiterRes>();

/** Counts one call. @throws AppError too-many (429) with Retry-After. */
export async function limitApi(request: Request, client: string): Promise<void> {
  try {
    states.set(request, await byClient.consume(client));
  } catch (limit) {
    if (!(limit instanceof RateLimiterRes)) throw limit;
    states.set(request, limit);
    throw new AppError("too-many", "rate.exceeded", "Too many calls. Wait a moment and go on.", {
      retryAfterSeconds: Math.max(1, Math.ceil(limit.msBeforeNext / 1000)),
    });
  }
}

/** The standard headers (RateLimit-Limit, -Remaining, -Reset in seconds) of a counted call. */
export function rateLimitHeaders(request: Request, headers: Headers): void {
  const state = states.get(request);
  if (state === undefined) return;
  headers.set("ratelimit-limit", String(apiCallsPerMinute));
  headers.set("ratelimit-remaining", String(Math.max(0, state.remainingPoints)));
  headers.set("ratelimit-reset", String(Math.max(0, Math.ceil(state.msBeforeNext / 1000))));
}

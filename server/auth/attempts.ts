import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../errors.ts";
import { bucketsOf, namesOf } from "./locks/buckets.ts";
import { countInBuckets, forgetBuckets, readFailures } from "./locks/failures.ts";
import { isKnownPlace } from "./locks/places.ts";
import type { Plane } from "./plane.ts";

export interface Attempt {
  /** `owner` or the hospital's id. */
  readonly where: string;
  readonly email: string;
  readonly address: string | null;
  /** Where failures are kept, so that all copies of the app count together; left out, this one counts by itself. */
  readonly plane?: Plane;
}

const inMemory = new RateLimiterMemory({ points: 10, duration: 300, blockDuration: 300 });
const memoryKey = ({ where, email, address }: Attempt) => `${where} ${email} ${address ?? "unknown"}`;

function tooMany(seconds: number): AppError {
  return new AppError(
    "too-many",
    "auth.locked",
    "Too many failed sign-ins. Wait a few minutes and try again.",
    { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) },
  );
}

/**
 * Before the password is looked at. Whoever comes from a browser or an address where the account has signed in
 * before is held only to what was tried from there, so that others' guesses lock nobody out.
 * @throws AppError too-many (429).
 */
export async function admitAttempt(attempt: Attempt): Promise<void> {
  const { plane } = attempt;
  if (plane !== undefined) {
    await refuseBlocked(plane, attempt);
    return;
  }
  const state = await inMemory.get(memoryKey(attempt));
  if (state !== null && state.remainingPoints <= 0) throw tooMany(state.msBeforeNext / 1000);
}

/** Resolves to the names under which failures stand. */
async function refuseBlocked(plane: Plane, attempt: Attempt): Promise<ReadonlySet<string>> {
  const buckets = bucketsOf(attempt, plane.client.device ?? null);
  const failures = await readFailures(plane, buckets);
  const now = plane.clock.now().getTime();
  const leftOf = (bucket: string | null) => (failures.get(bucket ?? "")?.until?.getTime() ?? 0) - now;
  if (namesOf(buckets).some((bucket) => leftOf(bucket) > 0)) {
    const place = await isKnownPlace(plane, attempt.email);
    const counting =
      place === "device"
        ? [buckets.device]
        : place === "address"
          ? [buckets.pair]
          : [buckets.account, buckets.pair, buckets.address];
    const left = Math.max(...counting.map(leftOf));
    if (left > 0) throw tooMany(left / 1000);
  }
  return new Set(failures.keys());
}

/** After a wrong password. */
export async function countFailure(attempt: Attempt): Promise<void> {
  const { plane } = attempt;
  if (plane !== undefined) {
    await countInBuckets(plane, attempt.email, bucketsOf(attempt, plane.client.device ?? null));
    return;
  }
  try {
    await inMemory.consume(memoryKey(attempt));
  } catch (limit) {
    if (!(limit instanceof RateLimiterRes)) throw limit;
  }
}

/**
 * After a right one. Of many tries sent at once, those that were looked at after the limit was reached are refused
 * here, the right one among them: a burst tells no more than the tries that are free.
 * @throws AppError too-many (429).
 */
export async function forgiveFailures(attempt: Attempt): Promise<void> {
  const { plane } = attempt;
  if (plane === undefined) {
    await inMemory.delete(memoryKey(attempt));
    return;
  }
  const counted = await refuseBlocked(plane, attempt);
  const { pair, device } = bucketsOf(attempt, plane.client.device ?? null);
  const over = [pair, ...(device === null ? [] : [device])].filter((bucket) => counted.has(bucket));
  if (over.length > 0) await forgetBuckets(plane, over);
}

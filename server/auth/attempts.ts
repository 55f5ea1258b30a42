import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "../errors.ts";

/**
 * Failed sign-ins, counted by account and address together, and by address alone. An attacker elsewhere can't
 * lock a person out: from the person's own address their account stays open.
 */
const byAccountAndAddress = new RateLimiterMemory({ points: 10, duration: 300, blockDuration: 300 });
const byAddress = new RateLimiterMemory({ points: 200, duration: 300, blockDuration: 300 });

export interface Attempt {
  /** `owner` or the hospital's id. */
  readonly where: string;
  readonly email: string;
  readonly address: string | null;
}

const keys = (attempt: Attempt) => {
  const address = attempt.address ?? "unknown";
  return { account: `${attempt.where} ${attempt.email} ${address}`, address: `${attempt.where} ${address}` };
};

function tooMany(seconds: number): AppError {
  return new AppError(
    "too-many",
    "auth.locked",
    "Too many failed sign-ins. Wait a few minutes and try again.",
    {
      retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
    },
  );
}

/** Before the password is looked at. @throws AppError too-many (429). */
export async function admitAttempt(attempt: Attempt): Promise<void> {
  const { account, address } = keys(attempt);
  const states = await Promise.all([byAccountAndAddress.get(account), byAddress.get(address)]);
  for (const state of states)
    if (state !== null && state.remainingPoints <= 0) throw tooMany(state.msBeforeNext / 1000);
}

/** After a wrong password. */
export async function countFailure(attempt: Attempt): Promise<void> {
  const { account, address } = keys(attempt);
  try {
    await Promise.all([byAccountAndAddress.consume(account), byAddress.consume(address)]);
  } catch (limit) {
    if (!(limit instanceof RateLimiterRes)) throw limit;
  }
}

/** After a right one. */
export async function forgiveFailures(attempt: Attempt): Promise<void> {
  await byAccountAndAddress.delete(keys(attempt).account);
}

import { AppError } from "../errors.ts";

/** Wrong codes before a wait; each further one doubles it, from 30 seconds to 15 minutes. */
const freeTries = 5;
const firstWaitSeconds = 30;
const longestWaitSeconds = 900;

function waitSeconds(failures: number): number {
  return Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(10, failures - freeTries));
}

/** What is kept after this many wrong codes. */
export function missed(failures: number, now: Date) {
  const wait = failures < freeTries ? null : new Date(now.getTime() + waitSeconds(failures) * 1000);
  return { failures, lockedUntil: wait };
}

export function lockedUntil(until: Date, now: Date): AppError {
  return new AppError(
    "too-many",
    "auth.code-locked",
    "Too many wrong codes. Wait a little, or use a recovery code.",
    { retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)) },
  );
}

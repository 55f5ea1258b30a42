/** Postgres and the driver say by code that a connection is gone, refused, or that the server is going down or full. */
const lostCodes: ReadonlySet<string> = new Set([
  ...["CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECTION_DESTROYED", "CONNECT_TIMEOUT", "RESPONSE_TIMEOUT"],
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOENT",
  ],
  ...["57P01", "57P02", "57P03", "57P05", "53300", "3D000", "28P01", "28000", "25P03"],
]);

export function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Whether an error says that a database cannot be reached, or that the connection to it was lost. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && (lostCodes.has(code) || code.startsWith("08"));
}

/** The copy does not stand where a batch begins: one that was given up for lost has arrived after all. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
  /** As the engine itself says it. */
  readonly code = "WL002";

  constructor(first: number) {
    super(`Ticks from ${first} on do not follow what is applied.`);
  }
}

/** A deadlock, a serialization failure, a lock that was not to be had in time, a batch that is not the next. */
const contendedCodes: ReadonlySet<string> = new Set(["40P01", "40001", "55P03", "WL002"]);

/** Whether somebody else's transaction stood in the way: done again, it goes on. */
export function isContended(error: unknown): boolean {
  return contendedCodes.has(codeOf(error) ?? "");
}

/**
 * One error for everything the product refuses. Rules throw it; it is caught in two places only, the HTTP
 * edge (`server/http/errors.ts`) and the job runner (`jobs/run.ts`).
 */
export type ErrorKind =
  | "malformed"
  | "invalid"
  | "unauthenticated"
  | "payment-required"
  | "forbidden"
  | "not-found"
  | "method-not-allowed"
  | "not-acceptable"
  | "conflict"
  | "gone"
  | "precondition-failed"
  | "too-large"
  | "unsupported"
  | "precondition-required"
  | "too-many"
  | "internal"
  | "unavailable";

/** The one table from kind to HTTP status (RFC 9110). */
export const statusOf: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  invalid: 422,
  unauthenticated: 401,
  "payment-required": 402,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "not-acceptable": 406,
  conflict: 409,
  gone: 410,
  "precondition-failed": 412,
  "too-large": 413,
  unsupported: 415,
  "precondition-required": 428,
  "too-many": 429,
  internal: 500,
  unavailable: 503,
};

/** What is wrong with one field: its name in the input, a code for the message catalogue, words in English. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly fields?: readonly FieldError[];
  readonly cause?: unknown;
  /** Seconds after which a retry makes sense; becomes Retry-After. */
  readonly retryAfterSeconds?: number;
  /** Facts a client may act on (candidates of a duplicate, what is left of a limit). Never patient data in logs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class AppError extends Error {
  override readonly name = "AppError";
  readonly kind: ErrorKind;
  /** Dotted and stable, e.g. `patient.duplicate-number`. Pages translate it by the catalogue's `errors`. */
  readonly code: string;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  /** `message` may be shown to a person; `cause` is for the log and carries no patient data. */
  constructor(kind: ErrorKind, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }

  get status(): number {
    return statusOf[this.kind];
  }
}

/** A field refused by a rule: 422 naming it. */
export function invalidField(field: string, code: string, message: string): AppError {
  return new AppError("invalid", "input.invalid", message, { fields: [{ field, code, message }] });
}

/** A row was changed since the version that who asks has seen: 412. */
export function rowChanged(): AppError {
  return new AppError(
    "precondition-failed",
    "row.changed",
    "Someone else changed this meanwhile. Look at their version, then save again.",
  );
}

/** Nothing here by that id, or nothing that this person may know of: 404. */
export function notFound(what: string): AppError {
  return new AppError("not-found", `${what}.not-found`, `There is no such ${what}.`);
}

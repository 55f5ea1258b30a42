import { AppError } from "../errors.ts";

const full: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** Whether nothing lies where something was looked for. */
export const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";

/** What a disk refused, in words. Errors of the product's own pass as they are. */
export function inWords(cause: unknown): unknown {
  const code = codeOf(cause);
  if (full.has(code))
    return new AppError(
      "unavailable",
      "files.no-room",
      "The server has no room left for files. Nothing was saved.",
      { cause, retryAfterSeconds: 60 },
    );
  if (/^E[A-Z]+$/.test(code))
    return new AppError("unavailable", "files.away", "The server's files cannot be reached just now.", {
      cause,
      retryAfterSeconds: 10,
    });
  return cause;
}

/** Does what touches the disk. @throws AppError unavailable (503) `files.no-room`, `files.away`. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(error);
  }
}

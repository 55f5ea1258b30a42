import { AppError } from "./errors.ts";

/** The sort key of the last row of a page: where the next one begins. */
export type CursorKey = readonly (string | number | null)[];

/** The sort key of the last row of a page, as opaque text. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** What `encodeCursor` made, with as many parts. @throws AppError invalid (422) naming `cursor`. */
export function decodeCursor(cursor: string, parts: number): (string | number | null)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (
      Array.isArray(key) &&
      key.length === parts &&
      key.every((part) => part === null || typeof part === "string" || typeof part === "number")
    )
      return key;
  } catch {
    // Not JSON: the same answer as any other text that is not a cursor.
  }
  throw new AppError("invalid", "input.invalid", "This is not a cursor of this list.", {
    fields: [{ field: "cursor", code: "invalid", message: "This is not a cursor of this list." }],
  });
}

export interface PageOf<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
  readonly total?: number;
}

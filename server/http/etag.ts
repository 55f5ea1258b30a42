import { AppError } from "../errors.ts";

/** The ETag of a row: its version. */
export function etagOf(row: { readonly version: number }): string {
  return `"${row.version}"`;
}

/** The version that If-Match asks for; undefined where the client did not ask. @throws AppError malformed (400). */
export function expectedVersion(request: Request): number | undefined {
  const header = request.headers.get("if-match");
  if (header === null || header.trim() === "*") return undefined;
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim());
  if (match === null)
    throw new AppError(
      "malformed",
      "if-match.unreadable",
      'If-Match must hold the ETag of the row, such as "3".',
    );
  return Number(match[1]);
}

/** Whether the client already has this version (If-None-Match). */
export function alreadyHas(request: Request, etag: string): boolean {
  const header = request.headers.get("if-none-match");
  return header?.split(",").some((part) => part.trim().replace(/^W\//, "") === etag) ?? false;
}

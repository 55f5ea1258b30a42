/** A name that may not stand in SQL. Names of databases, roles and schemas come from people: none is trusted. */
export class IdentifierError extends Error {
  override readonly name = "IdentifierError";
}

/**
 * The one way a name of a database, role, schema or table gets into SQL text: 1 to 63 letters, digits,
 * underscores or hyphens, in double quotes (so that its case is kept).
 * @throws IdentifierError for anything else.
 */
export function quoteIdent(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,63}$/.test(name))
    throw new IdentifierError(
      "A database name may hold 1 to 63 letters, digits, underscores and hyphens only.",
    );
  return `"${name}"`;
}

/** A text as an SQL literal, for the statements that take no parameters. */
export function quoteText(text: string): string {
  if (text.includes("\u0000"))
    throw new IdentifierError("A text for the database may not hold a zero character.");
  const escaped = text.replaceAll("'", "''");
  return escaped.includes("\\") ? `E'${escaped.replaceAll("\\", "\\\\")}'` : `'${escaped}'`;
}

import { AppError } from "../../errors.ts";

/** Bytes of one file, at most. */
export const fileSizeLimit = 32 * 1024 * 1024;
/** Files of one import, at most. */
export const fileCountLimit = 200;
const entryLimit = 100_000;

/** A JSON object whose shape is not known yet. */
export type Node = Readonly<Record<string, unknown>>;

/** A number as it was written: `1.50` stays `1.50`, and a measurement keeps every digit it came with. */
export class Decimal {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/** One entry of a bundle, by its place in the file, counted from 0. */
export interface BundleEntry {
  readonly index: number;
  readonly fullUrl: string | null;
  readonly resource: Node | null;
  readonly method: string | null;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

function refuse(code: string, message: string): AppError {
  return new AppError("invalid", `import.${code}`, message);
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown;

const keepDecimals: Reviver = (key, value, context) =>
  key === "value" && typeof value === "number" ? new Decimal(context.source) : value;

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid", "import.not-utf8", "The file is not text in UTF-8.", { cause });
  }
  if (text.trim() === "") throw refuse("empty-file", "The file is empty.");
  try {
    return JSON.parse(text, keepDecimals as (key: string, value: unknown) => unknown);
  } catch (cause) {
    // The parser's own words quote the file; they stay out of the report. Nesting without end lands here too.
    throw new AppError("invalid", "import.not-json", "The file is not complete, well-formed JSON.", {
      cause,
    });
  }
}

/**
 * The entries of a FHIR R4 bundle.
 * @throws AppError invalid (422): `import.too-large`, `.not-utf8`, `.empty-file`, `.not-json`, `.not-a-bundle`,
 * `.not-fhir`, `.no-entries`, `.too-many-entries`.
 */
export function readBundle(bytes: Uint8Array): readonly BundleEntry[] {
  if (bytes.byteLength > fileSizeLimit)
    throw refuse(
      "too-large",
      `The file is larger than ${fileSizeLimit / 1024 / 1024} MB. Divide it, then import the parts.`,
    );
  const bundle = parse(bytes);
  if (!isNode(bundle) || typeof bundle["resourceType"] !== "string")
    throw refuse("not-fhir", "The file is JSON, but not a FHIR bundle: it has no resourceType.");
  if (bundle["resourceType"] !== "Bundle")
    throw refuse("not-a-bundle", "The file holds a single FHIR resource, not a Bundle. Wrap it in a Bundle.");
  const given = bundle["entry"];
  if (given === undefined || (Array.isArray(given) && given.length === 0))
    throw refuse("no-entries", "The bundle has no entries.");
  if (!Array.isArray(given)) throw refuse("not-fhir", "The bundle's `entry` is not a list.");
  if (given.length > entryLimit)
    throw refuse(
      "too-many-entries",
      `The bundle has more than ${entryLimit} entries. Divide it, then import the parts.`,
    );
  return given.map((entry: unknown, index) => {
    const node = isNode(entry) ? entry : {};
    const request = isNode(node["request"]) ? node["request"] : {};
    return {
      index,
      fullUrl: typeof node["fullUrl"] === "string" ? node["fullUrl"] : null,
      resource: isNode(node["resource"]) ? node["resource"] : null,
      method: typeof request["method"] === "string" ? request["method"] : null,
    };
  });
}

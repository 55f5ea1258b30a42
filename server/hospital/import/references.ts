import type { KeptType, RecordKey } from "./kept-types.ts";
import type { BundleEntry, Node } from "./read-bundle.ts";

const absolute = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;
const relative = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;
const urn = /^urn:(?:uuid|oid):(.{1,128})$/i;

/** The id of a record, or null where it has none that FHIR allows. */
export function idOf(record: Node): string | null {
  const { id } = record;
  return typeof id === "string" && /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : null;
}

export const typeOf = (record: Node): string =>
  typeof record["resourceType"] === "string" ? record["resourceType"].slice(0, 64) : "";

/**
 * How a record is known where it comes from: by the server and id of its full address, else by its own id, else by
 * its urn, both in `source`, the system that the import was said to come from.
 */
export function keyOfEntry(entry: BundleEntry, source: string): RecordKey | null {
  const [, base, , urlId] = absolute.exec(entry.fullUrl ?? "") ?? [];
  if (base !== undefined && urlId !== undefined && base.length <= 250)
    return { source: base, importId: urlId };
  const id = entry.resource === null ? null : idOf(entry.resource);
  const importId = id ?? urn.exec(entry.fullUrl ?? "")?.[1] ?? null;
  return importId === null ? null : { source, importId };
}

/** How a record of another file would be known, from a reference to it; null where the reference cannot mean one of `type`. */
export function keyOfReference(reference: string, type: KeptType, source: string): RecordKey | null {
  const [, base, absoluteType, absoluteId] = absolute.exec(reference) ?? [];
  if (base !== undefined && absoluteId !== undefined)
    return absoluteType === type ? { source: base, importId: absoluteId } : null;
  const [, relativeType, relativeId] = relative.exec(reference) ?? [];
  if (relativeId !== undefined) return relativeType === type ? { source, importId: relativeId } : null;
  const urnId = urn.exec(reference)?.[1];
  return urnId === undefined ? null : { source, importId: urnId };
}

/** Every way in which the records of a bundle refer to one of them. */
export function addressesOf(entry: BundleEntry): readonly string[] {
  if (entry.resource === null) return [];
  const id = idOf(entry.resource);
  return [entry.fullUrl, id === null ? null : `${typeOf(entry.resource)}/${id}`].filter(
    (address) => address !== null,
  );
}

/** A reference without the version it names. */
export const withoutVersion = (reference: string) => reference.replace(/\/_history\/[^/]+$/, "");

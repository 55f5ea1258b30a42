import { sha256 } from "../../crypto.ts";
import type { FieldError } from "../../errors.ts";

/** Hosts that are the product's own, or that people would take for it. */
const reservedSubdomains = new Set(
  (
    "owner www www1 www2 api app apps admin administrator root superuser mail email smtp imap pop mx webmail ftp " +
    "sftp ssh vpn ns ns1 ns2 dns docs doc help helpdesk support status health metrics monitor grafana jobs job " +
    "worker queue static assets asset cdn media files file images img public private internal intranet local " +
    "localhost localdomain test example demo-owner login signin sign-in signup sign-up register account accounts " +
    "auth sso oauth oauth2 id identity billing pay payments invoice invoices blog news about contact legal " +
    "privacy terms security abuse postmaster hostmaster webmaster noreply no-reply wardline portal portals " +
    "tenant tenants hospital hospitals fhir hl7 dicom sync backup backups db database postgres redis null undefined"
  ).split(" "),
);

/** Databases that the servers or the product need for themselves. */
const reservedDatabases = new Set([
  "postgres",
  "template0",
  "template1",
  "wardline",
  "bullmq",
  "defaultdb",
  "rdsadmin",
  "azure_maintenance",
  "azure_sys",
  "cloudsqladmin",
]);

const subdomainForm = /^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/;
const databaseForm = /^[a-z0-9](?:[a-z0-9_-]{1,61}[a-z0-9])$/;

/** As it is kept and compared: trimmed and in lower case. */
export function foldName(text: string): string {
  return text.trim().toLowerCase();
}

/** What is wrong with a hospital's subdomain (already folded); null where it can be used. */
export function subdomainProblem(subdomain: string): FieldError | null {
  const field = "subdomain";
  if (!subdomainForm.test(subdomain))
    return {
      field,
      code: "not-a-subdomain",
      message: "Use 3 to 63 letters, digits and hyphens, with a letter or digit first and last.",
    };
  if (subdomain.startsWith("xn--") || reservedSubdomains.has(subdomain))
    return {
      field,
      code: "reserved",
      message: `The name "${subdomain}" is reserved. Choose another.`,
    };
  return null;
}

/** What is wrong with the name of a hospital's database (already folded); null where it can be used. */
export function databaseNameProblem(name: string): FieldError | null {
  const field = "tenantDbName";
  if (!databaseForm.test(name))
    return {
      field,
      code: "bad-characters",
      message: "Use 3 to 63 letters, digits, hyphens and underscores, with a letter or digit first and last.",
    };
  if (reservedDatabases.has(name) || /^(wardline|template|pg)[_-]/.test(name))
    return { field, code: "reserved", message: `The name "${name}" is reserved. Choose another.` };
  return null;
}

/** The database name a hospital gets when nobody chose one. */
export function databaseNameFor(subdomain: string): string {
  const name = subdomain.replaceAll("-", "_");
  return databaseNameProblem(name) === null ? name : fit("hospital_", name);
}

/** The Postgres role that reaches this hospital and nothing else. */
export function roleNameFor(databaseName: string): string {
  return fit("wl_", databaseName);
}

/** The schema of a hospital that shares its database with others. */
export function schemaNameFor(databaseName: string): string {
  return fit("h_", databaseName);
}

/** The copy's database; under another name where both databases lie on one server. */
export function copyNameFor(primaryDatabase: string, sameServer: boolean): string {
  return sameServer ? fit("copy_", primaryDatabase) : primaryDatabase;
}

/** Prefix and name, cut to Postgres's 63 characters; what is cut off still tells two names apart. */
function fit(prefix: string, name: string): string {
  const whole = prefix + name;
  return whole.length <= 63 ? whole : `${whole.slice(0, 52)}_${sha256(whole).slice(0, 10)}`;
}

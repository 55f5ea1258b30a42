import { type Static, t } from "elysia";
import { email, line, oneOf, searchText } from "../../input.ts";

const languages = ["en", "ur", "hi"] as const;

/** What a new hospital is asked for as, by API, wizard and command. The rule checks names more closely. */
export const newHospitalInput = t.Object({
  companyName: line(120, { min: 2, description: "The hospital's name as people know it." }),
  subdomain: line(63, { min: 3, description: "Its address: letters, digits and hyphens, in small letters." }),
  tenantDbName: t.Optional(
    line(63, { description: "Name of its database; left out, made from the subdomain." }),
  ),
  region: line(63, { description: "Where its data lies, such as pk-lahore." }),
  plan: line(40, { description: "Key of a plan on offer, such as trial." }),
  isolation: t.Optional(oneOf(["database", "schema"])),
  firstAdmin: t.Object({
    name: line(120, { min: 2 }),
    email: email(),
    password: t.Optional(
      line(200, {
        min: 10,
        description: "Left out, one is made, answered once, and changed at the first sign-in.",
      }),
    ),
  }),
  timeZone: t.Optional(line(64, { description: "IANA name, such as Asia/Karachi." })),
  currency: t.Optional(line(3, { min: 3, description: "ISO 4217, such as PKR." })),
  language: t.Optional(oneOf(languages)),
});

/** What the owner may change of a hospital; what is left out stays. */
export const tenantChangesInput = t.Object({
  companyName: t.Optional(line(120, { min: 2 })),
  timeZone: t.Optional(line(64)),
  currency: t.Optional(line(3, { min: 3 })),
  language: t.Optional(oneOf(languages)),
  contactEmail: t.Optional(t.Nullable(email())),
  contactPhone: t.Optional(t.Nullable(line(40))),
});

/** Narrowing, order and place of the list. */
export const tenantListQuery = t.Object({
  search: t.Optional(searchText(120, "Part of the name or the subdomain.")),
  status: t.Optional(oneOf(["provisioning", "active", "suspended", "archived", "deleting", "deleted"])),
  plan: t.Optional(searchText(40, "Key of a plan.")),
  sort: t.Optional(oneOf(["name", "created", "patients", "users"])),
  descending: t.Optional(t.BooleanString()),
});

export const reasonInput = t.Object({ reason: t.Optional(line(500)) });

export const deletionInput = t.Object({
  confirmation: line(120, { description: "The hospital's name, typed." }),
  reason: t.Optional(line(500)),
});

const instant = t.String({ format: "date-time" });
const maybe = t.Nullable(instant);

/** A hospital as it is answered: no credentials. */
export const tenantAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    companyName: t.String(),
    subdomain: t.String(),
    status: t.String(),
    statusReason: t.Nullable(t.String()),
    region: t.String(),
    plan: t.String(),
    planName: t.String(),
    subscriptionStatus: t.Nullable(t.String()),
    trialEndsAt: maybe,
    isolation: t.String(),
    tenantDbName: t.String(),
    primaryServer: t.String(),
    primaryDatabase: t.String(),
    copyDatabase: t.Nullable(t.String()),
    customDomain: t.Nullable(t.String()),
    timeZone: t.String(),
    currency: t.String(),
    language: t.String(),
    contactEmail: t.Nullable(t.String()),
    contactPhone: t.Nullable(t.String()),
    patientCount: t.Nullable(t.Integer()),
    userCount: t.Nullable(t.Integer()),
    usageAt: maybe,
    limits: t.Record(t.String(), t.Nullable(t.Integer())),
    readyAt: maybe,
    suspendedAt: maybe,
    archivedAt: maybe,
    deletedAt: maybe,
    purgeAfter: maybe,
    createdAt: instant,
    updatedAt: instant,
    version: t.Integer(),
  },
  { title: "Hospital" },
);

/** The answer to a creation: the row, and the first admin's password where it was made here. */
export const createdTenantAnswer = t.Composite([
  tenantAnswer,
  t.Object({ firstAdmin: t.Object({ email: t.String(), password: t.Nullable(t.String()) }) }),
]);

export const provisioningAnswer = t.Object(
  {
    status: oneOf(["running", "failed", "done"]),
    attempts: t.Integer(),
    createdAt: instant,
    finishedAt: maybe,
    steps: t.Array(
      t.Object({
        key: t.String(),
        status: oneOf(["waiting", "running", "done", "failed"]),
        reason: t.Nullable(t.String()),
        startedAt: maybe,
        finishedAt: maybe,
      }),
    ),
  },
  { title: "Provisioning" },
);

export type NewHospitalInput = Static<typeof newHospitalInput>;

import { eq } from "drizzle-orm";
import { consents } from "../../db/schema/hospital/consents.ts";
import { departments } from "../../db/schema/hospital/departments.ts";
import { documents, files } from "../../db/schema/hospital/files.ts";
import { importRuns } from "../../db/schema/hospital/import-runs.ts";
import { patients } from "../../db/schema/hospital/patients.ts";
import { glassBreaks, patientAccess } from "../../db/schema/hospital/privacy.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { supportGrants, supportSessions } from "../../db/schema/hospital/support.ts";
import { userImportRuns } from "../../db/schema/hospital/user-imports.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { keySides } from "../../server/auth/keys/key-sides.ts";
import { insertKey } from "../../server/auth/keys/key-writes.ts";
import { allHospitalPermissions, hospitalScopes } from "../../server/auth/permissions.ts";
import { seedRoles } from "../../server/auth/seed-roles.ts";
import { randomSecret, sha256 } from "../../server/crypto.ts";
import { sha256Of } from "../../server/files/piece.ts";
import { filesHere } from "../../server/files/sides.ts";
import type { TestApp, TestHospital } from "../support/app.ts";

/** A hospital whose every kind of row carries its mark. */
export interface Planted {
  readonly hospital: TestHospital;
  /** Stands in names and addresses here, and in no request. */
  readonly mark: string;
  /** The row that a path names, by the part before its id: `patients`, `users`, … */
  readonly ids: Readonly<Record<string, string>>;
  /** People by the key of their role, with `bare` (a role without any right), `suspended` and `deactivated`. */
  readonly people: Readonly<Record<string, string>>;
  readonly keys: Readonly<
    Record<"whole" | "narrow" | "revoked" | "expired" | "elsewhere" | "program", string>
  >;
  /** Cookies of the owner's people: one inside, one whose access was ended, one whose time is over. */
  readonly support: Readonly<Record<"inside" | "ended" | "over", string>>;
}

/** Fills a hospital with one of everything, under a mark of its own. */
export async function plant(app: TestApp, hospital: TestHospital): Promise<Planted> {
  const mark = `Zq${sha256(hospital.id).slice(0, 10)}`;
  const now = app.clock.now();
  const hour = 3_600_000;
  const pool = app.services.connections.hospital(hospital.facts.place);
  const people: Record<string, string> = {};
  const content = new TextEncoder().encode(`${mark} letter`);
  const file = { sha256: sha256Of(content), bytes: content.length };
  await filesHere(app.services.env, hospital.id).keep(file, content);
  const id = () => Bun.randomUUIDv7();
  return pool.transaction(async (tx) => {
    const [bare] = await tx
      .insert(roles)
      .values({ key: "bare", name: `${mark} bare`, permissions: [] })
      .returning();
    const [department] = await tx
      .insert(departments)
      .values({ key: "marked", name: `${mark} ward` })
      .returning();
    const known = await tx.select().from(roles);
    const roleId = (key: string) => known.find((role) => role.key === key)?.id ?? bare?.id ?? "";
    for (const key of [...seedRoles.map((role) => role.key), "bare", "suspended", "deactivated"]) {
      const status = key === "suspended" || key === "deactivated" ? key : "active";
      const role = status === "active" ? key : "admin";
      const [made] = await tx
        .insert(users)
        .values({
          ...{ email: `${key}@${mark}.example`, name: `${mark} ${key}`, passwordHash: "none", status },
          ...{ roleId: roleId(role), createdAt: now, updatedAt: now },
        })
        .returning({ id: users.id });
      people[key] = made?.id ?? "";
    }
    const admin = { id: people["admin"] ?? "", name: `${mark} admin` };
    const patientId = id();
    await tx.insert(patients).values({
      ...{ id: patientId, mrn: `${mark}-1`, firstName: "Marked", lastName: mark, sex: "female" },
      ...{ bornOn: "1990-05-17", email: `patient@${mark}.example`, notes: `${mark} notes` },
    });
    const consentId = id();
    await tx.insert(consents).values({
      ...{ id: consentId, patientId, purpose: "research", decision: "granted", givenBy: "patient" },
      ...{ method: "written", validFrom: now, note: `${mark} consent`, recordedByName: admin.name },
    });
    const documentId = id();
    await tx.insert(files).values({ ...file, mediaType: "text/plain" });
    await tx.insert(documents).values({
      ...{ id: documentId, patientId, kind: "letter", title: `${mark} letter`, fileSha256: file.sha256 },
      ...{ fileName: `${mark}.txt`, createdByName: admin.name },
    });
    const accessId = id();
    const doctor = people["doctor"] ?? "";
    await tx
      .insert(patientAccess)
      .values({ id: accessId, patientId, userId: doctor, grantedByName: admin.name });
    const glassId = id();
    await tx.insert(glassBreaks).values({
      ...{ id: glassId, patientId, userId: doctor, userName: `${mark} doctor`, roleName: "Doctor" },
      ...{ reason: "emergency", explanation: `${mark} explains`, brokenAt: now, expiresAt: now },
    });
    const userImportId = id();
    await tx
      .insert(userImportRuns)
      .values({ id: userImportId, origin: "api", fileName: `${mark}.csv`, startedByName: admin.name });
    const importId = id();
    await tx
      .insert(importRuns)
      .values({ id: importId, origin: "api", source: mark, startedByName: admin.name });
    const key = (name: string, more: object = {}) =>
      insertKey(
        tx,
        keySides.hospital.tables,
        {
          ...{ kind: "api", name: `${mark} ${name}`, scopes: hospitalScopes, networks: [] },
          ...{ callsPerMinute: null, expiresAt: null, ...more },
        },
        admin,
        now,
      );
    const whole = await key("whole");
    const revoked = await key("revoked");
    const expired = await key("expired");
    const { keys } = keySides.hospital.tables;
    const past = new Date(now.getTime() - hour);
    await tx.update(keys).set({ revokedAt: past }).where(eq(keys.id, revoked.key.id));
    await tx.update(keys).set({ expiresAt: past }).where(eq(keys.id, expired.key.id));
    const grant = async (status: "accepted" | "ended", expiresAt: Date, endedAt: Date | null) => {
      const secret = randomSecret();
      const grantId = id();
      await tx.insert(supportGrants).values({
        ...{ id: grantId, operatorId: id(), operatorName: "Olga", operatorEmail: "olga@wardline.example" },
        ...{ reason: `${mark} asks`, minutesAsked: 60, askedAt: now, status, expiresAt, endedAt },
        permissions: [...allHospitalPermissions],
      });
      await tx
        .insert(supportSessions)
        .values({ grantId, tokenHash: sha256(secret), createdAt: now, endedAt });
      return { grantId, cookie: `wardline_support=${secret}` };
    };
    const inside = await grant("accepted", new Date(now.getTime() + 12 * hour), null);
    return {
      ...{ hospital, mark, people },
      ids: {
        ...{
          patients: patientId,
          consents: consentId,
          documents: documentId,
          access: accessId,
          reviews: glassId,
        },
        ...{ "glass-breaks": glassId, users: people["nurse"] ?? "", people: people["nurse"] ?? "" },
        ...{ roles: roleId("nurse"), departments: department?.id ?? "", keys: whole.key.id },
        ...{ tenants: hospital.id, hospitals: hospital.id, support: inside.grantId },
        ...{ "support-grants": inside.grantId, "support-requests": inside.grantId },
        ...{ imports: importId, "users/imports": userImportId },
      },
      keys: {
        ...{ whole: whole.secret, revoked: revoked.secret, expired: expired.secret },
        narrow: (await key("narrow", { scopes: ["departments:read"] })).secret,
        elsewhere: (await key("elsewhere", { networks: ["203.0.113.7"] })).secret,
        program: (await key("program", { kind: "app", scopes: [] })).secret,
      },
      support: {
        inside: inside.cookie,
        ended: (await grant("ended", new Date(now.getTime() + hour), past)).cookie,
        over: (await grant("accepted", past, null)).cookie,
      },
    };
  });
}

import { sql } from "drizzle-orm";
import type { sexes } from "../../../db/schema/hospital/patients.ts";
import { auditRead } from "../../audit/reads.ts";
import { authorize } from "../../auth/permissions.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { sightOf, withholdRestricted } from "../privacy/access.ts";
import { type PatientValues, valuesToRegister } from "./patient-facts.ts";
import { escapeLike } from "./patient-search.ts";
import type { RegisterInput } from "./patients.input.ts";

export type DuplicateGrade = "certain" | "probable" | "possible";

/** Someone already registered who may be the same person. */
export interface DuplicateCandidate {
  readonly grade: DuplicateGrade;
  readonly patient: {
    readonly id: string;
    readonly mrn: string;
    readonly firstName: string | null;
    readonly middleName: string | null;
    readonly lastName: string | null;
    readonly sex: (typeof sexes)[number];
    readonly bornOn: string | null;
    readonly bornOnEstimated: boolean;
    readonly phone: string | null;
    readonly restricted: boolean;
    /** Restricted, and not for who asks: all but the record number is left out. */
    readonly withheld?: true;
  };
}

interface Near extends Record<string, unknown> {
  readonly id: string;
  readonly mrn: string;
  readonly first_name: string | null;
  readonly middle_name: string | null;
  readonly last_name: string | null;
  readonly sex: (typeof sexes)[number];
  readonly born_on: string | null;
  readonly born_on_estimated: boolean;
  readonly phone: string | null;
  readonly national_id: string | null;
  readonly restricted: boolean;
  /** How much of the letters of the names are the same, 0 to 1. */
  readonly likeness: number;
}

const shownAtMost = 5;
const grades: readonly DuplicateGrade[] = ["certain", "probable", "possible"];
const digitsOf = (phone: string | null | undefined) => (phone ?? "").replace(/\D/g, "").slice(-9);
const numberOf = (id: string | null | undefined) => (id ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * Who of those registered may be the person about to be registered: certain by national id, or by name, birth date
 * and phone together; probable by nearly the same name and the birth date; possible by a similar name with a near
 * birth date or the same phone. The likeliest first, five at most. A restricted record is named by its number where
 * it is certain or probable, so that nobody is registered twice.
 * @throws AppError invalid (422) naming the fields; forbidden (403).
 */
export async function findDuplicates(
  context: HospitalContext,
  input: RegisterInput,
): Promise<readonly DuplicateCandidate[]> {
  authorize(context.actor, "patients:register");
  authorize(context.actor, "patients:read");
  const now = context.clock.now();
  const values = valuesToRegister(input, { now, zone: context.hospital.timeZone });
  const found: { readonly grade: DuplicateGrade; readonly near: Near }[] = [];
  for (const near of await nearTo(context, values)) {
    const grade = gradeOf(near, values);
    if (grade !== null) found.push({ grade, near });
  }
  found.sort(
    (a, b) => grades.indexOf(a.grade) - grades.indexOf(b.grade) || b.near.likeness - a.near.likeness,
  );
  const candidates = found.map(({ grade, near }) => ({
    grade,
    patient: {
      id: near.id,
      mrn: near.mrn,
      firstName: near.first_name,
      middleName: near.middle_name,
      lastName: near.last_name,
      sex: near.sex,
      bornOn: near.born_on,
      bornOnEstimated: near.born_on_estimated,
      phone: near.phone,
      restricted: near.restricted,
    },
  }));
  const told = await withholdRestricted(
    context.db,
    context,
    candidates.map(({ patient }) => patient),
  );
  const byId = new Map(told.map((patient) => [patient.id, patient]));
  const shown = candidates
    .map(({ grade, patient }) => ({ grade, patient: byId.get(patient.id) ?? patient }))
    .filter(({ grade, patient }) => grade !== "possible" || !("withheld" in patient))
    .filter(({ patient }) => !patient.restricted || sightOf(context.actor) !== "none")
    .slice(0, shownAtMost);
  if (shown.length > 0)
    await auditRead(context, {
      ...{ event: "patient.compared", entity: "patient", entityId: null },
      details: { shown: shown.length, ids: shown.map(({ patient }) => patient.id) },
    });
  return shown;
}

async function nearTo(context: HospitalContext, values: PatientValues): Promise<readonly Near[]> {
  const name = [values.lastName, values.firstName, values.middleName].filter(Boolean).join(" ");
  const nationalId = numberOf(values.nationalId);
  const phone = digitsOf(values.phone);
  const words = sql.join(
    [values.firstName, values.lastName].flatMap((part) =>
      part ? [sql`wardline_fold(${escapeLike(part)}::text)`] : [],
    ),
    sql`, `,
  );
  const ways = [
    ...(nationalId.length > 3 ? [sql`select id from patients where search like ${`% ${nationalId} %`}`] : []),
    ...(phone.length > 6 ? [sql`select id from patients where search like ${`%${phone}`}`] : []),
    ...(values.bornOn ? [sql`select id from patients where born_on = ${values.bornOn}::date`] : []),
    ...(name === "" ? [] : [sql`select id from wardline_similar_names(array[${words}], 60)`]),
  ];
  const rows = await context.db.execute<Near>(sql`
    select p.id, p.mrn, p.first_name, p.middle_name, p.last_name, p.sex, p.born_on::text as born_on,
           p.born_on_estimated, p.phone, p.national_id, p.restricted,
           similarity(p.sort_name, btrim(wardline_fold(${name}::text))) as likeness
    from (${sql.join(ways, sql` union `)}) near join patients p using (id)
    where p.deleted_at is null
    order by likeness desc limit 100`);
  return Array.from(rows as Iterable<Near>);
}

function gradeOf(near: Near, values: PatientValues): DuplicateGrade | null {
  const nationalId = numberOf(values.nationalId);
  if (nationalId.length > 3 && numberOf(near.national_id) === nationalId) return "certain";
  const samePhone = digitsOf(values.phone).length > 6 && digitsOf(near.phone) === digitsOf(values.phone);
  const apart = daysApart(near.born_on, values.bornOn);
  const { likeness } = near;
  if (likeness > 0.95 && apart === 0 && samePhone) return "certain";
  if (likeness >= 0.7 && apart === 0) return "probable";
  if (likeness >= 0.4 && apart === 0) return "possible";
  const guessed = near.born_on_estimated || values.bornOnEstimated === true;
  if (likeness >= 0.7 && apart !== null && apart <= (guessed ? 3 * 366 : 366)) return "possible";
  return likeness >= 0.55 && samePhone ? "possible" : null;
}

function daysApart(one: string | null | undefined, other: string | null | undefined): number | null {
  if (!one || !other) return null;
  return Math.abs(Date.parse(one) - Date.parse(other)) / 86_400_000;
}

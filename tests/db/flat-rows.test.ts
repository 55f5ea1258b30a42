import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { flatRows } from "../../db/flat-rows.ts";
import { patients } from "../../db/schema/hospital/patients.ts";
import { testApp } from "../support/app.ts";

test("rows made by the plan are those that drizzle makes, of every kind of column", async () => {
  const { newHospital } = await testApp();
  const hospital = await newHospital();
  const admin = await hospital.as("admin");
  for (const more of [{}, { phone: "0300 1234567", notes: "as told" }])
    await admin.send("/api/v1/tenant/patients", {
      json: { firstName: "Flat", lastName: "Row", sex: "female", bornOn: "1990-01-02", ...more },
    });
  const { db } = hospital.system();
  const statement = () =>
    db
      .select({
        ...{ id: patients.id, bornOn: patients.bornOn, estimated: patients.bornOnEstimated },
        ...{ phone: patients.phone, createdAt: patients.createdAt, version: patients.version },
        counted: sql<number>`7`.mapWith(String),
        named: sql<string>`${patients.mrn} || '!'`.as("named"),
        also: { phone: patients.phone, changedAt: patients.updatedAt },
      })
      .from(patients)
      .prepare("flat_rows");
  const [plain, flat] = [await statement().execute(), await flatRows(statement()).execute()];
  expect(plain.length).toBe(2);
  expect(flat).toEqual(plain);
  expect(flat[0]?.createdAt).toBeInstanceOf(Date);
  expect(flat[0]?.counted as unknown).toBe("7");
  expect(flat[0]?.also.changedAt).toBeInstanceOf(Date);
});

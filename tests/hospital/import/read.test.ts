import { describe, expect, test } from "bun:test";
import { AppError } from "../../../server/errors.ts";
import { momentOf } from "../../../server/hospital/import/moments.ts";
import { planFile } from "../../../server/hospital/import/plan.ts";
import { readBundle } from "../../../server/hospital/import/read-bundle.ts";
import { catalogue } from "../../../views/messages/catalogue.ts";
import {
  bloodPressure,
  bundleOf,
  bytesOf,
  encounterRecord,
  type FhirRecord,
  observationRecord,
  patientRecord,
  wholeRecord,
} from "../../support/fhir.ts";

const reasons = Object.keys(catalogue.en.imports.reasons);
const options = { source: "fhir", timeZone: "Asia/Karachi", today: "2026-11-21" };
const plan = (value: unknown) => planFile(readBundle(bytesOf(value)), options);
const faults = (records: readonly FhirRecord[]) =>
  plan(bundleOf(records)).errors.map(({ field, code }) => `${field} ${code}`);

describe("a file that is no bundle is refused with the reason", () => {
  const files: readonly (readonly [string, Uint8Array, string])[] = [
    ["nothing at all", bytesOf(""), "import.empty-file"],
    ["blanks", bytesOf(" \n "), "import.empty-file"],
    ["plain text", bytesOf("Dear colleague"), "import.not-json"],
    ["JSON that was cut off", bytesOf('{"resourceType":"Bundle","entry":['), "import.not-json"],
    ["nesting without end", bytesOf("[".repeat(2_000_000)), "import.not-json"],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x00, 0xd8]), "import.not-utf8"],
    ["a list", bytesOf([]), "import.not-fhir"],
    ["null", bytesOf("null"), "import.not-fhir"],
    ["a number", bytesOf("12"), "import.not-fhir"],
    ["an object of something else", bytesOf({ patients: [] }), "import.not-fhir"],
    ["a single record", bytesOf(patientRecord("1")), "import.not-a-bundle"],
    ["a bundle without entries", bytesOf({ resourceType: "Bundle" }), "import.no-entries"],
    ["a bundle of no entries", bytesOf({ resourceType: "Bundle", entry: [] }), "import.no-entries"],
    ["entries that are no list", bytesOf({ resourceType: "Bundle", entry: {} }), "import.not-fhir"],
    ["more than 32 MB", new Uint8Array(32 * 1024 * 1024 + 1).fill(32), "import.too-large"],
  ];
  for (const [name, bytes, code] of files)
    test(name, () => {
      const refusal = (() => {
        try {
          return readBundle(bytes);
        } catch (error) {
          return error;
        }
      })();
      expect(refusal).toBeInstanceOf(AppError);
      expect(refusal).toMatchObject({ kind: "invalid", code });
      expect(reasons).toContain(code.replace("import.", ""));
    });
});

describe("a malformed record is refused by its field", () => {
  const patient = (more: Record<string, unknown>) => [patientRecord("1", more)];
  const observation = (more: Record<string, unknown>) => [
    patientRecord("1"),
    observationRecord("1", "o", more),
  ];
  const cases: readonly (readonly [string, readonly FhirRecord[], readonly string[]])[] = [
    ["no name", patient({ name: undefined }), ["name required"]],
    ["an empty name", patient({ name: [{}] }), ["name[0] required"]],
    ["a name that is a number", patient({ name: [{ family: 7 }] }), ["name[0].family not-text"]],
    [
      "a name of a megabyte",
      patient({ name: [{ family: "x".repeat(1_000_000) }] }),
      ["name[0].family too-long"],
    ],
    [
      "a name with a null character",
      patient({ name: [{ family: "A\u0000B", given: ["C"] }] }),
      ["name[0].family control-characters"],
    ],
    [
      "a name that turns text round",
      patient({ name: [{ family: "\u202Egnp.exe", given: ["C"] }] }),
      ["name[0].family control-characters"],
    ],
    [
      "a name with half a character",
      patient({ name: [{ family: "A\uD800", given: ["C"] }] }),
      ["name[0].family control-characters"],
    ],
    ["names that are no list", patient({ name: "Saima" }), ["name not-a-list", "name required"]],
    ["a sex that FHIR does not know", patient({ gender: "F" }), ["gender not-one-of"]],
    [
      "a birth date that is not in the calendar",
      patient({ birthDate: "2023-02-30" }),
      ["birthDate not-a-date"],
    ],
    ["a birth date in words", patient({ birthDate: "last May" }), ["birthDate not-a-date"]],
    ["a birth date in the future", patient({ birthDate: "2031-01-01" }), ["birthDate in-the-future"]],
    [
      "a birth date in the Middle Ages",
      patient({ birthDate: "1348-01-01" }),
      ["birthDate date-out-of-range"],
    ],
    [
      "a death before birth",
      patient({ deceasedDateTime: "1980-01-01" }),
      ["deceasedDateTime ends-before-start"],
    ],
    ["no id", [{ ...patientRecord("1"), id: undefined } as unknown as FhirRecord], ["id required"]],
    ["an id that is no id", [patientRecord("a b/c")], ["id required"]],
    ["no status", observation({ status: undefined }), ["status required"]],
    ["a status that FHIR does not know", observation({ status: "finished" }), ["status not-one-of"]],
    ["no code", observation({ code: undefined }), ["code required"]],
    ["a code of nothing", observation({ code: {} }), ["code required"]],
    ["no patient", observation({ subject: undefined }), ["subject required"]],
    [
      "a time without a zone",
      observation({ effectiveDateTime: "2024-05-02T09:05:00" }),
      ["effectiveDateTime no-zone"],
    ],
    [
      "a value that is no number",
      observation({ valueQuantity: { value: "61" } }),
      ["valueQuantity.value not-a-number"],
    ],
    [
      "a value without end",
      observation({ valueQuantity: { value: { a: 1 } } }),
      ["valueQuantity.value not-a-number"],
    ],
    [
      "a kind of value that is not kept",
      observation({ valueQuantity: undefined, valueSampledData: {} }),
      ["valueSampledData not-kept"],
    ],
    [
      "a visit that ends before it starts",
      [
        patientRecord("1"),
        encounterRecord("1", "e", { period: { start: "2024-05-02T09:00:00Z", end: "2024-05-01T09:00:00Z" } }),
      ],
      ["period.end ends-before-start"],
    ],
    ["the same record twice", [patientRecord("1"), patientRecord("1")], ["id duplicate"]],
  ];
  for (const [name, records, expected] of cases)
    test(name, () => {
      const found = faults(records);
      expect(found).toEqual([...expected]);
      for (const fault of expected) expect(reasons).toContain(fault.split(" ").at(-1) ?? "");
    });

  test("an entry that is nothing, or asks for a deletion", () => {
    const value = {
      resourceType: "Bundle",
      entry: [
        null,
        7,
        {},
        { resource: [] },
        { resource: {} },
        { request: { method: "DELETE", url: "Patient/1" } },
      ],
    };
    const { errors } = plan(value);
    expect(errors.map(({ entry, field }) => [entry, field])).toEqual([
      [0, "resource"],
      [1, "resource"],
      [2, "resource"],
      [3, "resource"],
      [4, "resource"],
      [5, "request.method"],
    ]);
  });

  test("with every fault of it named, and the entry it stands at", () => {
    const { errors } = plan(
      bundleOf([patientRecord("ok"), patientRecord("bad", { gender: "F", birthDate: "x" })]),
    );
    expect(
      errors.map(({ entry, resourceType, resourceId, field }) => [entry, resourceType, resourceId, field]),
    ).toEqual([
      [1, "Patient", "bad", "birthDate"],
      [1, "Patient", "bad", "gender"],
    ]);
  });
});

describe("a record is read as it was written", () => {
  const read = (records: readonly FhirRecord[], type: string) =>
    plan(bundleOf(records)).records.find((record) => record.type === type)?.read;

  test("the official name, the numbers others gave, and the national one", () => {
    expect(read([patientRecord("1")], "Patient")).toMatchObject({
      values: {
        firstName: "Saima",
        middleName: "Bibi",
        lastName: "Qureshi",
        sex: "female",
        bornOn: "1984-03-12",
        bornOnEstimated: false,
        nationalId: "35202-1",
        phone: "+92 300 1234567",
        maritalStatus: "married",
        status: "active",
      },
      identifiers: [
        { value: "NC-1", type: "MR" },
        { value: "35202-1", type: "NI" },
      ],
    });
  });

  test("a year of birth is an estimate, and a death is a status", () => {
    expect(read([patientRecord("1", { birthDate: "1984", deceasedBoolean: true })], "Patient")).toMatchObject(
      {
        values: { bornOn: "1984-01-01", bornOnEstimated: true, status: "deceased", deceasedAt: null },
      },
    );
  });

  test("every digit of a measurement", () => {
    const text = JSON.stringify(bundleOf([patientRecord("1"), observationRecord("1", "o")])).replace(
      "61.5",
      "61.500000000000000001",
    );
    const { records } = planFile(readBundle(bytesOf(text)), options);
    expect(records.find(({ type }) => type === "Observation")?.read.values).toMatchObject({
      valueNumber: "61.500000000000000001",
      valueUnit: "kg",
      valueUnitCode: "kg",
    });
  });

  test("both parts of a blood pressure", () => {
    expect(read([patientRecord("1"), bloodPressure("1", "o", 122, 81)], "Observation")).toMatchObject({
      values: { valueNumber: null },
      components: [
        { position: 0, code: "8480-6", valueNumber: "122" },
        { position: 1, code: "8462-4", valueNumber: "81" },
      ],
    });
  });

  test("the name behind a reference, the medicine in another entry, the worst reaction", () => {
    const whole = wholeRecord("1");
    expect(read(whole, "Encounter")).toMatchObject({
      values: { providerName: "Dr Noor Shah", facilityName: "North Clinic" },
    });
    expect(read(whole, "MedicationRequest")).toMatchObject({
      values: {
        display: "Salbutamol inhaler",
        doseNumber: "2",
        frequency: "2",
        periodUnit: "d",
        asNeeded: true,
      },
    });
    expect(read(whole, "AllergyIntolerance")).toMatchObject({
      values: { reactions: "Hives; Wheezing", reactionSeverity: "severe", criticality: "high" },
    });
  });
});

describe("a time is no more exact than it was told", () => {
  const cases = [
    ["2024-05-02T09:05:00+05:00", "2024-05-02T04:05:00.000Z", "instant"],
    ["2024-05-02T09:05:00.1234Z", "2024-05-02T09:05:00.123Z", "instant"],
    ["2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z", "instant"],
    // Midnight in Karachi is seven in the evening of the day before in London.
    ["2024-05-02", "2024-05-01T19:00:00.000Z", "day"],
    ["2024-05", "2024-04-30T19:00:00.000Z", "month"],
    ["2024", "2023-12-31T19:00:00.000Z", "year"],
  ] as const;
  for (const [text, at, precision] of cases)
    test(text, () => {
      expect(momentOf(text, "Asia/Karachi")).toEqual({ at: new Date(at), precision });
    });
});

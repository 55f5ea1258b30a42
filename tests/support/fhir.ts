/** Small FHIR R4 records and bundles, as another system might send them. Each is complete; give what a test is about. */
export type FhirRecord = Record<string, unknown> & { readonly resourceType: string; readonly id?: string };

export const patientRecord = (id: string, more: Record<string, unknown> = {}): FhirRecord => ({
  resourceType: "Patient",
  id,
  identifier: [
    {
      system: "urn:example:north-clinic",
      value: `NC-${id}`,
      type: {
        coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0203", code: "MR" }],
        text: "Chart",
      },
    },
    { system: "urn:example:national", value: `35202-${id}`, type: { coding: [{ code: "NI" }] } },
  ],
  name: [
    { use: "maiden", family: "Malik", given: ["Saima"] },
    { use: "official", family: "Qureshi", given: ["Saima", "Bibi"] },
  ],
  gender: "female",
  birthDate: "1984-03-12",
  telecom: [
    { system: "phone", value: "+92 300 1234567", use: "mobile" },
    { system: "email", value: "saima@example.org" },
  ],
  address: [{ line: ["12 Canal Road"], city: "Lahore", postalCode: "54000", country: "PK" }],
  maritalStatus: { coding: [{ code: "M" }] },
  ...more,
});

const of = (
  resourceType: string,
  patientId: string,
  id: string,
  more: Record<string, unknown>,
): FhirRecord => ({
  resourceType,
  id,
  subject: { reference: `Patient/${patientId}` },
  ...more,
});

const coded = (system: string, code: string, display: string) => ({
  coding: [{ system, code, display }],
  text: display,
});

export const encounterRecord = (
  patientId: string,
  id: string,
  more: Record<string, unknown> = {},
): FhirRecord =>
  of("Encounter", patientId, id, {
    status: "finished",
    class: { code: "AMB" },
    type: [coded("http://snomed.info/sct", "185345009", "Encounter for symptom")],
    period: { start: "2024-05-02T09:00:00+05:00", end: "2024-05-02T09:20:00+05:00" },
    participant: [{ individual: { reference: "Practitioner/doc" } }],
    serviceProvider: { display: "North Clinic" },
    ...more,
  });

export const observationRecord = (
  patientId: string,
  id: string,
  more: Record<string, unknown> = {},
): FhirRecord =>
  of("Observation", patientId, id, {
    status: "final",
    category: [
      coded("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital signs"),
    ],
    code: coded("http://loinc.org", "29463-7", "Body weight"),
    effectiveDateTime: "2024-05-02T09:05:00+05:00",
    valueQuantity: { value: 61.5, unit: "kg", system: "http://unitsofmeasure.org", code: "kg" },
    ...more,
  });

export const bloodPressure = (patientId: string, id: string, upper: number, lower: number): FhirRecord => {
  const part = (code: string, display: string, value: number) => ({
    code: coded("http://loinc.org", code, display),
    valueQuantity: { value, unit: "mm[Hg]", system: "http://unitsofmeasure.org", code: "mm[Hg]" },
  });
  const { valueQuantity: _, ...rest } = observationRecord(patientId, id, {
    code: coded("http://loinc.org", "85354-9", "Blood pressure"),
    component: [part("8480-6", "Systolic", upper), part("8462-4", "Diastolic", lower)],
  });
  return rest;
};

/** A patient with one visit and one record of every kind that is kept, and three that are not. */
export function wholeRecord(patientId: string): readonly FhirRecord[] {
  const id = (name: string) => `${patientId}-${name}`;
  const visit = { encounter: { reference: `Encounter/${id("visit")}` } };
  return [
    { resourceType: "Organization", id: "north", name: "North Clinic" },
    { resourceType: "Practitioner", id: "doc", name: [{ prefix: ["Dr"], given: ["Noor"], family: "Shah" }] },
    patientRecord(patientId),
    encounterRecord(patientId, id("visit")),
    of("Condition", patientId, id("problem"), {
      clinicalStatus: { coding: [{ code: "active" }] },
      verificationStatus: { coding: [{ code: "confirmed" }] },
      code: coded("http://snomed.info/sct", "195967001", "Asthma"),
      onsetDateTime: "2019-06",
      ...visit,
    }),
    observationRecord(patientId, id("weight"), visit),
    bloodPressure(patientId, id("pressure"), 122, 81),
    {
      resourceType: "AllergyIntolerance",
      id: id("allergy"),
      patient: { reference: `Patient/${patientId}` },
      clinicalStatus: { coding: [{ code: "active" }] },
      category: ["medication"],
      criticality: "high",
      code: coded("http://snomed.info/sct", "91936005", "Penicillin"),
      reaction: [
        { manifestation: [{ text: "Hives" }], severity: "mild" },
        { manifestation: [{ text: "Wheezing" }], severity: "severe" },
      ],
    },
    of("MedicationRequest", patientId, id("order"), {
      status: "active",
      intent: "order",
      medicationReference: { reference: "Medication/salbutamol" },
      authoredOn: "2024-05-02T09:15:00+05:00",
      requester: { reference: "Practitioner/doc" },
      dosageInstruction: [
        {
          asNeededBoolean: true,
          timing: { repeat: { frequency: 2, period: 1, periodUnit: "d" } },
          doseAndRate: [{ doseQuantity: { value: 2, unit: "puffs" } }],
        },
      ],
      ...visit,
    }),
    {
      resourceType: "Medication",
      id: "salbutamol",
      code: coded("urn:example:drugs", "SALB", "Salbutamol inhaler"),
    },
    of("MedicationStatement", patientId, id("statement"), {
      status: "active",
      medicationCodeableConcept: { text: "Honey" },
      effectiveDateTime: "2024",
    }),
    {
      resourceType: "Immunization",
      id: id("vaccine"),
      patient: { reference: `Patient/${patientId}` },
      status: "completed",
      vaccineCode: coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"),
      occurrenceDateTime: "2023-10-01",
      lotNumber: "L-77",
    },
    of("Procedure", patientId, id("procedure"), {
      status: "completed",
      code: coded("http://snomed.info/sct", "23426006", "Spirometry"),
      performedPeriod: { start: "2024-05-02T09:06:00+05:00", end: "2024-05-02T09:12:00+05:00" },
      ...visit,
    }),
  ];
}

export const bundleOf = (records: readonly FhirRecord[]) => ({
  resourceType: "Bundle",
  type: "transaction",
  entry: records.map((resource) => ({ resource, request: { method: "POST", url: resource.resourceType } })),
});

export const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

export const fileOf = (name: string, value: unknown) => ({ name, bytes: bytesOf(value) });

/** How many records of each type, as an import counts them. */
export function countsOf(records: readonly FhirRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { resourceType } of records) counts[resourceType] = (counts[resourceType] ?? 0) + 1;
  return counts;
}

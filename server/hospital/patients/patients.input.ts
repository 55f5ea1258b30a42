import { type Static, t } from "elysia";
import {
  bloodGroups,
  maritalStatuses,
  patientStatuses,
  sexes,
} from "../../../db/schema/hospital/patients.ts";
import { email, isoDate, line, lines, oneOf, phone, searchText, wholeNumber } from "../../input.ts";

export const patientSorts = ["newest", "name", "mrn", "born"] as const;
export const ageUnits = ["years", "months", "days"] as const;

const facts = {
  middleName: line(100),
  phone: phone(),
  email: email(),
  nationalId: line(100),
  addressLine: line(250),
  city: line(100),
  state: line(100),
  postalCode: line(20),
  country: line(100),
  language: line(100),
  bloodGroup: oneOf(bloodGroups),
  maritalStatus: oneOf(maritalStatuses),
  emergencyContactName: line(200),
  emergencyContactPhone: phone(),
  emergencyContactRelation: line(100),
  notes: lines(2000),
};

const flag = (description: string) => t.Optional(t.Boolean({ description }));

/** A patient as they come to the desk. */
export const registerInput = t.Object({
  firstName: t.Optional(line(100, { description: "Required, unless the patient is unknown." })),
  lastName: t.Optional(
    line(100, { description: "Required, unless the patient has one name only, or is unknown." }),
  ),
  sex: oneOf(sexes),
  bornOn: t.Optional(isoDate()),
  age: t.Optional(
    wholeNumber({
      minimum: 0,
      maximum: 1600,
      description: "Where the date of birth is not known: the age as told or guessed.",
    }),
  ),
  ageUnit: t.Optional(oneOf(ageUnits)),
  oneName: flag("The patient has one name only: `firstName`."),
  unknown: flag("Nobody knows yet who this is: no name is asked for; an estimated age is."),
  emergency: flag(
    "An emergency registration is never refused for the plan's limit; it is counted and flagged.",
  ),
  middleName: t.Optional(facts.middleName),
  phone: t.Optional(facts.phone),
  email: t.Optional(facts.email),
  nationalId: t.Optional(facts.nationalId),
  addressLine: t.Optional(facts.addressLine),
  city: t.Optional(facts.city),
  state: t.Optional(facts.state),
  postalCode: t.Optional(facts.postalCode),
  country: t.Optional(facts.country),
  language: t.Optional(facts.language),
  bloodGroup: t.Optional(facts.bloodGroup),
  maritalStatus: t.Optional(facts.maritalStatus),
  emergencyContactName: t.Optional(facts.emergencyContactName),
  emergencyContactPhone: t.Optional(facts.emergencyContactPhone),
  emergencyContactRelation: t.Optional(facts.emergencyContactRelation),
  notes: t.Optional(facts.notes),
});
export type RegisterInput = Static<typeof registerInput>;

/** What is to change; null clears, what is left out stays. */
export const changeInput = t.Object({
  firstName: t.Optional(t.Nullable(line(100))),
  lastName: t.Optional(t.Nullable(line(100))),
  sex: t.Optional(oneOf(sexes)),
  bornOn: t.Optional(t.Nullable(isoDate())),
  age: t.Optional(wholeNumber({ minimum: 0, maximum: 1600 })),
  ageUnit: t.Optional(oneOf(ageUnits)),
  status: t.Optional(oneOf(patientStatuses)),
  deceasedOn: t.Optional(t.Nullable(isoDate())),
  middleName: t.Optional(t.Nullable(facts.middleName)),
  phone: t.Optional(t.Nullable(facts.phone)),
  email: t.Optional(t.Nullable(facts.email)),
  nationalId: t.Optional(t.Nullable(facts.nationalId)),
  addressLine: t.Optional(t.Nullable(facts.addressLine)),
  city: t.Optional(t.Nullable(facts.city)),
  state: t.Optional(t.Nullable(facts.state)),
  postalCode: t.Optional(t.Nullable(facts.postalCode)),
  country: t.Optional(t.Nullable(facts.country)),
  language: t.Optional(t.Nullable(facts.language)),
  bloodGroup: t.Optional(t.Nullable(facts.bloodGroup)),
  maritalStatus: t.Optional(t.Nullable(facts.maritalStatus)),
  emergencyContactName: t.Optional(t.Nullable(facts.emergencyContactName)),
  emergencyContactPhone: t.Optional(t.Nullable(facts.emergencyContactPhone)),
  emergencyContactRelation: t.Optional(t.Nullable(facts.emergencyContactRelation)),
  notes: t.Optional(t.Nullable(facts.notes)),
});
export type ChangeInput = Static<typeof changeInput>;

/** Why a patient's record is taken out of use. */
export const deleteInput = t.Object({ reason: line(300, { min: 3 }) });

/** Which patients. */
export const patientsFilter = {
  search: t.Optional(searchText(200, "Name (misspelt too), MRN, phone or national id.")),
  status: t.Optional(oneOf(patientStatuses)),
  sex: t.Optional(oneOf(sexes)),
  deleted: t.Optional(t.Boolean({ description: "The deleted ones instead; needs patients:delete." })),
};

/** Which patients, and in what order. */
export const patientsOrder = {
  ...patientsFilter,
  sort: t.Optional(oneOf(patientSorts)),
  order: t.Optional(oneOf(["asc", "desc"])),
};

export const exportQuery = t.Object({ ...patientsFilter, sort: t.Optional(oneOf(patientSorts)) });

const text = () => t.Nullable(t.String());

/** A patient in a list. */
export const patientListRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    mrn: t.String({ description: "Medical record number; its last character is a check character." }),
    firstName: text(),
    middleName: text(),
    lastName: text(),
    sex: oneOf(sexes),
    bornOn: text(),
    bornOnEstimated: t.Boolean(),
    status: oneOf(patientStatuses),
    phone: text(),
    city: text(),
    createdAt: t.String({ format: "date-time" }),
    deletedAt: text(),
    version: t.Integer(),
    restricted: t.Boolean({ description: "Opened only by those named for it, or by breaking the glass." }),
    withheld: t.Optional(
      t.Literal(true, { description: "Restricted, and not for you: all but the record number is left out." }),
    ),
  },
  { title: "PatientListRow" },
);

/** A patient in full. */
export const patientRow = t.Object(
  {
    ...patientListRow.properties,
    deceasedAt: text(),
    email: text(),
    nationalId: text(),
    addressLine: text(),
    state: text(),
    postalCode: text(),
    country: text(),
    language: text(),
    bloodGroup: t.Nullable(oneOf(bloodGroups)),
    maritalStatus: t.Nullable(oneOf(maritalStatuses)),
    emergencyContactName: text(),
    emergencyContactPhone: text(),
    emergencyContactRelation: text(),
    notes: text(),
    overLimit: t.Boolean(),
    deleteReason: text(),
    updatedAt: t.String({ format: "date-time" }),
  },
  { title: "Patient" },
);

import { sql } from "drizzle-orm";
import { patients } from "../../../db/schema/hospital/patients.ts";

/** What a list shows of a patient. */
export const listColumns = {
  id: patients.id,
  mrn: patients.mrn,
  firstName: patients.firstName,
  middleName: patients.middleName,
  lastName: patients.lastName,
  sex: patients.sex,
  bornOn: patients.bornOn,
  bornOnEstimated: patients.bornOnEstimated,
  status: patients.status,
  phone: patients.phone,
  city: patients.city,
  createdAt: patients.createdAt,
  deletedAt: patients.deletedAt,
  version: patients.version,
  restricted: patients.restricted,
} as const;

/** What is told of one patient. */
export const patientColumns = {
  ...listColumns,
  deceasedAt: patients.deceasedAt,
  email: patients.email,
  nationalId: patients.nationalId,
  addressLine: patients.addressLine,
  state: patients.state,
  postalCode: patients.postalCode,
  country: patients.country,
  language: patients.language,
  bloodGroup: patients.bloodGroup,
  maritalStatus: patients.maritalStatus,
  emergencyContactName: patients.emergencyContactName,
  emergencyContactPhone: patients.emergencyContactPhone,
  emergencyContactRelation: patients.emergencyContactRelation,
  notes: patients.notes,
  overLimit: patients.overLimit,
  deleteReason: patients.deleteReason,
  updatedAt: patients.updatedAt,
} as const;

/** Columns that Postgres works out by itself (0001_patients.sql). */
export const searchText = sql.raw(`"patients"."search"`);
export const sortName = sql.raw(`"patients"."sort_name"`);

import { allHospitalPermissions, type HospitalPermission } from "./permissions.ts";

/** A role every new hospital starts with. Its key stays; the hospital may change its name and permissions. */
export interface SeedRole {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly HospitalPermission[];
}

/** A department every new hospital starts with. */
export interface SeedDepartment {
  readonly key: string;
  readonly name: string;
}

const everyoneSees: readonly HospitalPermission[] = ["departments:read"];
const readsRecords: readonly HospitalPermission[] = [
  ...everyoneSees,
  "patients:read",
  "clinical:read",
  "patients:break-glass",
  "consents:read",
  "documents:read",
];

/** The key of the role that the first person of a hospital is given. */
export const adminRoleKey = "admin";

export const seedRoles: readonly SeedRole[] = [
  {
    key: adminRoleKey,
    name: "Administrator",
    description: "Runs the hospital's portal: everything, people and settings included.",
    permissions: allHospitalPermissions,
  },
  {
    key: "sub-admin",
    name: "Deputy administrator",
    description: "Stands in for the administrator, but edits neither roles nor settings.",
    permissions: allHospitalPermissions.filter(
      (permission) =>
        permission !== "roles:edit" &&
        permission !== "settings:edit" &&
        permission !== "audit:export" &&
        !permission.startsWith("keys:"),
    ),
  },
  {
    key: "doctor",
    name: "Doctor",
    description: "Registers and treats patients.",
    permissions: [
      ...readsRecords,
      ...(["patients:register", "patients:update", "consents:edit", "documents:write"] as const),
    ],
  },
  {
    key: "nurse",
    name: "Nurse",
    description: "Cares for patients and keeps their details right.",
    permissions: [
      ...readsRecords,
      ...(["patients:register", "patients:update", "consents:edit", "documents:write"] as const),
    ],
  },
  {
    key: "receptionist",
    name: "Receptionist",
    description: "Registers patients at the desk and keeps their details right; sees no clinical record.",
    permissions: [
      ...everyoneSees,
      "patients:read",
      "patients:register",
      "patients:update",
      "consents:read",
      "consents:edit",
    ],
  },
  {
    key: "pharmacist",
    name: "Pharmacist",
    description: "Reads patients' records to dispense safely.",
    permissions: readsRecords,
  },
  {
    key: "lab-technician",
    name: "Laboratory technician",
    description: "Reads patients' records to run and report tests.",
    permissions: [...readsRecords, "documents:write"],
  },
  {
    key: "radiologist",
    name: "Radiologist",
    description: "Reads patients' records to take and report images.",
    permissions: [...readsRecords, "documents:write"],
  },
  {
    key: "finance-manager",
    name: "Finance manager",
    description: "Finds patients and exports lists for the accounts; sees no clinical record.",
    permissions: [...everyoneSees, "patients:read", "patients:export"],
  },
  {
    key: "hr-manager",
    name: "HR manager",
    description: "Keeps the staff's accounts; sees no patient.",
    permissions: [
      ...everyoneSees,
      "departments:edit",
      "users:read",
      "users:create",
      "users:update",
      "users:suspend",
      "roles:read",
    ],
  },
  {
    key: "it-admin",
    name: "IT administrator",
    description: "Looks after accounts, settings, imports and the online copy; sees no clinical record.",
    permissions: [
      ...everyoneSees,
      "patients:import",
      "users:read",
      "users:create",
      "users:update",
      "users:suspend",
      "roles:read",
      "settings:read",
      "settings:edit",
      "sync:read",
      "sync:push",
      "retention:read",
      "support:decide",
      "keys:read",
      "keys:edit",
    ],
  },
];

export const seedDepartments: readonly SeedDepartment[] = [
  { key: "administration", name: "Administration" },
  { key: "medical", name: "Medical" },
  { key: "nursing", name: "Nursing" },
  { key: "pharmacy", name: "Pharmacy" },
  { key: "laboratory", name: "Laboratory" },
  { key: "radiology", name: "Radiology" },
  { key: "emergency", name: "Emergency" },
  { key: "surgery", name: "Surgery" },
  { key: "finance", name: "Finance" },
  { key: "human-resources", name: "Human Resources" },
  { key: "it", name: "IT" },
  { key: "maintenance", name: "Maintenance" },
];

/**
 * The roles and departments that every new hospital starts with, by key: in English word for word as
 * `server/auth/seed-roles.ts` names them, since by that a page tells whether the hospital has renamed one.
 */
export const standard = {
  roles: {
    admin: "Administrator",
    "sub-admin": "Deputy administrator",
    doctor: "Doctor",
    nurse: "Nurse",
    receptionist: "Receptionist",
    pharmacist: "Pharmacist",
    "lab-technician": "Laboratory technician",
    radiologist: "Radiologist",
    "finance-manager": "Finance manager",
    "hr-manager": "HR manager",
    "it-admin": "IT administrator",
  },
  roleDescriptions: {
    admin: "Runs the hospital's portal: everything, people and settings included.",
    "sub-admin": "Stands in for the administrator, but edits neither roles nor settings.",
    doctor: "Registers and treats patients.",
    nurse: "Cares for patients and keeps their details right.",
    receptionist: "Registers patients at the desk and keeps their details right; sees no clinical record.",
    pharmacist: "Reads patients' records to dispense safely.",
    "lab-technician": "Reads patients' records to run and report tests.",
    radiologist: "Reads patients' records to take and report images.",
    "finance-manager": "Finds patients and exports lists for the accounts; sees no clinical record.",
    "hr-manager": "Keeps the staff's accounts; sees no patient.",
    "it-admin": "Looks after accounts, settings, imports and the online copy; sees no clinical record.",
  },
  departments: {
    administration: "Administration",
    medical: "Medical",
    nursing: "Nursing",
    pharmacy: "Pharmacy",
    laboratory: "Laboratory",
    radiology: "Radiology",
    emergency: "Emergency",
    surgery: "Surgery",
    finance: "Finance",
    "human-resources": "Human Resources",
    it: "IT",
    maintenance: "Maintenance",
  },
  shownAs: (words: string) => `Until it is changed here, pages say: ${words}`,
};

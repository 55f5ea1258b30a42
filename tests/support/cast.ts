/** The people of every test: the same names in each hospital, and one owner. */
export const password = "correct-horse-battery-9";

export const staffRoles = ["doctor", "nurse", "receptionist", "pharmacist", "hr-manager"] as const;
export type StaffRole = "admin" | (typeof staffRoles)[number];

export const ownerEmail = "owner@wardline.example";

export function emailOf(role: StaffRole, subdomain: string): string {
  return `${role}@${subdomain}.example`;
}

import type { NewHospital } from "../../server/owner/tenants/new-hospital.ts";

/** A complete request for a hospital of this subdomain. */
export function asked(subdomain: string, more: Partial<NewHospital> = {}): NewHospital {
  return {
    companyName: `Hospital ${subdomain}`,
    subdomain,
    region: "pk-lahore",
    plan: "trial",
    firstAdmin: {
      name: "Amina Admin",
      email: `admin@${subdomain}.example`,
      password: "a long first password",
    },
    timeZone: "Asia/Karachi",
    currency: "PKR",
    ...more,
  };
}

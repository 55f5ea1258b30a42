/** The wizard's pages, in order. */
export const wizardSteps = ["hospital", "admin", "plan"] as const;
export type WizardStep = (typeof wizardSteps)[number];

/** Which page of the wizard asks for a field. */
export const fieldsOfStep: Readonly<Record<WizardStep, readonly string[]>> = {
  hospital: ["companyName", "subdomain", "tenantDbName", "region", "timeZone", "currency", "language"],
  admin: ["adminName", "adminEmail", "sealedPassword"],
  plan: ["plan", "isolation"],
};

/** The page that a wrong field stands on, so that the person is led there. */
export function stepOfField(field: string): WizardStep {
  return (
    wizardSteps.find(
      (step) => fieldsOfStep[step].includes(field) || (step === "admin" && field === "password"),
    ) ?? "hospital"
  );
}

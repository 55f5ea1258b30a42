import { Elysia, t } from "elysia";
import { DeletePatientPage } from "../../../views/hospital/patients/delete-patient-page.tsx";
import {
  EditPatientPage,
  RegisterPatientPage,
} from "../../../views/hospital/patients/patient-form-pages.tsx";
import { patientFormValues } from "../../../views/hospital/patients/patient-form-values.ts";
import { patientName } from "../../../views/hospital/patients/patient-words.ts";
import { PatientsList, PatientsPage } from "../../../views/hospital/patients/patients-page.tsx";
import { patientsHref } from "../../../views/hospital/patients/patients-query.ts";
import type { Page } from "../../../views/page.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { chosenOf, refusalOf, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html, wantsFragment } from "../../http/reply.ts";
import { pagingQuery, parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { withGlass } from "../privacy/glass-banner.pages.ts";
import { findDuplicates } from "./duplicates.ts";
import { deletePatient, restorePatient } from "./patient-removal.ts";
import { csvResponse } from "./patients.api.ts";
import {
  type ChangeInput,
  changeInput,
  deleteInput,
  patientsFilter,
  patientsOrder,
  registerInput,
} from "./patients.input.ts";
import { getPatient, type Patient, registerPatient, updatePatient } from "./patients.ts";
import { exportPatients } from "./patients-export.ts";
import { findByMrn, listPatients } from "./patients-list.ts";

const listQuery = t.Object({ ...patientsOrder, ...pagingQuery });
const hidden = { detail: { hide: true } };
const nameOf = (page: Page, patient: Patient) => patientName(patient) ?? page.t.person.unknownName;

/** The list of patients, and the forms in which they are registered, changed and deleted. */
export const patientsPages = (services: Services) =>
  new Elysia({ prefix: "/patients" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, query, request }) => {
        const asked = parseForm(listQuery, query);
        // An address that was typed wrongly shows the list rather than an error.
        const filters = asked.ok ? asked.value : {};
        const scanned = filters.search === undefined ? null : await findByMrn(ctx, filters.search);
        if (scanned !== null) return goTo(request, `/patients/${scanned}`);
        const found = await listPatients(ctx, { ...filters, total: "cheap" });
        const props = {
          ...{ page, filters, patients: found.items, nextCursor: found.nextCursor },
          ...(found.total === undefined ? {} : { total: found.total }),
          ...(found.similarFrom === undefined ? {} : { similarFrom: found.similarFrom }),
          may: {
            register: may(ctx.actor, "patients:register"),
            export: may(ctx.actor, "patients:export"),
            delete: may(ctx.actor, "patients:delete"),
          },
        };
        return html(wantsFragment(request) ? PatientsList(props) : PatientsPage(props));
      },
      hidden,
    )
    .get(
      "/export.csv",
      async ({ ctx, query }) => {
        const asked = refuseInvalid(parseForm(t.Object(patientsFilter), query));
        return csvResponse(await exportPatients(ctx, asked), "\uFEFF");
      },
      hidden,
    )
    .get(
      "/new",
      ({ ctx, page }) => {
        authorize(ctx.actor, "patients:register");
        return html(
          RegisterPatientPage({ page, form: emptyForm, idempotencyKey: Bun.randomUUIDv7(), candidates: [] }),
        );
      },
      hidden,
    )
    .post("", ({ ctx, page, body, request }) => register(ctx, page, body, request), hidden)
    .get(
      "/:id/edit",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "patients:update");
        const patient = await getPatient(ctx, params.id);
        const form = { values: patientFormValues(page, patient), errors: [] };
        const { id, version } = patient;
        const shown = await withGlass(ctx, page, patient);
        return html(EditPatientPage({ page: shown, form, id, version, name: nameOf(page, patient) }));
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        const before = await getPatient(ctx, params.id);
        try {
          const input = refuseInvalid(parseForm(changeInput, body));
          const after = await updatePatient(
            ctx,
            before.id,
            asChange(page, before, input, body),
            versionOf(body),
          );
          const changed = after.version !== before.version;
          const text = changed ? page.t.patients.changed : page.t.patients.nothingChanged;
          return goTo(request, `/patients/${before.id}`, { tone: changed ? "success" : "neutral", text });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          // The next save is made knowing of the other's change.
          const { id, version } = before;
          const shown = await withGlass(ctx, page, before);
          return html(
            EditPatientPage({ page: shown, ...refused, id, version, name: nameOf(page, before) }),
            status,
          );
        }
      },
      hidden,
    )
    .get(
      "/:id/delete",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "patients:delete");
        const patient = await getPatient(ctx, params.id);
        return html(
          DeletePatientPage({ page: await withGlass(ctx, page, patient), patient, form: emptyForm }),
        );
      },
      hidden,
    )
    .post(
      "/:id/delete",
      async ({ ctx, page, params, body, request }) => {
        const patient = await getPatient(ctx, params.id);
        try {
          const { reason } = refuseInvalid(parseForm(deleteInput, body));
          await deletePatient(ctx, patient.id, reason, versionOf(body));
          return goTo(request, "/patients", {
            tone: "success",
            text: page.t.patients.deleted(nameOf(page, patient)),
            undo: { action: `/patients/${patient.id}/restoration`, label: page.t.actions.undo },
          });
        } catch (error) {
          const { form, status } = refusalOf(page, body, error);
          return html(
            DeletePatientPage({ page: await withGlass(ctx, page, patient), patient, form }),
            status,
          );
        }
      },
      hidden,
    )
    .post(
      "/:id/restoration",
      async ({ ctx, page, params, request }) => {
        const patient = await restorePatient(ctx, params.id);
        const text = page.t.patients.restored(nameOf(page, patient));
        return goTo(request, `/patients/${patient.id}`, { tone: "success", text });
      },
      hidden,
    );

async function register(
  ctx: HospitalContext,
  page: Page,
  body: unknown,
  request: Request,
): Promise<Response> {
  authorize(ctx.actor, "patients:register");
  const show = (form = emptyForm, status = 422, more = {}) =>
    html(
      RegisterPatientPage({ page, form, candidates: [], idempotencyKey: Bun.randomUUIDv7(), ...more }),
      status,
    );
  try {
    const input = refuseInvalid(parseForm(registerInput, body));
    const sure = chosenOf(body, "saveAnyway").includes("true") || input.emergency === true;
    if (!sure && may(ctx.actor, "patients:read")) {
      const candidates = await findDuplicates(ctx, input);
      if (candidates.length > 0)
        return await show({ values: valuesOf(body), errors: [] }, 409, { candidates });
    }
    const patient = await registerPatient(ctx, input);
    const text = page.t.patients.saved(nameOf(page, patient), patient.mrn);
    const where = may(ctx.actor, "patients:read") ? `/patients/${patient.id}` : patientsHref({});
    return goTo(request, where, { tone: "success", text });
  } catch (error) {
    const { form, status, ...whole } = refusalOf(page, body, error);
    return show(form, status, whole);
  }
}

const clearable = [
  ...([
    "firstName",
    "middleName",
    "lastName",
    "bornOn",
    "phone",
    "email",
    "nationalId",
    "addressLine",
  ] as const),
  ...(["city", "state", "postalCode", "country", "language", "bloodGroup", "maritalStatus"] as const),
  ...(["emergencyContactName", "emergencyContactPhone", "emergencyContactRelation", "notes"] as const),
  "deceasedOn" as const,
];

/** A field left blank is cleared; an age that stands as it stood says nothing new of the day of birth. */
function asChange(page: Page, before: Patient, input: ChangeInput, body: unknown): ChangeInput {
  const sent = valuesOf(body);
  const change: ChangeInput = { ...input };
  for (const field of clearable) if (sent[field]?.trim() === "") change[field] = null;
  const shown = patientFormValues(page, before);
  if (change.bornOn !== null || change.age === undefined) return change;
  if (String(change.age) !== shown["age"] || (change.ageUnit ?? "years") !== shown["ageUnit"]) return change;
  const { bornOn: _, age: __, ageUnit: ___, ...rest } = change;
  return rest;
}

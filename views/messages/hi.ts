import type { Messages } from "./en.ts";
import { account } from "./hi/account.ts";
import { audit } from "./hi/audit.ts";
import { clinical } from "./hi/clinical.ts";
import { common } from "./hi/common.ts";
import { copying } from "./hi/copying.ts";
import { credentials } from "./hi/credentials.ts";
import { docs } from "./hi/docs.ts";
import { documents } from "./hi/documents.ts";
import { errors } from "./hi/errors.ts";
import { health } from "./hi/health.ts";
import { imports } from "./hi/import.ts";
import { keys } from "./hi/keys.ts";
import { onSite } from "./hi/on-site.ts";
import { owner } from "./hi/owner.ts";
import { patients } from "./hi/patients.ts";
import { people } from "./hi/people.ts";
import { privacy } from "./hi/privacy.ts";
import { signIn } from "./hi/sign-in.ts";
import { staff } from "./hi/staff.ts";
import { standard } from "./hi/standard.ts";

/** Every text of the product in Hindi. */
export const hi: Messages = {
  ...common,
  ...errors,
  account,
  audit,
  clinical,
  copying,
  credentials,
  docs,
  documents,
  health,
  imports,
  patients,
  privacy,
  keys,
  onSite,
  owner,
  people,
  signIn,
  staff,
  standard,
};

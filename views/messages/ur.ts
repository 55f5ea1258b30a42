import type { Messages } from "./en.ts";
import { common } from "./ur/common.ts";
import { docs } from "./ur/docs.ts";
import { errors } from "./ur/errors.ts";
import { signIn } from "./ur/sign-in.ts";

/** Every text of the product in Urdu. */
export const ur: Messages = {
  ...common,
  ...errors,
  docs,
  signIn,
};

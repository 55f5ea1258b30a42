import { mailDue, mailHospital, mailOwner } from "../../server/bridge/mail.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const sendDue: JobHandler<"mail.send-due", Services> = (_, services) => mailDue(services);

export const sendHospital: JobHandler<"mail.send", Services> = ({ tenantId }, services) =>
  mailHospital(services, tenantId);

export const sendOwner: JobHandler<"mail.send-owner", Services> = (_, services) => mailOwner(services);
